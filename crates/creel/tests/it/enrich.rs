//! Captures into items over HTTP: made, followed, found, exported, paid exactly, killed.

use serde_json::{Value, json};

use crate::{command::Creel, demo_shop::DemoShop, server::Server};

const ENRICHMENTS: &str = "/v1/enrich/enrichments";
const ITEMS: &str = "/v1/enrich/items";

/// A server with the captures of one run of so many, and that run.
fn crawled(server: &Server, budget: i64, more: &Value) -> String {
    let shop = DemoShop::start();
    let robot = server.robot(&shop);
    let mut body = json!({"robot_id": robot, "budget": budget});
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    let run = server.post("/v1/extract/runs", &body);
    assert_eq!(run.status, 202, "{}", run.body);
    let run = run.body["id"].as_str().unwrap().to_owned();
    server.wait(&run);
    run
}

fn rows(answer: &Value) -> Vec<Value> {
    answer["rows"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
}

#[test]
fn a_run_is_enriched_once_and_paid_exactly() {
    let server = Server::start();
    let run = crawled(&server, 12, &json!({}));
    let ended = server.enrich(&json!({"run_id": run}));
    assert_eq!((&ended["status"], &ended["end_reason"]), (&json!("completed"), &json!("all_processed")), "{ended}");
    assert_eq!((&ended["total"], &ended["processed"], &ended["credits_spent"]), (&json!(12), &json!(12), &json!(12)));
    assert_eq!(server.creel.verified_balance(), 5_000 - 24 - 12);
    let again = server.enrich(&json!({"run_id": run}));
    assert_eq!((&again["processed"], &again["already_enriched"]), (&json!(0), &json!(12)));
    let items = rows(&server.get(&format!("{ITEMS}?run_id={run}")).body);
    assert_eq!(items.len(), 12);
    for item in &items {
        let capture = server.get(&format!("/v1/extract/captures/{}", item["capture_id"].as_str().unwrap())).body;
        assert_eq!((&item["store"], &item["url"]), (&capture["store"], &capture["url"]));
        assert!(!item["title"].as_str().unwrap().is_empty());
    }
    let actions = server.get("/v1/billing/usage?group_by=action").body;
    let of = |key: &str| rows(&actions).into_iter().find(|row| row["key"] == key).unwrap();
    assert_eq!((&of("enrich")["credits"], &of("enrich")["count"]), (&json!(12), &json!(12)));
    let runs = rows(&server.get("/v1/billing/usage?group_by=run").body);
    assert_eq!((&runs[0]["key"], &runs[0]["credits"]), (&json!(run), &json!(36)), "items of a run are the run's");
    let newest = rows(&server.get("/v1/billing/statement?kind=debit&limit=1").body).remove(0);
    assert_eq!((&newest["reference"]["type"], &newest["amount"]), (&json!("item"), &json!(-1)));
    let explained = server.get(&format!("/v1/billing/statement/{}", newest["sequence"])).body;
    assert_eq!(explained["enrichment"]["id"], ended["id"]);
    assert_eq!(explained["run"]["id"], run);
}

#[test]
fn a_run_enriches_by_itself_where_it_is_asked_to() {
    let server = Server::start();
    let run = crawled(&server, 5, &json!({"auto_enrich": true}));
    assert_eq!(server.get(&format!("/v1/extract/runs/{run}")).body["auto_enrich"], true);
    let made = rows(&server.get(&format!("{ENRICHMENTS}?run_id={run}")).body);
    assert_eq!(made.len(), 1);
    let ended = server.wait_for_enrichment(made[0]["id"].as_str().unwrap());
    assert_eq!(ended["processed"], 5);
    assert_eq!(server.creel.verified_balance(), 5_000 - 10 - 5);
}

#[test]
fn items_are_found_counted_and_exported() {
    let server = Server::start();
    let run = crawled(&server, 8, &json!({}));
    let ended = server.enrich(&json!({"filter": {"run_id": run, "min_price": 0.01}, "name": "Priced"}));
    assert_eq!((&ended["name"], &ended["scope"]["filter"]["run_id"]), (&json!("Priced"), &json!(run)));
    let all = rows(&server.get(ITEMS).body);
    let one = &all[3];
    for query in [
        format!("store={}", one["store"].as_str().unwrap()),
        format!("capture_id={}", one["capture_id"].as_str().unwrap()),
        format!("enrichment_id={}", ended["id"].as_str().unwrap()),
        format!("min_price={0}&max_price={0}", one["min_price"]),
        format!("available={}&currency={}", one["available"], one["currency"].as_str().unwrap()),
    ] {
        let found = rows(&server.get(&format!("{ITEMS}?{query}")).body);
        assert!(found.iter().any(|row| row["id"] == one["id"]), "{query}");
    }
    assert!(rows(&server.get(&format!("{ITEMS}?brand=nobody")).body).is_empty());
    let facets = server.get(&format!("{ITEMS}/facets")).body;
    assert_eq!(facets["items"].as_i64(), Some(i64::try_from(all.len()).unwrap()));
    assert!(rows(&facets).iter().any(|row| row["name"] == "store" && row["items"] == facets["items"]));
    // A page at a time, without gap or repetition.
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = server.get(&format!("{ITEMS}?limit=3{cursor}")).body;
        seen.extend(rows(&page).into_iter().map(|row| row["id"].clone()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, all.iter().map(|row| row["id"].clone()).collect::<Vec<_>>());
    let (status, lines) = server.text("GET", &format!("{ITEMS}/export"));
    let exported: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((status, exported), (200, all.clone()));
    let (status, csv) = server.text("GET", &format!("{ITEMS}/export?format=csv&columns=id,title,attribute.color"));
    let mut table = csv::Reader::from_reader(csv.as_bytes());
    let ids: Vec<String> = table.records().map(|row| row.unwrap()[0].to_owned()).collect();
    assert_eq!((status, ids.len(), ids[0].as_str()), (200, all.len(), all[0]["id"].as_str().unwrap()));
}

#[test]
fn what_is_wrong_is_named() {
    let server = Server::start();
    let run = crawled(&server, 2, &json!({}));
    let nobodys = "0190a000-0000-7000-8000-000000000000";
    for (body, status, field) in [
        (json!({}), 409, json!("run_id")),
        (json!({"run_id": run, "capture_ids": [nobodys]}), 409, json!("run_id")),
        (json!({"run_id": nobodys}), 404, json!("run_id")),
        (json!({"import_id": nobodys}), 404, json!("import_id")),
        (json!({"capture_ids": [nobodys]}), 404, json!("capture_ids")),
        (json!({"capture_ids": []}), 422, json!("capture_ids")),
        (json!({"capture_ids": "all"}), 422, json!("capture_ids")),
        (json!({"filter": {"colour": "red"}}), 422, json!("filter.colour")),
        (json!({"filter": {"min_price": 5, "max_price": 4}}), 409, json!("filter")),
        (json!({"run_id": run, "model": "gpt"}), 422, json!("model")),
    ] {
        let answer = server.post(ENRICHMENTS, &body);
        assert_eq!((answer.status, &answer.body["field"]), (status, &field), "{body}: {}", answer.body);
    }
    for (query, status, field) in [
        ("attributes=red", 422, "attributes"),
        ("category=", 200, ""),
        ("min_price=cheap", 422, "min_price"),
        ("signal=loud", 422, "signal"),
        ("sort=title", 422, "sort"),
        ("cursor=here", 422, "cursor"),
    ] {
        let answer = server.get(&format!("{ITEMS}?{query}"));
        assert_eq!(answer.status, status, "{query}: {}", answer.body);
        assert!(answer.body["field"].as_str().unwrap_or("").starts_with(field), "{query}: {}", answer.body);
    }
    assert_eq!(server.get(&format!("{ITEMS}/export?format=csv&columns=colour")).status, 409);
    assert!(rows(&server.get(ENRICHMENTS).body).is_empty(), "nothing of it was made");
    assert_eq!(server.creel.verified_balance(), 5_000 - 4);
}

#[test]
fn without_a_credit_nothing_is_made_and_what_goes_on_ends() {
    let creel = Creel::new();
    let server = Server::start_with_settings(creel, "rate_limit_per_minute = 0\nstarting_credits = 11\n");
    let run = crawled(&server, 4, &json!({}));
    let ended = server.enrich(&json!({"run_id": run}));
    assert_eq!((&ended["end_reason"], &ended["processed"]), (&json!("insufficient_credits"), &json!(3)));
    let refused = server.post(ENRICHMENTS, &json!({"run_id": run}));
    assert_eq!((refused.status, &refused.body["code"]), (402, &json!("insufficient_credits")), "{}", refused.body);
    let path = format!("{ENRICHMENTS}/{}", ended["id"].as_str().unwrap());
    assert_eq!(server.post(&format!("{path}/restart"), &Value::Null).status, 402);
    let grant = ["admin", "grant", "--credits", "5", "--reason", "a test"];
    assert_eq!(server.creel.run(&grant).code, 0);
    assert_eq!(server.post(&format!("{path}/restart"), &Value::Null).status, 202);
    let ended = server.wait_for_enrichment(ended["id"].as_str().unwrap());
    assert_eq!((&ended["end_reason"], &ended["processed"]), (&json!("all_processed"), &json!(4)));
    assert_eq!(server.creel.verified_balance(), 11 + 5 - 8 - 4);
}

#[test]
fn the_same_request_makes_one_and_a_stopped_one_stays_stopped() {
    let server = Server::start();
    let run = crawled(&server, 3, &json!({}));
    let body = json!({"run_id": run}).to_string();
    let client = crate::server::client();
    let ask = || {
        let request = client.post(format!("{}{ENRICHMENTS}", server.address)).bearer_auth(&server.key);
        let request = request.header("Idempotency-Key", "one").header("Content-Type", "application/json");
        let answer = request.body(body.clone()).send().unwrap();
        let replayed = answer.headers().contains_key("Idempotent-Replayed");
        (serde_json::from_str::<Value>(&answer.text().unwrap()).unwrap()["id"].clone(), replayed)
    };
    let (first, second) = (ask(), ask());
    assert_eq!((first.0.clone(), true), second);
    assert!(!first.1);
    let id = first.0.as_str().unwrap();
    server.wait_for_enrichment(id);
    let stopped = server.post(&format!("{ENRICHMENTS}/{id}/stop"), &Value::Null).body;
    assert_eq!(stopped["end_reason"], "all_processed", "one that has ended stays as it is");
    assert_eq!(server.post(&format!("{ENRICHMENTS}/{id}/restart"), &Value::Null).status, 409);
}

#[test]
fn killed_at_any_moment_each_capture_has_one_item_and_one_debit() {
    let mut server = Server::start();
    let run = crawled(&server, 60, &json!({}));
    let captures = rows(&server.get(&format!("/v1/extract/captures?run_id={run}&limit=500")).body).len();
    let made = server.post(ENRICHMENTS, &json!({"run_id": run, "again": true})).body["id"].as_str().unwrap().to_owned();
    for kill in 0..6 {
        std::thread::sleep(std::time::Duration::from_millis(15 * kill));
        server.kill_and_start_again();
        assert!(server.creel.find_verified_balance().is_some());
    }
    let ended = server.wait_for_enrichment(&made);
    assert_eq!(ended["processed"].as_u64(), Some(captures as u64), "{ended}");
    assert_eq!(server.creel.verified_balance(), 5_000 - 3 * captures as i64);
}
