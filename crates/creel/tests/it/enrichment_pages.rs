//! The pages of enrichments, walked as a browser without scripts walks them.

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    demo_shop::DemoShop,
    pages::{look, page, send, typed},
    people::{joined, with_owner},
    robot_pages::{robot, stranger},
    server::Server,
};

/// A server whose organization has made so many captures, its owner, and the run.
pub fn crawled(budget: i64, more: &Value) -> (Server, Browser, String) {
    let (shop, (server, mut ann)) = (DemoShop::start(), with_owner(""));
    let robot = robot(&mut ann, &shop);
    let mut body = json!({"robot_id": robot, "budget": budget});
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    let run = ann.ask("POST", "/v1/extract/runs", &body).json()["id"].as_str().unwrap().to_owned();
    ann.ask("GET", &format!("/v1/extract/runs/{run}?wait=60"), &Value::Null);
    (server, ann, run)
}

/// The enrichment that a form led to, once it has ended.
pub fn ended(browser: &mut Browser, location: &str) -> Value {
    let id = location.strip_prefix("/enrichments/").unwrap().split('?').next().unwrap();
    browser.ask("GET", &format!("/v1/enrich/enrichments/{id}?wait=60"), &Value::Null).json()
}

#[test]
fn a_run_is_previewed_enriched_and_followed() {
    let (server, mut ann, run) = crawled(6, &json!({}));
    let none = look(&mut ann, "/enrichments", 200);
    assert!(none.contains("No enrichments yet") && none.contains("href=\"/enrichments/new\""), "{none}");
    let of_run = look(&mut ann, &format!("/runs/{run}"), 200);
    let link = format!("/enrichments/new?run_id={run}");
    assert!(of_run.contains(&format!("href=\"{link}\"")) && of_run.contains("only when somebody asks"), "{of_run}");
    // Whoever comes by the button sees what it costs at most before anything is asked for.
    let form = look(&mut ann, &link, 200);
    assert!(form.contains("<dt>Captures</dt><dd>6</dd>") && form.contains("6 credits at most"), "{form}");
    let once = form.split("name=\"once\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields = [("once", once.as_str()), ("scope", "run"), ("run", run.as_str()), ("name", "All <b>six</b>")];
    let made = typed(&mut ann, &form, "/enrichments/new", &fields);
    assert_eq!(made.status, 303, "{}", made.text);
    let again = typed(&mut ann, &form, "/enrichments/new", &fields);
    assert_eq!(again.location(), made.location(), "one form makes one enrichment");
    let place = made.location().to_owned();
    let done = ended(&mut ann, &place);
    assert_eq!((&done["processed"], &done["credits_spent"]), (&json!(6), &json!(6)));
    let seen = look(&mut ann, &place, 200);
    for said in [
        "The enrichment is made.",
        "All &#60;b&#62;six",
        "Every capture was dealt with.",
        "What became of each capture",
        "Enriched",
        "/v1/enrich/items/export?enrichment_id=",
    ] {
        assert!(seen.contains(said), "{said}: {seen}");
    }
    assert_eq!(seen.matches("href=\"/items/").count(), 6, "{seen}");
    assert!(!seen.contains("/restart\""), "it has dealt with everything");
    let failed = look(&mut ann, &format!("{}?outcome=failed", place.split('?').next().unwrap()), 200);
    assert!(failed.contains("No capture has this outcome."), "{failed}");
    let listed = look(&mut ann, &format!("/enrichments?run={run}&status=completed"), 200);
    assert!(listed.contains("6 of 6") && listed.contains("All &#60;b&#62;six"), "{listed}");
    assert!(look(&mut ann, "/enrichments?status=failed", 200).contains("No enrichment fits"));
    // The statement leads back to it, and the audit log too.
    let newest = ann.ask("GET", "/v1/billing/statement?kind=debit&limit=1", &Value::Null).json();
    let entry = look(&mut ann, &format!("/billing/statement/{}", newest["rows"][0]["sequence"]), 200);
    let own = format!("/enrichments/{}", done["id"].as_str().unwrap());
    assert!(entry.contains(&format!("href=\"{own}\"")), "{entry}");
    assert!(look(&mut ann, "/settings/audit", 200).contains(&format!("href=\"{own}\"")));
    // Another organization's is not there, and forms of another session do nothing.
    let mut eve = stranger(&server);
    look(&mut eve, &own, 404);
    assert!(look(&mut eve, "/enrichments", 200).contains("No enrichments yet"));
    let mut bob = joined(&server, &mut ann, "bob@shop.example", "member");
    assert_eq!(typed(&mut bob, &seen, &format!("{own}/restart"), &[]).status, 403);
    let form = look(&mut eve, "/enrichments/new", 200);
    let refused = typed(&mut eve, &form, "/enrichments/new", &fields);
    assert!(page(refused, 404).contains("id=\"run-error\""));
}

#[test]
fn captures_that_a_filter_names_are_enriched_again_where_that_is_asked_for() {
    let (_server, mut ann, run) = crawled(4, &json!({}));
    let list = look(&mut ann, &format!("/captures?run_id={run}&min_price=0.01"), 200);
    let link = format!("/enrichments/new?run_id={run}&min_price=0.01");
    assert!(list.contains(&format!("href=\"{}\"", link.replace('&', "&#38;"))), "{list}");
    let form = look(&mut ann, &link, 200);
    assert!(form.contains("value=\"filter\" checked") && form.contains("4 credits at most"), "{form}");
    let fields = [("scope", "filter"), ("run_id", run.as_str()), ("min_price", "0.01")];
    let made = typed(&mut ann, &form, "/enrichments/new", &fields);
    assert_eq!(ended(&mut ann, made.location())["processed"], 4, "{}", made.text);
    let seen = look(&mut ann, made.location(), 200);
    assert!(seen.contains("<dt>Price from</dt>") && seen.contains("They are passed over, free"), "{seen}");
    let passed = typed(&mut ann, &form, "/enrichments/new", &fields);
    assert_eq!(ended(&mut ann, passed.location())["already_enriched"], 4);
    let again = typed(&mut ann, &form, "/enrichments/new", &[&fields[..], &[("again", "true")]].concat());
    assert_eq!(ended(&mut ann, again.location())["processed"], 4);
    for (fields, field) in [
        (&[("scope", "filter"), ("min_price", "cheap")][..], "min_price"),
        (&[("scope", "filter"), ("min_price", "9"), ("max_price", "1")], ""),
        (&[("scope", "run")], "run"),
        (&[("scope", "filter"), ("name", "  \u{0}")], "name"),
    ] {
        for step in ["preview", "start"] {
            if step == "preview" && (field == "name" || field.is_empty()) {
                continue;
            }
            let refused = typed(&mut ann, &form, "/enrichments/new", &[fields, &[("step", step)]].concat());
            assert!((400..500).contains(&refused.status), "{fields:?}: {}", refused.text);
            assert!(refused.text.contains("<title>Error: New enrichment"), "{}", refused.text);
            assert!(
                field.is_empty() || refused.text.contains(&format!("id=\"{field}-error\"")),
                "{fields:?}: {}",
                refused.text
            );
        }
    }
}

#[test]
fn a_run_that_is_asked_to_enriches_by_itself() {
    let (_server, mut ann, run) = crawled(3, &json!({"auto_enrich": true}));
    let form = look(&mut ann, "/runs/new", 200);
    assert!(form.contains("Enrich the captures when the run ends"), "{form}");
    let seen = look(&mut ann, &format!("/runs/{run}"), 200);
    assert!(seen.contains("when the run ends, 1 credit each"), "{seen}");
    assert!(seen.contains(&format!("href=\"/enrichments?run={run}\"")), "{seen}");
    let listed = look(&mut ann, &format!("/enrichments?run={run}"), 200);
    assert_eq!(listed.matches("<tr><td><a class=\"clip\"").count(), 1, "{listed}");
    let robots = ann.ask("GET", "/v1/extract/robots", &Value::Null).json();
    let robot = robots["rows"][0]["id"].as_str().unwrap();
    let form = look(&mut ann, &format!("/schedules/new?robot={robot}"), 200);
    let made = send(&mut ann, &form, "/schedules/new", &[("robot", robot), ("auto_enrich", "true")]);
    assert!(made.status == 303 || made.status == 422, "{}", made.text);
    let fields = [
        ("robot", robot),
        ("interval_amount", "1"),
        ("interval_unit", "day"),
        ("time_zone", "UTC"),
        ("auto_enrich", "true"),
    ];
    let made = typed(&mut ann, &form, "/schedules/new", &fields);
    assert_eq!(made.status, 303, "{}", made.text);
    let seen = look(&mut ann, made.location(), 200);
    assert!(seen.contains("when the run ends, 1 credit each"), "{seen}");
    let edit = look(&mut ann, &format!("{}/edit", made.location().split('?').next().unwrap()), 200);
    let ticked = edit.split("name=\"auto_enrich\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(ticked.contains(" checked"), "{edit}");
}

#[test]
fn an_enrichment_without_credits_says_how_to_go_on() {
    let (server, mut ann, run) = crawled(5, &json!({}));
    let organization = ann.ask("GET", "/v1/organization", &Value::Null).json()["id"].as_str().unwrap().to_owned();
    let words = ["admin", "adjust", "--credits", "-4988", "--reason", "test", "--organization", &organization];
    let adjusted = crate::command::finish(server.creel.command(&words).output().unwrap());
    assert_eq!(adjusted.code, 0, "{}", adjusted.err);
    let form = look(&mut ann, &format!("/enrichments/new?run_id={run}"), 200);
    let made = typed(&mut ann, &form, "/enrichments/new", &[("scope", "run"), ("run", &run)]);
    let done = ended(&mut ann, made.location());
    assert_eq!(done["end_reason"], "insufficient_credits");
    let seen = look(&mut ann, made.location(), 200);
    assert!(seen.contains("Credits ran out.") && seen.contains("/restart\""), "{seen}");
    let refused = send(&mut ann, &seen, "/restart", &[]);
    assert!(page(refused, 402).contains("role=\"alert\""));
}
