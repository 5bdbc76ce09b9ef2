//! Plans, subscription and credit packs over the API, as far as it goes without Stripe: what is refused before Stripe is asked, what
//! is said where it is away, and that nobody else's events are taken.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use ring::hmac;
use serde_json::{Value, json};

use crate::{
    command::Creel,
    server::{Server, client},
};

const SECRET: &str = "whsec_of_this_test";
/// Where nothing listens.
const NOWHERE: &str = "http://127.0.0.1:9";

/// Settings of an installation that sells plans.
pub fn stripe_settings(api_url: &str) -> String {
    format!(
        "billing_mode = \"stripe\"\nstripe_secret_key = \"sk_test_1\"\nstripe_webhook_secrets = [\"whsec_old\", \"{SECRET}\"]\n\
         stripe_api_url = \"{api_url}\"\npublic_url = \"http://127.0.0.1:8080\"\n"
    )
}

/// What Stripe sends in its header.
fn signature(secret: &str, at_seconds: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{at_seconds}.{body}").as_bytes());
    let tag: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={at_seconds},v1={tag}")
}

fn now_seconds() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}

/// Sends an event; status and answer.
fn deliver(server: &Server, signature: Option<&str>, body: String) -> (u16, Value) {
    let mut request = client().post(format!("{}/webhooks/stripe", server.address)).body(body);
    if let Some(signature) = signature {
        request = request.header("stripe-signature", signature);
    }
    let response = request.send().unwrap();
    (response.status().as_u16(), serde_json::from_str(&response.text().unwrap()).unwrap())
}

fn event(id: &str, livemode: bool) -> String {
    json!({
        "id": id, "object": "event", "api_version": "2026-05-27.dahlia", "created": now_seconds(), "livemode": livemode,
        "type": "customer.updated", "data": {"object": {"id": "cus_of_nobody", "object": "customer"}},
        "pending_webhooks": 1, "request": null,
    })
    .to_string()
}

#[test]
fn plans_are_the_table_and_hidden_where_nobody_pays() {
    let server = Server::start();
    let plans = server.get("/v1/billing/plans").body;
    assert_eq!((&plans["mode"], &plans["for_sale"], &plans["currency"]), (&json!("ledger"), &json!(false), &json!("usd")));
    let row = |at: usize| {
        let row = &plans["plans"][at];
        json!([
            row["plan"],
            row["price"],
            row["price_cents"],
            row["credits"],
            row["quantity"]["max"],
            row["concurrent_runs"]
        ])
    };
    assert_eq!(row(0), json!(["trial", "$0", 0, 5_000, 1, 1]));
    assert_eq!(row(1), json!(["start", "$29", 2_900, 10_000, 1, 1]));
    assert_eq!(row(2), json!(["scale", "$100", 10_000, 100_000, 10, null]));
    assert_eq!((&plans["plans"][0]["days"], &plans["plans"][2]["support"]), (&json!(7), &json!("priority")));
    assert_eq!((&plans["credit_pack"]["price"], &plans["credit_pack"]["credits"]), (&json!("$29"), &json!(10_000)));
    let actions: Vec<&Value> = plans["actions"].as_array().unwrap().iter().map(|row| &row["credits"]).collect();
    assert_eq!(actions, [2, 1, 1]);
    let own = Server::configured("credit_pack_price_cents = 1950\ncredit_pack_credits = 5000\n");
    let pack = own.get("/v1/billing/plans").body["credit_pack"].clone();
    assert_eq!((&pack["price"], &pack["credits"]), (&json!("$19.50"), &json!(5_000)));
    let off = Server::configured("billing_mode = \"off\"\n").get("/v1/billing/plans").body;
    assert_eq!((&off["plans"], &off["credit_pack"], &off["mode"]), (&json!([]), &Value::Null, &json!("off")));
}

#[test]
fn what_is_sold_nowhere_names_the_setting() {
    for mode in ["ledger", "off"] {
        let server = Server::configured(&format!("billing_mode = \"{mode}\"\n"));
        for (path, body) in [
            ("checkout", json!({"plan": "start"})),
            ("change-plan", json!({"plan": "scale", "quantity": 2})),
            ("credit-packs/checkout", json!({"quantity": 1})),
            ("portal", Value::Null),
        ] {
            let refused = server.post(&format!("/v1/billing/{path}"), &body);
            assert_eq!((refused.status, &refused.body["code"]), (503, &json!("billing_not_configured")), "{path}");
            assert!(refused.body["message"].as_str().unwrap().contains("billing_mode"), "{}", refused.body);
        }
        let subscription = server.get("/v1/billing/subscription").body;
        assert_eq!((&subscription["plan"], &subscription["subscription"]), (&Value::Null, &Value::Null));
        assert_eq!(deliver(&server, Some("t=1,v1=00"), event("evt_1", false)).0, 404);
    }
}

#[test]
fn what_cannot_be_asked_for_names_its_field() {
    let server = Server::configured(&stripe_settings(NOWHERE));
    let plans = ["/v1/billing/checkout", "/v1/billing/change-plan"];
    for (body, field) in [
        (json!({"plan": "start", "quantity": 0}), "quantity"),
        (json!({"plan": "scale", "quantity": 0}), "quantity"),
        (json!({"plan": "scale", "quantity": 11}), "quantity"),
        (json!({"plan": "start", "quantity": 2}), "quantity"),
        (json!({"plan": "scale", "quantity": 1.5}), "quantity"),
        (json!({"plan": "scale", "quantity": "2"}), "quantity"),
        (json!({"plan": "trial"}), "plan"),
        (json!({"plan": "gigantic"}), "plan"),
        (json!({"quantity": 1}), "plan"),
        (json!({"plan": "start", "price": 1}), "price"),
    ] {
        for path in plans {
            let refused = server.post(path, &body);
            let named = (refused.status, refused.body["code"].as_str(), refused.body["field"].as_str());
            assert_eq!(named, (422, Some("invalid_field"), Some(field)), "{path} {body}: {}", refused.body);
        }
    }
    for body in
        [json!({"quantity": 0}), json!({"quantity": 101}), json!({"quantity": -1}), json!({"quantity": null}), json!({})]
    {
        let refused = server.post("/v1/billing/credit-packs/checkout", &body);
        assert_eq!((refused.status, &refused.body["field"]), (422, &json!("quantity")), "{body}: {}", refused.body);
    }
}

#[test]
fn members_see_and_admins_buy() {
    let server = Server::configured(&stripe_settings(NOWHERE));
    let key = |role: &str| {
        let made = server.post("/v1/api-keys", &json!({"name": role, "role": role}));
        made.body["secret"].as_str().unwrap().to_owned()
    };
    let member = key("member");
    for path in ["/v1/billing/plans", "/v1/billing/subscription"] {
        assert_eq!(server.ask("GET", path, None, Some(&member)).status, 200, "{path}");
        assert_eq!(server.ask("GET", path, None, None).status, 401, "{path}");
    }
    for (path, body) in [
        ("/v1/billing/checkout", json!({"plan": "start"})),
        ("/v1/billing/change-plan", json!({"plan": "start"})),
        ("/v1/billing/credit-packs/checkout", json!({"quantity": 1})),
        ("/v1/billing/portal", json!({})),
    ] {
        let refused = server.ask("POST", path, Some(body.to_string()), Some(&member));
        assert_eq!((refused.status, &refused.body["code"]), (403, &json!("forbidden")), "{path}");
        assert_eq!(server.ask("POST", path, Some(body.to_string()), None).status, 401, "{path}");
    }
    // Before anything was bought there is nothing to look at or to change.
    for (path, body) in [
        ("/v1/billing/change-plan", json!({"plan": "start"})),
        ("/v1/billing/credit-packs/checkout", json!({"quantity": 1})),
        ("/v1/billing/portal", json!({})),
    ] {
        let refused = server.ask("POST", path, Some(body.to_string()), Some(&key("admin")));
        assert_eq!((refused.status, &refused.body["code"]), (409, &json!("no_subscription")), "{path}: {}", refused.body);
    }
}

#[test]
fn stripe_away_is_said_with_when_to_try_again() {
    let server = Server::configured(&stripe_settings(NOWHERE));
    let ask = |key: &str, body: &Value| {
        let request = client().post(format!("{}/v1/billing/checkout", server.address)).bearer_auth(&server.key);
        request.header("idempotency-key", key).json(body).send().unwrap()
    };
    let began = Instant::now();
    let refused = ask("one", &json!({"plan": "start"}));
    assert_eq!(refused.status(), 503);
    let wait: i64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(wait > 0 && began.elapsed() < Duration::from_secs(25), "{wait} {:?}", began.elapsed());
    let body: Value = serde_json::from_str(&refused.text().unwrap()).unwrap();
    assert_eq!(body["code"], "unavailable");
    assert!(body["message"].as_str().unwrap().contains("Stripe"), "{body}");
    assert!(!body.to_string().contains("sk_test_1"));
    // Nobody knows what came of it, so the key stays with its request; the same may be sent again.
    assert_eq!(ask("one", &json!({"plan": "scale"})).status(), 422);
    assert_eq!(ask("one", &json!({"plan": "start"})).status(), 503);
    let view = server.get("/v1/billing/subscription").body;
    assert_eq!((&view["has_portal"], &view["subscription"]), (&json!(false), &Value::Null), "nothing is half done");
    assert_eq!(server.get("/v1/billing/balance").body["available"], 5_000, "the first organization has its trial");
    assert_eq!(view["plan"], "trial");
}

#[test]
fn only_stripes_own_events_are_taken() {
    let server = Server::configured(&stripe_settings(NOWHERE));
    let (now, body) = (now_seconds(), event("evt_1", false));
    let good = signature(SECRET, now, &body);
    let (status, answer) = deliver(&server, Some(&good), body.clone());
    assert_eq!((status, answer), (200, json!({"received": true})));
    assert_eq!(deliver(&server, Some(&good), body.clone()).0, 200, "twice is once");
    assert_eq!(deliver(&server, Some(&signature("whsec_old", now, &body)), body.clone()).0, 200, "the old secret still");
    for (what, header, body) in [
        ("no header", None, body.clone()),
        ("empty", Some(String::new()), body.clone()),
        ("garbage", Some("v1=zz,,t".to_owned()), body.clone()),
        ("wrong secret", Some(signature("whsec_other", now, &body)), body.clone()),
        ("too old", Some(signature(SECRET, now - 302, &body)), body.clone()),
        ("of the future", Some(signature(SECRET, now + 310, &body)), body.clone()),
        ("another body", Some(good.clone()), body.replace("evt_1", "evt_2")),
    ] {
        let (status, answer) = deliver(&server, header.as_deref(), body);
        assert_eq!((status, &answer["code"]), (400, &json!("invalid_signature")), "{what}: {answer}");
    }
    let live = event("evt_3", true);
    let (status, answer) = deliver(&server, Some(&signature(SECRET, now, &live)), live);
    assert_eq!((status, &answer["code"]), (400, &json!("bad_request")), "{answer}");
    assert!(answer["message"].as_str().unwrap().contains("live"), "{answer}");
    let nothing = "{}".to_owned();
    assert_eq!(deliver(&server, Some(&signature(SECRET, now, &nothing)), nothing).0, 400);
    let large = format!("\"{}\"", "a".repeat(1024 * 1024));
    assert_eq!(deliver(&server, Some(&signature(SECRET, now, &large)), large).0, 413);
    assert_eq!(server.ask("GET", "/webhooks/stripe", None, None).status, 405);
}

#[test]
fn a_flood_of_forged_events_keeps_nobody_waiting() {
    let server = Arc::new(Server::start_with_settings(
        Creel::new(),
        &format!("rate_limit_per_minute = 0\n{}", stripe_settings(NOWHERE)),
    ));
    let (over, forged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let flood: Vec<_> = (0..4)
        .map(|_| {
            let (server, over, forged) = (Arc::clone(&server), Arc::clone(&over), Arc::clone(&forged));
            thread::spawn(move || {
                let client = client();
                let body = format!("{{\"id\":\"evt_forged\",\"padding\":\"{}\"}}", "x".repeat(20_000));
                while !over.load(Ordering::Relaxed) {
                    let request = client.post(format!("{}/webhooks/stripe", server.address)).body(body.clone());
                    let header = signature("whsec_forged", now_seconds(), "{}");
                    assert_eq!(request.header("stripe-signature", header).send().unwrap().status(), 400);
                    forged.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let (client, until) = (client(), Instant::now() + Duration::from_secs(10));
    let mut slowest = Duration::ZERO;
    let mut answered = 0;
    while Instant::now() < until {
        let began = Instant::now();
        let request = client.get(format!("{}/v1/billing/balance", server.address)).bearer_auth(&server.key);
        assert_eq!(request.send().unwrap().status(), 200);
        slowest = slowest.max(began.elapsed());
        answered += 1;
    }
    over.store(true, Ordering::Relaxed);
    flood.into_iter().for_each(|thread| thread.join().unwrap());
    let forged = forged.load(Ordering::Relaxed);
    assert!(forged > 100 && answered > 50, "{forged} forged, {answered} answered");
    assert!(slowest < Duration::from_secs(3), "{slowest:?}");
}

#[test]
fn serving_plans_says_which_setting_is_missing() {
    let creel = Creel::new();
    let config = creel.folder().join("creel.toml");
    let whole = stripe_settings(NOWHERE);
    for missing in ["stripe_secret_key", "stripe_webhook_secrets", "public_url"] {
        let settings: String =
            whole.lines().filter(|line| !line.starts_with(missing)).map(|line| format!("{line}\n")).collect();
        std::fs::write(&config, settings).unwrap();
        let config = config.display().to_string();
        let refused = creel.run(&["serve", "--listen", "127.0.0.1:0", "--config", &config]);
        assert_eq!(refused.code, 2, "{}", refused.err);
        assert!(refused.err.contains(missing) && !refused.err.contains("sk_test_1"), "{}", refused.err);
        // Other commands need none of it.
        assert_eq!(creel.run(&["ledger", "verify", "--config", &config]).code, 0);
    }
}
