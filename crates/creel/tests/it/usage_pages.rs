//! The pages that say where credits went: usage, the statement with its filters and its file, and an entry with what is behind it.

use serde_json::json;

use crate::{
    browser::Browser,
    command::finish,
    demo_shop::DemoShop,
    pages::look,
    people::{PASSWORD, joined, with_owner},
    server::Server,
};

/// A server whose organization has captured five products, and its owner.
fn after_a_run() -> (Server, Browser, String) {
    let shop = DemoShop::start();
    let server = Server::start();
    let words = ["admin", "create-owner", "--email", "ann@shop.example", "--organization", "default"];
    let made = finish(server.creel.command(&words).env("CREEL_OWNER_PASSWORD", PASSWORD).output().unwrap());
    assert_eq!(made.code, 0, "{}", made.err);
    let mut ann = Browser::of(&server);
    assert_eq!(ann.sign_in("ann@shop.example", PASSWORD).status, 200);
    let robot = server.robot(&shop);
    let made = server.post("/v1/extract/runs", &json!({"robot_id": robot, "budget": 5, "name": "Weekly <b>shoes</b>"}));
    let run = made.body["id"].as_str().unwrap().to_owned();
    server.wait(&run);
    (server, ann, run)
}

#[test]
fn the_statement_is_filtered_saved_and_explained() {
    let (server, mut ann, run) = after_a_run();
    let all = look(&mut ann, "/billing/statement", 200);
    assert_eq!(all.matches("href=\"/billing/statement/").count(), 6, "a grant and five debits: {all}");
    assert!(all.contains("Starting credits") && all.contains("+5,000") && all.contains("4,990"), "{all}");
    let grants = look(&mut ann, "/billing/statement?kind=grant", 200);
    assert_eq!(grants.matches("href=\"/billing/statement/").count(), 1, "{grants}");
    let of_run = look(&mut ann, &format!("/billing/statement?about={run}"), 200);
    assert_eq!(of_run.matches("href=\"/billing/statement/").count(), 5, "{of_run}");
    assert!(of_run.contains(&format!("/v1/billing/statement/export?run_id={run}")), "{of_run}");
    let capture = server.get("/v1/extract/captures").body["rows"][0]["id"].as_str().unwrap().to_owned();
    let of_capture = look(&mut ann, &format!("/billing/statement?about={capture}"), 200);
    assert_eq!(of_capture.matches("href=\"/billing/statement/").count(), 1, "{of_capture}");
    assert!(look(&mut ann, "/billing/statement?about=nothing", 200).contains("Nothing fits"));
    let wrong = look(&mut ann, "/billing/statement?from=yesterday&about=x", 422);
    assert!(wrong.contains("id=\"from-error\"") && wrong.contains("value=\"yesterday\""), "{wrong}");

    let file = ann.send("GET", &format!("/v1/billing/statement/export?run_id={run}"), |request| request);
    assert_eq!((file.status, file.header("content-type")), (200, "text/csv; charset=utf-8"));
    let lines: Vec<&str> = file.text.lines().collect();
    assert_eq!(lines.len(), 6, "{}", file.text);
    assert_eq!(lines[0], "sequence,at,kind,amount,balance_after,reference_type,reference_id,description");
    assert!(lines[1].starts_with("6,") && lines[1].contains(",debit,-2,4990,capture,"), "{}", lines[1]);
    let both = server.get(&format!("/v1/billing/statement?run_id={run}&reference_id={capture}"));
    assert_eq!((both.status, &both.body["field"]), (409, &json!("run_id")), "{}", both.body);

    let entry = look(&mut ann, "/billing/statement/2", 200);
    for says in ["Debit 2", "−2", "4,998", &format!("/runs/{run}"), "Weekly &#60;b&#62;shoes", "API key", "/captures/"] {
        assert!(entry.contains(says), "{says}: {entry}");
    }
    assert!(entry.contains("/billing/statement/1\"") && entry.contains("/billing/statement/3\""), "{entry}");
    assert!(!look(&mut ann, "/billing/statement/6", 200).contains("Entry after"));
    for missing in ["7", "0", "x", "99999999999999999999"] {
        look(&mut ann, &format!("/billing/statement/{missing}"), 404);
    }
}

#[test]
fn usage_is_shown_by_what_somebody_asks_for() {
    let (server, mut ann, run) = after_a_run();
    let days = look(&mut ann, "/billing/usage", 200);
    assert!(days.contains("10 credits") && days.contains("Credits spent by day"), "{days}");
    for (by, says) in [
        ("action", "Extract: product pages captured".to_owned()),
        ("run", format!("/runs/{run}")),
        ("robot", "/robots/".to_owned()),
        ("api_key", "first key".to_owned()),
        ("nonsense", "Credits spent by day".to_owned()),
    ] {
        let seen = look(&mut ann, &format!("/billing/usage?by={by}"), 200);
        assert!(seen.contains(&says) && seen.contains("100.0 %"), "{by}: {seen}");
    }
    let before = look(&mut ann, "/billing/usage?from=2020-01-01&to=2020-01-31", 200);
    assert!(before.contains("Nothing was spent on these days") && before.contains("value=\"2020-01-31\""), "{before}");
    let backwards = look(&mut ann, "/billing/usage?from=2020-02-01&to=2020-01-31", 422);
    assert!(backwards.contains("id=\"from-error\"") && backwards.contains("value=\"2020-02-01\""), "{backwards}");
    let file = ann.send("GET", "/v1/billing/usage/export?group_by=run", |request| request);
    assert_eq!(file.text, format!("run,name,credits,count\n{run},Weekly <b>shoes</b>,10,5\n"));
    let mut bob = joined(&server, &mut ann, "bob@shop.example", "member");
    assert!(look(&mut bob, "/billing/usage", 200).contains("10 credits"), "members look too");
    assert!(look(&mut bob, "/billing", 200).contains("Credits left by day"));
}

#[test]
fn an_organization_sees_nothing_of_anothers_credits() {
    let (_server, mut ann) = with_owner("");
    let own = look(&mut ann, "/billing/statement", 200);
    assert_eq!(own.matches("href=\"/billing/statement/").count(), 1, "its own grant: {own}");
    look(&mut ann, "/billing/statement/2", 404);
    assert!(look(&mut ann, "/billing/usage", 200).contains("Nothing was spent"));
}
