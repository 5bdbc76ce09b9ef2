//! What whoever operates an installation sees: metrics, readiness, logs, `creel doctor`, settings from the environment.

use std::{
    io::Read,
    time::{Duration, Instant},
};

use creel_testkit::model::{ModelServer, Script};
use creel_types::metric;
use serde_json::{Value, json};

use crate::{
    command::{Creel, finish},
    demo_shop::DemoShop,
    server::{Server, client},
};

fn metrics(server: &Server, header: Option<(&str, &str)>) -> (u16, String) {
    let mut request = client().get(format!("{}/metrics", server.address));
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let response = request.send().unwrap();
    (response.status().as_u16(), response.text().unwrap())
}

/// The value of a metric with its labels as they are written.
fn value(text: &str, metric: &str) -> f64 {
    let line = text.lines().find(|line| line.strip_prefix(metric).is_some_and(|rest| rest.starts_with(' ')));
    let line = line.unwrap_or_else(|| panic!("no {metric} in {text}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn metrics_tell_of_a_run_from_its_fetches_to_its_credits() {
    let shop = DemoShop::start();
    let model = ModelServer::start(|_| Script::Says("Five.".into()));
    let server = Server::configured(&format!("model_enrich = false\n{}", crate::assistant::settings(&model)));
    let robot = server.robot(&shop);
    let asked = server.said(&server.conversation(), "How many captures will there be?");
    assert!(asked.events.len() > 2);
    let run = server.post("/v1/extract/runs", &json!({"robot_id": robot, "budget": 5}));
    let run = server.wait(run.body["id"].as_str().unwrap());
    assert_eq!((&run["status"], &run["extracted"]), (&json!("completed"), &json!(5)));
    assert_eq!(server.enrich(&json!({"run_id": run["id"]}))["processed"], 5);
    let until = Instant::now() + Duration::from_secs(20);
    let text = loop {
        let (status, text) = metrics(&server, None);
        assert_eq!(status, 200);
        let listed = text.contains("creel_reconciler_changed_total{reconciler=\"captures\"} 5");
        let ended = |what: &str| text.contains(&format!("creel_{what}_ended_total{{status=\"completed\"}} 1"));
        if listed && ended("runs") && ended("enrichments") {
            break text;
        }
        assert!(Instant::now() < until, "{text}");
        std::thread::sleep(Duration::from_millis(100));
    };
    assert_eq!(value(&text, "creel_credits_debited_total{action=\"extract\"}"), 10.0);
    assert_eq!(value(&text, "creel_credits_debited_total{action=\"enrich\"}"), 5.0);
    assert_eq!(value(&text, "creel_assistant_messages_total{end=\"answered\"}"), 1.0);
    assert!(value(&text, "creel_credits_debited_total{action=\"assistant\"}") >= 1.0);
    assert_eq!(value(&text, "creel_pages_total{verdict=\"stored\"}"), 5.0);
    assert!(value(&text, "creel_fetches_total{result=\"2xx\"}") >= 5.0);
    assert!(value(&text, "creel_fetch_seconds_count") >= 5.0);
    assert!(value(&text, "creel_settle_seconds_count") >= 1.0);
    assert_eq!(value(&text, "creel_runs_in_hand"), 0.0);
    assert_eq!(value(&text, "creel_queue_waiting{queue=\"runs_stuck\"}"), 0.0);
    assert!(value(&text, "process_resident_memory_bytes") > 0.0);
    let route = "creel_http_requests_total{method=\"POST\",route=\"/v1/extract/runs\",status=\"202\"}";
    assert_eq!(value(&text, route), 1.0, "a route and no path");
    for metric in metric::METRICS {
        // Nothing was sent to anybody here, and nobody looked at a page.
        let silent = [metric::MAILS, metric::WEBHOOK_ATTEMPTS, metric::PICTURES];
        let described = text.contains(&format!("# TYPE {} {}", metric.name, metric.kind.as_str()));
        assert!(described || silent.contains(&metric.name), "{} is in the reference and nowhere else", metric.name);
    }
}

#[test]
fn metrics_are_for_whoever_has_the_token_or_sits_at_the_machine() {
    let server = Server::start();
    assert_eq!(metrics(&server, None).0, 200);
    assert_eq!(metrics(&server, Some(("x-forwarded-for", "203.0.113.9"))).0, 401, "what a proxy hands on");
    let server = Server::configured("metrics_token = \"a secret\"\n");
    assert_eq!(metrics(&server, None).0, 401);
    for (given, status) in [("Bearer a secret", 200), ("Bearer a secre", 401), ("Bearer ", 401), ("a secret", 401)] {
        assert_eq!(metrics(&server, Some(("authorization", given))).0, status, "{given}");
    }
}

#[test]
fn every_request_has_an_id_that_its_caller_may_choose() {
    let server = Server::start();
    let id = |header: Option<&str>| {
        let mut request = client().get(format!("{}/healthz", server.address));
        if let Some(id) = header {
            request = request.header("x-request-id", id);
        }
        request.send().unwrap().headers()["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(id(Some("job-17:a_b.c")), "job-17:a_b.c");
    assert_ne!(id(None), id(None));
    for unfit in ["a b", "{\"log\":1}", &"x".repeat(101)] {
        assert_eq!(id(Some(unfit)).len(), 36, "{unfit} is replaced");
    }
}

#[test]
fn a_server_that_ends_says_so_before_it_stops_taking_requests() {
    let server = Server::configured("drain_seconds = 3\n");
    let ready = || server.ask("GET", "/readyz", None, None);
    assert_eq!((ready().status, ready().body["status"].as_str()), (200, Some("ready")));
    server.tell_to_end();
    let until = Instant::now() + Duration::from_secs(2);
    while ready().status == 200 {
        assert!(Instant::now() < until, "still ready");
        std::thread::sleep(Duration::from_millis(20));
    }
    let answer = ready();
    assert_eq!((answer.status, answer.body["code"].as_str()), (503, Some("unavailable")));
    assert_eq!(server.get("/v1/billing/balance").status, 200, "and goes on answering");
}

#[test]
fn logs_are_lines_of_json_with_ids_where_that_is_wanted() {
    let shop = DemoShop::start();
    let creel = Creel::new();
    let mut command = creel.command(&["serve", "--listen", "127.0.0.1:0", "--allow-private"]);
    let mut child = command.env("CREEL_LOG_FORMAT", "json").env("CREEL_LOG", "info").spawn().unwrap();
    // The same folder: the server takes the run that is made here.
    let mut err = child.stderr.take().unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    while creel.run(&["doctor", "--json"]).lines()[0]["reconcilers"].as_array().is_none_or(Vec::is_empty) {
        assert!(Instant::now() < until);
        std::thread::sleep(Duration::from_millis(100));
    }
    creel.crawl(shop.url(), &["--budget", "2"], 0);
    let told = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    let mut text = String::new();
    err.read_to_string(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{text}");
    for line in text.lines().filter(|line| line.starts_with('{')) {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["timestamp"].is_string() && line["level"].is_string() && line["message"].is_string(), "{line}");
    }
}

#[test]
fn a_host_that_the_operator_excluded_is_left_alone_and_shops_read_how_to_ask_for_it() {
    let shop = DemoShop::start();
    let settings = "excluded_hosts = [\"127.0.0.1\"]\ncontact = \"https://operator.example/<crawler>\"\n";
    let server = Server::configured(settings);
    let build = server.post("/v1/extract/robot-builds", &json!({"url": shop.url(), "country_code": "US"}));
    assert_eq!((build.status, build.body["field"].as_str()), (422, Some("url")), "{}", build.body);
    assert!(build.body["message"].as_str().unwrap().contains("excluded_hosts"), "{}", build.body);
    let config = server.creel.folder().join("creel.toml").display().to_string();
    let run = server.creel.run(&["run", shop.url(), "--allow-private", "--config", &config]);
    assert_eq!(run.code, 2, "{}", run.err);
    let (status, page) = server.text("GET", "/crawler");
    assert_eq!(status, 200);
    assert!(page.contains("Disallow: /") && page.contains("Creel/0.1.0 (+https://operator.example/"), "{page}");
    assert!(!page.contains("<crawler>"), "what the operator wrote is text");
}

/// The state of a thing that `creel doctor` looked at.
fn state<'a>(report: &'a Value, what: &str) -> &'a str {
    let found = report["findings"].as_array().unwrap().iter().find(|finding| finding["what"] == what);
    found.unwrap_or_else(|| panic!("nothing about {what}: {report}"))["state"].as_str().unwrap()
}

#[test]
fn the_doctor_sees_what_is_wrong_and_changes_nothing() {
    let creel = Creel::new();
    let nothing = creel.run(&["doctor", "--json"]);
    assert_eq!((nothing.code, state(&nothing.lines()[0], "database")), (0, "odd"), "{}", nothing.out);
    assert!(!creel.folder().join("data").exists(), "it makes nothing");

    let server = Server::start_with(creel);
    let until = Instant::now() + Duration::from_secs(20);
    let well = loop {
        let finished = server.creel.run(&["doctor", "--json"]);
        assert_eq!(finished.code, 0, "{}", finished.out);
        let report = finished.lines().remove(0);
        if state(&report, "reconciler captures") == "good" {
            break report;
        }
        assert!(Instant::now() < until, "{report}");
        std::thread::sleep(Duration::from_millis(100));
    };
    for (what, expected) in
        [("database", "good"), ("ledgers", "good"), ("people", "odd"), ("contact", "odd"), ("reconciler credits", "good")]
    {
        assert_eq!(state(&well, what), expected, "{well}");
    }
    assert!(well["findings"].as_array().unwrap().iter().all(|finding| finding["what"] != "reconciler mail"));

    let bad = server.creel.folder().join("bad.toml");
    std::fs::write(&bad, "billing_mode = \"maybe\"\n").unwrap();
    let finished = server.creel.run(&["doctor", "--json", "--config", &bad.display().to_string()]);
    assert_eq!((finished.code, state(&finished.lines()[0], "configuration")), (1, "broken"));
    std::fs::write(&bad, "smtp_url = \"smtp://127.0.0.1:1\"\npublic_url = \"http://127.0.0.1\"\n").unwrap();
    let finished = server.creel.run(&["doctor", "--json", "--config", &bad.display().to_string()]);
    assert_eq!((finished.code, state(&finished.lines()[0], "mail")), (1, "broken"), "{}", finished.out);
    let text = server.creel.run(&["doctor"]).out;
    assert!(text.lines().any(|line| line.starts_with("good") && line.contains("reconciler captures")), "{text}");
}

#[test]
fn a_setting_from_the_environment_is_checked_like_one_from_the_file() {
    let creel = Creel::new();
    for (variable, text, code) in [
        ("CREEL_RATE_LIMIT_BURST", "50", 0),
        ("CREEL_RATE_LIMIT_BURST", "many", 2),
        ("CREEL_TRUSTED_PROXIES", "[\"10.0.0.0/8\"]", 0),
        ("CREEL_TRUSTED_PROXIES", "10.0.0.0/8", 2),
        ("CREEL_LOG", "loud!", 2),
        ("CREEL_LOG_FORMAT", "xml", 2),
        ("CREEL_DRAIN_SECONDS", "-1", 2),
    ] {
        let mut command = creel.command(&["config", "check"]);
        let finished = finish(command.env(variable, text).output().unwrap());
        assert_eq!(finished.code, code, "{variable}={text}: {}", finished.err);
        let setting = variable.trim_start_matches("CREEL_").to_lowercase();
        assert!(code == 0 || finished.err.to_lowercase().contains(&setting), "{}", finished.err);
    }
}
