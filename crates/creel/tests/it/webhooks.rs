//! Events sent to endpoints of every kind: those that behave get everything soon and in order, whatever the others do; what arrives is
//! signed; nothing is lost when processes are killed.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    command::Creel,
    demo_shop::DemoShop,
    mailbox::Mailbox,
    people::with_owner,
    receiver::{Manners, Received, Receiver, fit_the_schema, verified},
    server::Server,
};

const ALLOW_HTTP: &str = "webhook_allow_http = true\n";

/// A webhook with its secret.
struct Hook {
    id: String,
    secret: String,
}

fn hook(server: &Server, receiver: &Receiver, events: &Value) -> Hook {
    let made = server.post("/v1/webhooks", &json!({"url": receiver.url(), "events": events}));
    assert_eq!(made.status, 201, "{}", made.body);
    let text = |name: &str| made.body[name].as_str().unwrap().to_owned();
    Hook { id: text("id"), secret: text("secret") }
}

fn test(server: &Server, hook: &Hook) -> String {
    let sent = server.post(&format!("/v1/webhooks/{}/test", hook.id), &Value::Null);
    assert_eq!(sent.status, 202, "{}", sent.body);
    sent.body["id"].as_str().unwrap().to_owned()
}

fn grant(creel: &Creel, credits: u32) {
    let credits = credits.to_string();
    let done = creel.run(&["admin", "grant", "--credits", &credits, "--reason", "test"]);
    assert_eq!(done.code, 0, "{}", done.err);
}

/// Deliveries of a webhook, oldest first.
fn deliveries(server: &Server, hook: &Hook) -> Vec<Value> {
    let mut rows =
        server.get(&format!("/v1/webhooks/{}/deliveries?limit=500", hook.id)).body["rows"].as_array().unwrap().clone();
    rows.reverse();
    rows
}

fn attempts(server: &Server, hook: &Hook, delivery: &str) -> Vec<Value> {
    let view = server.get(&format!("/v1/webhooks/{}/deliveries/{delivery}", hook.id));
    assert_eq!(view.status, 200, "{}", view.body);
    view.body["attempt_log"].as_array().unwrap().clone()
}

/// The first attempt of a delivery once it is over.
fn first_attempt(server: &Server, hook: &Hook, delivery: &str) -> Value {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let first = attempts(server, hook, delivery).into_iter().next().unwrap_or_default();
        if !first["duration_ms"].is_null() {
            return first;
        }
        assert!(Instant::now() < until, "{first}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn sequences(received: &[Received]) -> Vec<i64> {
    received.iter().map(|one| one.json()["data"]["sequence"].as_i64().unwrap()).collect()
}

#[test]
fn good_endpoints_get_everything_in_order_whatever_the_bad_ones_do() {
    const EVENTS: usize = 6;
    let server = Server::configured(ALLOW_HTTP);
    let trap = Receiver::good();
    let moved = |status| Receiver::start(Manners::Answers(status, format!("location: {}\r\n", trap.url()), String::new()));
    let busy = Manners::Answers(429, "retry-after: 600\r\n".to_owned(), "later".to_owned());
    let bad = [
        ("answers 500", Receiver::answering(500)),
        ("hangs", Receiver::start(Manners::Hangs)),
        ("redirects", moved(302)),
        ("redirects for good", moved(308)),
        ("closes", Receiver::start(Manners::Closes)),
        ("babbles", Receiver::start(Manners::Babbles)),
        ("is busy", Receiver::start(busy)),
        ("is gone", Receiver::answering(410)),
    ];
    let odd = [("floods", Receiver::start(Manners::Floods)), ("drips", Receiver::start(Manners::Drips))];
    let granted = json!(["credits.granted"]);
    let bad: Vec<_> = bad.iter().map(|(what, receiver)| (*what, receiver, hook(&server, receiver, &granted))).collect();
    let odd: Vec<_> = odd.iter().map(|(what, receiver)| (*what, receiver, hook(&server, receiver, &granted))).collect();
    let good = [Receiver::good(), Receiver::good(), Receiver::answering(200)];
    let hooks: Vec<Hook> = good.iter().map(|receiver| hook(&server, receiver, &json!(null))).collect();
    let quiet = Receiver::good();
    hook(&server, &quiet, &json!(["changes.detected"]));
    for credits in 1..=EVENTS {
        grant(&server.creel, u32::try_from(credits).unwrap());
    }
    for (receiver, hook) in good.iter().zip(&hooks) {
        let received = receiver.wait_for(EVENTS, 20);
        let seen = sequences(&received);
        assert!(seen.is_sorted() && seen.len() == EVENTS, "{seen:?}");
        let log = deliveries(&server, hook);
        let ids: Vec<&str> = log.iter().map(|one| one["event_id"].as_str().unwrap()).collect();
        assert_eq!(ids, received.iter().map(Received::id).collect::<Vec<_>>());
        let asked: Vec<(&str, &Received)> = received.iter().map(|one| (hook.secret.as_str(), one)).collect();
        assert_eq!(verified(&asked), [true; EVENTS]);
    }
    let one = &good[0].received()[0];
    assert_eq!(one.headers["content-type"], "application/json");
    let body = one.json();
    assert_eq!((body["type"].as_str(), body["data"]["credits"].as_i64()), (Some("credits.granted"), Some(1)));
    assert!(body["timestamp"].as_str().unwrap().ends_with('Z') && body["organization_id"].is_string(), "{body}");
    assert!(quiet.received().is_empty() && trap.received().is_empty(), "redirects are not followed");
    for (what, receiver, hook) in &bad {
        let log = deliveries(&server, hook);
        let first = first_attempt(&server, hook, log[0]["id"].as_str().unwrap());
        let said = (first["status_code"].as_i64(), first["error"].as_str().unwrap_or_default());
        let fits = match *what {
            "answers 500" => said == (Some(500), ""),
            "hangs" => said.1.contains("15000 ms"),
            "redirects" => said.0 == Some(302),
            "redirects for good" => said.0 == Some(308),
            "is busy" => said.0 == Some(429) && first["answer"] == "later",
            "is gone" => said.0 == Some(410),
            _ => said.0.is_none() && !said.1.is_empty(),
        };
        assert!(fits, "{what}: {first}");
        assert!(!receiver.received().is_empty());
        let now = server.get(&format!("/v1/webhooks/{}", hook.id)).body;
        let status = if *what == "is gone" { "disabled" } else { "active" };
        assert_eq!(now["status"], status, "{what}: {now}");
        assert!(!now["failing_since"].is_null() && now["secret"].is_null(), "{what}: {now}");
    }
    let audit = server.get("/v1/audit?action=webhook.disabled").body;
    assert_eq!(audit["rows"][0]["details"]["reason"], "gone", "{audit}");
    for (what, receiver, hook) in &odd {
        let received = receiver.wait_for(EVENTS, 30);
        assert!(sequences(&received).is_sorted(), "{what}");
        let last = deliveries(&server, hook).pop().unwrap();
        let attempt = first_attempt(&server, hook, last["id"].as_str().unwrap());
        assert_eq!(attempt["status_code"], 200, "{what}: {attempt}");
        assert!(attempt["answer"].as_str().unwrap().len() <= 4_096);
    }
}

/// A hundred endpoints that hang are more than may be waited for at once.
#[test]
fn endpoints_that_hang_in_crowds_hold_up_nobody_who_answers() {
    let server = Server::configured(ALLOW_HTTP);
    let good = Receiver::good();
    let proven = hook(&server, &good, &json!([]));
    test(&server, &proven);
    good.wait_for(1, 20);
    let hanging = Receiver::start(Manners::Hangs);
    for name in ["default", "Crowd 1", "Crowd 2", "Crowd 3", "Crowd 4", "Crowd 5"] {
        let email = format!("{}@shop.example", name.replace(' ', "."));
        let words = ["admin", "create-owner", "--email", &email, "--organization", name, "--with-key", "--json"];
        let made = server.creel.run(&words);
        assert_eq!(made.code, 0, "{}", made.err);
        let key = made.lines().remove(0)["api_key"]["secret"].as_str().unwrap().to_owned();
        let post = |path: &str, body: Option<Value>| server.ask("POST", path, body.map(|body| body.to_string()), Some(&key));
        // The first organization is the one that behaves.
        for _ in 0..if name == "default" { 0 } else { 20 } {
            let made = post("/v1/webhooks", Some(json!({"url": hanging.url()})));
            assert_eq!(made.status, 201, "{}", made.body);
            let id = made.body["id"].as_str().unwrap();
            assert_eq!(post(&format!("/v1/webhooks/{id}/test"), None).status, 202);
        }
    }
    hanging.wait_for(64, 30);
    for count in 2..5 {
        test(&server, &proven);
        good.wait_for(count, 5);
    }
}

#[test]
fn signatures_hold_and_secrets_are_rotated() {
    let server = Server::configured(ALLOW_HTTP);
    let receiver = Receiver::good();
    let made = hook(&server, &receiver, &json!([]));
    let rotated = |overlap: i64| {
        let answer = server.post(&format!("/v1/webhooks/{}/rotate-secret", made.id), &json!({"overlap_seconds": overlap}));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["secret"].as_str().unwrap().to_owned()
    };
    let sent = |count| {
        test(&server, &made);
        receiver.wait_for(count, 20).pop().unwrap()
    };
    let one = sent(1);
    let forged_body = Received { body: one.body.replace("Somebody", "Nobody"), ..one.clone() };
    let mut forged_id = one.clone();
    forged_id.headers.insert("webhook-id".to_owned(), "0190aaaa-0000-7000-8000-000000000000".to_owned());
    let mut old = one.clone();
    old.headers.insert("webhook-timestamp".to_owned(), "1614265330".to_owned());
    let first = made.secret.as_str();
    let asked = [(first, &one), (first, &forged_body), (first, &forged_id), (first, &old)];
    assert_eq!(verified(&asked), [true, false, false, false]);
    let second = rotated(3_600);
    let during = sent(2);
    let third = rotated(0);
    let after = sent(3);
    let asked = [
        (first, &during),
        (second.as_str(), &during),
        (third.as_str(), &during),
        (first, &after),
        (second.as_str(), &after),
        (third.as_str(), &after),
    ];
    assert_eq!(verified(&asked), [true, true, false, false, false, true]);
    // Nothing but the answers that make them shows secrets.
    let shown = [
        server.get("/v1/webhooks").body.to_string(),
        server.get(&format!("/v1/webhooks/{}", made.id)).body.to_string(),
        server.get("/v1/audit").body.to_string(),
    ];
    assert!(shown.iter().all(|text| !text.contains("whsec_")), "{shown:?}");
    // Once more, by hand: the same event under the same id.
    let delivery = &deliveries(&server, &made)[0];
    let id = delivery["id"].as_str().unwrap();
    let replayed = server.post(&format!("/v1/webhooks/{}/deliveries/{id}/replay", made.id), &Value::Null);
    assert_eq!((replayed.status, replayed.body["status"].as_str()), (202, Some("pending")));
    let again = receiver.wait_for(4, 20).pop().unwrap();
    assert_eq!((again.id(), &again.body), (one.id(), &one.body));
    let path = format!("/v1/webhooks/{}/deliveries", made.id);
    assert_eq!(server.get(&format!("{path}?event=webhook.test&limit=2")).body["rows"].as_array().unwrap().len(), 2);
    assert!(server.get(&format!("{path}?event=credits.low")).body["rows"].as_array().unwrap().is_empty());
    assert_eq!(server.get(&format!("{path}?status=lost")).status, 422);
}

#[test]
fn bad_endpoints_are_refused_and_the_field_is_named() {
    let server = Server::guarded("rate_limit_per_minute = 0\n");
    let refused = |body: &Value| {
        let answer = server.post("/v1/webhooks", body);
        assert_eq!(answer.status, 422, "{body}: {}", answer.body);
        answer.body["field"].as_str().unwrap().to_owned()
    };
    for url in [
        "http://shop.example/hook",
        "https://127.0.0.1/",
        "https://10.1.2.3/hook",
        "https://[::1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://localhost/",
        "https://169.254.169.254/latest/meta-data/",
        "https://ann:secret@shop.example/",
        "https://shop.example/#part",
        "ftp://shop.example/",
        "shop.example",
        "",
    ] {
        assert_eq!(refused(&json!({"url": url})), "url", "{url}");
    }
    let good = "https://hooks.shop.example/";
    assert_eq!(refused(&json!({"url": good, "events": ["run.finished"]})), "events[0]");
    assert_eq!(refused(&json!({"url": good, "secret": "whsec_x"})), "secret");
    assert_eq!(refused(&json!({"url": good, "description": "a\nb"})), "description");
    assert_eq!(refused(&json!({})), "url");
    let made = server.post("/v1/webhooks", &json!({"url": good}));
    assert_eq!(made.status, 201, "{}", made.body);
    let path = format!("/v1/webhooks/{}", made.body["id"].as_str().unwrap());
    let patch = |body: Value| server.ask("PATCH", &path, Some(body.to_string()), Some(&server.key));
    assert_eq!(patch(json!({"url": "https://192.168.0.1/"})).body["field"], "url");
    assert_eq!(patch(json!({"status": "broken"})).body["field"], "status");
    assert_eq!(patch(json!({"status": "disabled"})).body["disabled_reason"], "by_hand");
    assert_eq!(server.post(&format!("{path}/test"), &Value::Null).status, 409);
    assert_eq!(patch(json!({"status": "active", "events": ["run.failed"]})).body["events"], json!(["run.failed"]));
    assert_eq!(
        server.post(&format!("{path}/rotate-secret"), &json!({"overlap_seconds": -1})).body["field"],
        "overlap_seconds"
    );
    for _ in 1..20 {
        assert_eq!(server.post("/v1/webhooks", &json!({"url": good})).status, 201);
    }
    assert_eq!(server.post("/v1/webhooks", &json!({"url": good})).status, 409, "there are enough");
    assert_eq!(server.ask("DELETE", &path, None, Some(&server.key)).status, 204);
    assert_eq!(server.get(&path).status, 404);
    assert_eq!(server.get(&format!("{path}/deliveries")).status, 404);
}

#[test]
fn nothing_is_lost_when_processes_are_killed() {
    const EVENTS: usize = 16;
    let mut server = Server::start_with_settings(Creel::on_postgres(), &format!("rate_limit_per_minute = 0\n{ALLOW_HTTP}"));
    let mut beside = server.beside();
    let receivers = [Receiver::good(), Receiver::good(), Receiver::good()];
    let hooks: Vec<Hook> = receivers.iter().map(|receiver| hook(&server, receiver, &json!(["credits.granted"]))).collect();
    for credits in 1..=EVENTS {
        grant(&server.creel, u32::try_from(credits).unwrap());
        match credits % 5 {
            2 => server.kill_and_start_again(),
            4 => beside.kill_and_start_again(),
            _ => {}
        }
    }
    let until = Instant::now() + Duration::from_secs(100);
    let all_delivered = |hook: &Hook| {
        let log = deliveries(&server, hook);
        log.len() == EVENTS && log.iter().all(|one| one["status"] == "delivered")
    };
    while !hooks.iter().all(all_delivered) {
        assert!(Instant::now() < until, "{:?}", hooks.iter().map(|hook| deliveries(&server, hook)).collect::<Vec<_>>());
        std::thread::sleep(Duration::from_millis(100));
    }
    for (receiver, hook) in receivers.iter().zip(&hooks) {
        let received = receiver.received();
        let mut by_id: BTreeMap<&str, Vec<&Received>> = BTreeMap::new();
        received.iter().for_each(|one| by_id.entry(one.id()).or_default().push(one));
        let log = deliveries(&server, hook);
        let told: BTreeSet<&str> = log.iter().map(|one| one["event_id"].as_str().unwrap()).collect();
        assert_eq!(by_id.keys().copied().collect::<BTreeSet<_>>(), told, "each event, and no other");
        let mut firsts: Vec<i64> = Vec::new();
        for one in &log {
            let same = &by_id[one["event_id"].as_str().unwrap()];
            assert!(same.iter().all(|again| again.body == same[0].body), "a repeat is the same event");
            let tried = attempts(&server, hook, one["id"].as_str().unwrap());
            assert_eq!(one["attempts"].as_u64().unwrap(), tried.len() as u64);
            assert!(tried.len() >= same.len(), "each request stands in the log: {tried:?}");
            assert_eq!(tried.last().unwrap()["status_code"], 204);
            firsts.push(same[0].json()["data"]["credits"].as_i64().unwrap());
        }
        assert_eq!(firsts, (1..=i64::try_from(EVENTS).unwrap()).collect::<Vec<_>>());
        assert!(
            verified(&received.iter().map(|one| (hook.secret.as_str(), one)).collect::<Vec<_>>()).iter().all(|good| *good)
        );
    }
}

#[test]
fn every_kind_of_event_is_as_the_reference_says() {
    let (shop, server) = (DemoShop::start(), Server::configured(&format!("{ALLOW_HTTP}starting_credits = 4\n")));
    let receiver = Receiver::good();
    let made = hook(&server, &receiver, &json!(null));
    let robot = server.robot(&shop);
    let run = |url: &str| {
        let made = server.post("/v1/extract/runs", &json!({"robot_id": robot, "discover": false, "start_urls": [url]}));
        assert_eq!(made.status, 202, "{}", made.body);
        server.wait(made.body["id"].as_str().unwrap());
    };
    run(&shop.address_of("/there-is-nothing-here"));
    let dry = server.post("/v1/extract/runs", &json!({"robot_id": robot}));
    server.wait(dry.body["id"].as_str().unwrap());
    grant(&server.creel, 100);
    test(&server, &made);
    let kinds = ["credits.exhausted", "credits.granted", "credits.low", "run.completed", "run.failed", "webhook.test"];
    let until = Instant::now() + Duration::from_secs(30);
    let told = || -> BTreeSet<String> {
        receiver.received().iter().map(|one| one.json()["type"].as_str().unwrap().to_owned()).collect()
    };
    while !kinds.iter().all(|kind| told().contains(*kind)) {
        assert!(Instant::now() < until, "{:?}", told());
        std::thread::sleep(Duration::from_millis(50));
    }
    fit_the_schema(&receiver.received());
}

#[test]
fn members_are_told_by_mail_what_they_want() {
    let mut mailbox = Mailbox::start();
    let settings = format!("smtp_url = \"{}\"\npublic_url = \"http://127.0.0.1:1\"\n{ALLOW_HTTP}", mailbox.url);
    let (server, mut ann) = with_owner(&settings);
    let gone = Receiver::answering(410);
    let made = ann.ask("POST", "/v1/webhooks", &json!({"url": gone.url()}));
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(ann.ask("POST", &format!("/v1/webhooks/{id}/test"), &Value::Null).status, 202);
    let mail = mailbox.mail();
    assert_eq!(
        (mail["to"][0].as_str(), mail["subject"].as_str()),
        (Some("ann@shop.example"), Some("A webhook of Shop was disabled"))
    );
    assert!(mail["plain"].as_str().unwrap().contains("it answered that it is gone"), "{mail}");
    assert!(!mail["plain"].as_str().unwrap().contains("/hook"), "of its address only the host: {mail}");

    let wants = ann.ask("GET", "/v1/session/notices", &Value::Null).json();
    assert_eq!(wants, json!({"credits": true, "failed_runs": true, "schedules": true, "webhooks": true}));
    let less = ann.ask("PATCH", "/v1/session/notices", &json!({"credits": false})).json();
    assert_eq!(less, json!({"credits": false, "failed_runs": true, "schedules": true, "webhooks": true}));
    let wrong = ann.ask("PATCH", "/v1/session/notices", &json!({"credits": 1}));
    assert_eq!((wrong.status, wrong.json()["field"].as_str()), (422, Some("credits")));
    let adjust = |credits: &str| {
        let done = server.creel.run(&["admin", "adjust", "--credits", credits, "--reason", "test"]);
        assert_eq!(done.code, 0, "{}", done.err);
    };
    adjust("-4000");
    // Whoever wants a mail is asked when events go out, a moment behind what they tell.
    let until = Instant::now() + Duration::from_secs(30);
    let waiting = |queue: &Value| queue["queue"] == "events_waiting" && queue["waiting"] != 0;
    let queues = || server.creel.run(&["doctor", "--json"]).lines()[0]["queues"].as_array().unwrap().clone();
    while queues().iter().any(waiting) {
        assert!(Instant::now() < until);
        std::thread::sleep(Duration::from_millis(50));
    }
    ann.ask("PATCH", "/v1/session/notices", &json!({"credits": true}));
    adjust("-999");
    let subjects: BTreeSet<String> = (0..2).map(|_| mailbox.mail()["subject"].as_str().unwrap().to_owned()).collect();
    let expected = ["Credits of Shop are low", "Shop is out of credits"].map(str::to_owned);
    assert_eq!(subjects, BTreeSet::from(expected));
}
