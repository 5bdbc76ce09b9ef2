//! Plans, packs and their changes over the API, with Stripe beside: what leads where, what is refused, and what comes of a Stripe
//! that fails.

use creel_testkit::stripe::ApiFault;
use serde_json::{Value, json};

use crate::{
    command::Creel,
    server::client,
    stripe::{Shop, set_up, settings, simulator},
};

#[test]
fn stripe_is_set_up_once() {
    let (_runtime, stripe, url) = simulator();
    let creel = Creel::new();
    let settings = settings(&stripe, &url);
    let first = set_up(&creel, &settings, &["--webhook-url", "https://creel.example/webhooks/stripe"]);
    assert!(first.len() >= 8 && first.iter().all(|step| step["outcome"] == "created"), "{first:?}");
    let secrets: Vec<&str> = first.iter().filter_map(|step| step["secret"].as_str()).collect();
    assert!(secrets.len() == 1 && secrets[0].starts_with("whsec_"));
    let config = creel.folder().join("creel.toml").display().to_string();
    let words = ["billing", "setup-stripe", "--webhook-url", "https://creel.example/webhooks/stripe", "--config", &config];
    let again = creel.run(&words);
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(again.out.contains("nothing was changed") && !again.out.contains("created"), "{}", again.out);
    assert!(!again.out.contains(secrets[0]), "a secret is told once");
    // Another price makes another price, and says so.
    let dearer = format!("{settings}credit_pack_price_cents = 3900\n");
    let moved = set_up(&creel, &dearer, &["--webhook-url", "https://creel.example/webhooks/stripe"]);
    let changed: Vec<&Value> = moved.iter().filter(|step| step["outcome"] != "unchanged").collect();
    assert!(!changed.is_empty() && changed.len() < moved.len(), "{moved:?}");
    let missing = creel.run(&["billing", "setup-stripe"]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("stripe_secret_key"), "{}", missing.err);
    let nobody = creel.run(&["billing", "clear-alarm", "unknown_price", "in_1", "--config", &config]);
    assert_eq!(nobody.code, 1, "{}", nobody.err);
    assert_eq!(creel.run(&["billing", "clear-alarm", "nonsense", "in_1"]).code, 2);
}

#[test]
fn the_same_request_leads_to_the_same_page() {
    let shop = Shop::open();
    let ask = |key: &str, body: &Value| {
        let request = client().post(format!("{}/v1/billing/checkout", shop.server.address)).bearer_auth(&shop.server.key);
        let answer = request.header("idempotency-key", key).json(body).send().unwrap();
        let replayed = answer.headers().contains_key("idempotent-replayed");
        let status = answer.status().as_u16();
        (status, replayed, serde_json::from_str::<Value>(&answer.text().unwrap()).unwrap())
    };
    let (status, replayed, first) = ask("one", &json!({"plan": "scale", "quantity": 3}));
    assert_eq!((status, replayed), (200, false), "{first}");
    let (status, replayed, second) = ask("one", &json!({"plan": "scale", "quantity": 3}));
    assert_eq!((status, replayed, &second), (200, true, &first));
    let (status, _, other) = ask("one", &json!({"plan": "start"}));
    assert_eq!((status, &other["code"]), (422, &json!("idempotency_mismatch")));
    assert_eq!((shop.stripe.all("customer").len(), shop.stripe.all("checkout.session").len()), (1, 1));
    shop.pay(first["url"].as_str().unwrap());
    shop.wait_for_credits(305_000);
}

#[test]
fn a_plan_is_bought_once_and_changed_from_then_on() {
    let shop = Shop::with_start();
    let view = shop.server.get("/v1/billing/subscription").body;
    assert_eq!((&view["plan"], &view["concurrent_runs"], &view["has_portal"]), (&json!("start"), &json!(1), &json!(true)));
    assert_eq!((&view["subscription"]["status"], &view["subscription"]["is_live"]), (&json!("active"), &json!(true)));

    let request = client().post(format!("{}/v1/billing/checkout", shop.server.address)).bearer_auth(&shop.server.key);
    let second = request.json(&json!({"plan": "scale"})).send().unwrap();
    assert_eq!(second.status(), 409);
    let portal = second.headers()["location"].to_str().unwrap().to_owned();
    let body: Value = serde_json::from_str(&second.text().unwrap()).unwrap();
    assert_eq!(body["code"], "live_subscription");
    assert!(portal.contains("/portal/") && body["message"].as_str().unwrap().contains(&portal), "{body}");

    let same = shop.server.post("/v1/billing/change-plan", &json!({"plan": "start"}));
    assert_eq!((same.status, &same.body["code"]), (409, &json!("conflict")), "{}", same.body);
    let larger = shop.server.post("/v1/billing/change-plan", &json!({"plan": "scale", "quantity": 2}));
    assert_eq!((larger.status, &larger.body["outcome"]), (200, &json!("applied")), "{}", larger.body);
    shop.deliver();
    shop.wait_for_credits(215_000);
    let view = shop.server.get("/v1/billing/subscription").body;
    assert_eq!((&view["plan"], &view["quantity"], &view["concurrent_runs"]), (&json!("scale"), &json!(2), &Value::Null));
    let smaller = shop.server.post("/v1/billing/change-plan", &json!({"plan": "scale", "quantity": 1}));
    assert_eq!((smaller.status, &smaller.body["outcome"]), (200, &json!("confirm_in_portal")), "{}", smaller.body);
    let portal = shop.server.post("/v1/billing/portal", &Value::Null);
    assert!(portal.body["url"].as_str().unwrap().contains("/portal/"), "{}", portal.body);
    shop.server.creel.verified_balance();
}

#[test]
fn packs_say_when_they_end_before_they_are_paid() {
    let shop = Shop::with_start();
    let ends = shop.server.get("/v1/billing/subscription").body["subscription"]["period_ends_at"].clone();
    let pack = shop.server.post("/v1/billing/credit-packs/checkout", &json!({"quantity": 3}));
    assert_eq!(
        (pack.status, &pack.body["credits"], &pack.body["expires_at"]),
        (200, &json!(30_000), &ends),
        "{}",
        pack.body
    );
    assert_eq!(shop.server.get("/v1/billing/balance").body["available"], 15_000, "nothing comes before it is paid");
    shop.pay(pack.body["url"].as_str().unwrap());
    shop.wait_for_credits(45_000);
    let balance = shop.server.get("/v1/billing/balance").body;
    let bought = balance["lots"].as_array().unwrap().iter().find(|lot| lot["source"] == "purchase").unwrap();
    assert_eq!((&bought["amount"], &bought["expires_at"]), (&json!(30_000), &ends));
    let status = shop.server.creel.run(&["billing", "status", "--json"]).lines().remove(0);
    assert_eq!((&status["customers"], &status["alarms"]), (&json!(1), &json!([])), "{status}");
    assert_eq!(status["subscriptions"][0]["plan"], "start");
}

#[test]
fn a_stripe_that_fails_leaves_nothing_half_done() {
    let shop = Shop::open();
    let ask = |body: &Value| {
        let request = client().post(format!("{}/v1/billing/checkout", shop.server.address)).bearer_auth(&shop.server.key);
        request.header("idempotency-key", "one").json(body).send().unwrap()
    };
    for fault in [ApiFault::ServerError, ApiFault::DroppedBefore, ApiFault::DroppedAfter] {
        shop.stripe.fail_next(100, fault);
        let refused = ask(&json!({"plan": "start"}));
        assert_eq!(refused.status(), 503);
        assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<i64>().unwrap() > 0);
        shop.stripe.fail_no_more();
    }
    assert_eq!(shop.server.get("/v1/billing/balance").body["available"], 5_000);
    // The same request, once Stripe is back: one customer, one page.
    let done = ask(&json!({"plan": "start"}));
    assert_eq!(done.status(), 200);
    let page: Value = serde_json::from_str(&done.text().unwrap()).unwrap();
    assert_eq!((shop.stripe.all("customer").len(), shop.stripe.all("checkout.session").len()), (1, 1));
    shop.pay(page["url"].as_str().unwrap());
    shop.wait_for_credits(15_000);
}

#[test]
fn a_run_that_cannot_be_paid_is_told_what_to_buy() {
    let shop = Shop::open();
    let spent = shop.server.creel.run(&["admin", "adjust", "--credits", "-5000", "--reason", "a test"]);
    assert_eq!(spent.code, 0, "{}", spent.err);
    let goods = crate::demo_shop::DemoShop::start();
    let robot = shop.server.robot(&goods);
    let refused = shop.server.post("/v1/extract/runs", &json!({"robot_id": robot}));
    assert_eq!((refused.status, &refused.body["code"]), (402, &json!("insufficient_credits")));
    let message = refused.body["message"].as_str().unwrap();
    assert!(message.contains("trial") && message.contains("http://127.0.0.1:8080/billing"), "{message}");
}

#[test]
fn the_doctor_asks_stripe_too() {
    let shop = Shop::open();
    let config = shop.server.creel.folder().join("creel.toml").display().to_string();
    let look = || {
        let looked = shop.server.creel.run(&["doctor", "--json", "--config", &config]).lines().remove(0);
        let of = |what: &str| {
            let all = looked["findings"].as_array().unwrap();
            all.iter().find(|finding| finding["what"] == what).map(|finding| finding["state"].as_str().unwrap().to_owned())
        };
        (of("Stripe"), of("reconciler stripe_poll").is_some())
    };
    assert_eq!(look(), (Some("good".to_owned()), true));
    shop.stripe.fail_next(100, ApiFault::DroppedBefore);
    assert_eq!(look().0.as_deref(), Some("broken"));
    let elsewhere = Creel::new();
    let looked = elsewhere.run(&["doctor", "--json"]);
    assert!(!looked.out.contains("Stripe") && !looked.out.contains("stripe_poll"), "{}", looked.out);
}
