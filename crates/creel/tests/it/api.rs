//! The API of `creel serve`: keys, robots, runs, captures, credits, and errors in their one shape.

use serde_json::json;

use crate::{
    demo_shop::DemoShop,
    server::Server,
    small_shop::{SmallShop, links, product, redirect},
};

#[test]
fn the_older_spelling_of_a_run_works_and_its_captures_are_paid_exactly() {
    let (shop, server) = (DemoShop::start(), Server::start());
    let robot = server.robot(&shop);
    let run = server.post("/v1/extract/runs", &json!({"robotId": robot, "urls": [shop.url()], "budget": 5}));
    assert_eq!(run.status, 202, "{}", run.body);
    let id = run.body["id"].as_str().unwrap();
    let run = server.wait(id);
    assert_eq!((run["status"].as_str(), run["end_reason"].as_str()), (Some("completed"), Some("budget_reached")), "{run}");
    assert_eq!((run["extracted"].as_i64(), run["credits_spent"].as_i64()), (Some(5), Some(10)));
    let balance = server.get("/v1/billing/balance").body;
    assert_eq!(balance["available"], 4_990);
    assert_eq!(balance["cycle"]["spent"], 10);
    let captures = server.get(&format!("/v1/extract/captures?run_id={id}")).body;
    assert_eq!(captures["rows"].as_array().unwrap().len(), 5);
    let capture = captures["rows"][0]["id"].as_str().unwrap();
    assert_eq!(server.get(&format!("/v1/extract/captures/{capture}")).body["run_id"], id);
    let statement = server.get("/v1/billing/statement?kind=debit").body;
    assert_eq!(statement["rows"].as_array().unwrap().len(), 5);
    assert_eq!(statement["rows"][0]["balance_after"], 4_990);
    let pages = server.get(&format!("/v1/extract/runs/{id}/pages?limit=500")).body;
    let captured = pages["rows"].as_array().unwrap().iter().filter(|page| page["outcome"] == "captured");
    assert_eq!(captured.map(|page| page["credits"].as_i64().unwrap()).sum::<i64>(), 10);
    assert_eq!(server.creel.verified_balance(), 4_990);
}

#[test]
fn lists_turn_pages_without_gap_or_repetition() {
    let (shop, server) = (DemoShop::start(), Server::start());
    let robot = server.robot(&shop);
    let run = server.post("/v1/extract/runs", &json!({"robot_id": robot, "budget": 12}));
    server.wait(run.body["id"].as_str().unwrap());
    for list in ["/v1/extract/captures", "/v1/billing/statement"] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = server.get(&format!("{list}?limit=5{cursor}")).body;
            seen.extend(page["rows"].as_array().unwrap().iter().map(ToString::to_string));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let mut unique = seen.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), seen.len(), "{list}");
        assert_eq!(seen.len(), if list.ends_with("captures") { 12 } else { 13 }, "{list}");
    }
}

#[test]
fn a_run_can_be_stopped_at_once() {
    let (shop, server) = (DemoShop::start(), Server::start());
    let robot = server.robot(&shop);
    let run = server.post("/v1/extract/runs", &json!({"robot_id": robot}));
    let id = run.body["id"].as_str().unwrap();
    let stopped = server.post(&format!("/v1/extract/runs/{id}/stop"), &json!({}));
    assert_eq!((stopped.status, stopped.body["status"].as_str()), (200, Some("stopped")), "{}", stopped.body);
    assert_eq!(server.wait(id)["end_reason"], "stopped_by_user");
    let spent = server.get(&format!("/v1/extract/runs/{id}")).body["credits_spent"].as_i64().unwrap();
    assert_eq!(server.creel.verified_balance(), 5_000 - spent);
}

#[test]
fn bad_requests_name_the_field() {
    let (shop, server) = (DemoShop::start(), Server::start());
    let robot = server.robot(&shop);
    let runs = "/v1/extract/runs";
    let builds = "/v1/extract/robot-builds";
    for (path, body, status, field) in [
        (runs, json!({"robot_id": robot, "budget": 0}), 422, "budget"),
        (runs, json!({"robot_id": robot, "budget": "x"}), 422, "budget"),
        (runs, json!({"robot_id": robot, "start_urls": ["https://elsewhere.example/"]}), 422, "start_urls[0]"),
        (runs, json!({"robot_id": robot, "start_urls": [shop.url(), "ftp://a.example/"]}), 422, "start_urls[1]"),
        (runs, json!({"robot_id": robot, "start_urls": ["nonsense"]}), 422, "start_urls[0]"),
        (runs, json!({"robot_id": robot, "include": ["*", "re:("]}), 422, "include[1]"),
        (runs, json!({"robot_id": robot, "no_such_field": 1}), 422, "no_such_field"),
        (runs, json!({"robot_id": robot, "name": ""}), 422, "name"),
        (runs, json!({"budget": 5}), 422, "robot_id"),
        (runs, json!({"robot_id": "x"}), 422, "robot_id"),
        (builds, json!({"url": "ftp://shop.example/", "country_code": "US"}), 422, "url"),
        (builds, json!({"url": "https://shop.example/", "country_code": "XX"}), 422, "country_code"),
        (builds, json!({"url": "https://shop.example/"}), 422, "country_code"),
    ] {
        let answer = server.post(path, &body);
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        assert_eq!(answer.body["field"], field, "{body}: {}", answer.body);
        assert_eq!(answer.body["code"], "invalid_field");
        assert_eq!(answer.body["error"], "Unprocessable Entity");
    }
    for (path, field) in [
        ("/v1/extract/captures?limit=0", "limit"),
        ("/v1/extract/captures?cursor=nonsense", "cursor"),
        ("/v1/extract/captures?no_such=1", "no_such"),
        ("/v1/extract/runs?status=nonsense", "status"),
        ("/v1/billing/statement?limit=x", "limit"),
        ("/v1/organization?colour=red", "colour"),
        ("/v1/extract/robots/x?colour", "colour"),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 422, "{path}: {}", answer.body);
        assert_eq!(answer.body["field"], field, "{path}: {}", answer.body);
    }
}

#[test]
fn errors_have_one_shape_whatever_goes_wrong() {
    let server = Server::start();
    let missing = "/v1/extract/runs/0190aaaa-0000-7000-8000-000000000000";
    for (method, path, key, status, code) in [
        ("GET", "/v1/billing/balance", None, 401, "unauthorized"),
        ("GET", "/v1/billing/balance", Some("crl_wrong"), 401, "unauthorized"),
        ("GET", missing, Some(server.key.as_str()), 404, "not_found"),
        ("GET", "/v1/extract/runs/nonsense", Some(server.key.as_str()), 404, "not_found"),
        ("GET", "/nowhere", None, 404, "not_found"),
        ("DELETE", "/v1/billing/balance", Some(server.key.as_str()), 405, "method_not_allowed"),
    ] {
        let answer = server.ask(method, path, None, key);
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(answer.body["code"], code, "{method} {path}");
        assert!(answer.body["message"].is_string() && answer.body["error"].is_string());
        assert!(answer.body.as_object().unwrap().contains_key("field"));
    }
    let broken = server.ask("POST", "/v1/extract/runs", Some("{".into()), Some(&server.key));
    assert_eq!((broken.status, broken.body["code"].as_str()), (400, Some("bad_request")));
    assert_eq!(server.ask("GET", "/healthz", None, None).status, 200);
    assert_eq!(server.ask("GET", "/readyz", None, None).status, 200);
}

#[test]
fn no_credits_no_run() {
    let (shop, server) = (DemoShop::start(), Server::start());
    let robot = server.robot(&shop);
    server.creel.run(&["admin", "adjust", "--credits", "-4999", "--reason", "test"]);
    let refused = server.post("/v1/extract/runs", &json!({"robot_id": robot}));
    assert_eq!((refused.status, refused.body["code"].as_str()), (402, Some("insufficient_credits")));
    assert_eq!(server.get("/v1/extract/runs").body["rows"].as_array().unwrap().len(), 0, "nothing was left behind");
}

#[test]
fn patterns_and_depth_limit_what_is_captured() {
    let shop = SmallShop::start(&[
        ("/", links(&["/p/one", "/p/two", "/sale", "/old"])),
        ("/sale", links(&["/sale/p/three"])),
        ("/old", redirect("/sale/p/four")),
        ("/p/one", product("One")),
        ("/p/two", product("Two")),
        ("/sale/p/three", product("Three")),
        ("/sale/p/four", product("Four")),
    ]);
    let server = Server::start();
    let build = server.post("/v1/extract/robot-builds", &json!({"url": shop.url, "country_code": "US"}));
    let build = server.built(build.body["id"].as_str().unwrap());
    let robot = build["robot_id"].as_str().unwrap();
    for (more, expected) in [
        (json!({}), vec!["Four", "One", "Three", "Two"]),
        (json!({"exclude": ["*/sale/p/*"]}), vec!["One", "Two"]),
        (json!({"include": ["*/p/two"]}), vec!["Two"]),
        (json!({"include": ["re:/p/(one|three)$"], "exclude": ["*one"]}), vec!["Three"]),
        (json!({"max_depth": 1}), vec!["Four", "One", "Two"]),
        (json!({"discover": false, "start_urls": [format!("{}p/two", shop.url)]}), vec!["Two"]),
    ] {
        let mut body = json!({"robot_id": robot});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let run = server.post("/v1/extract/runs", &body);
        assert_eq!(run.status, 202, "{}", run.body);
        let id = run.body["id"].as_str().unwrap();
        server.wait(id);
        let captures = server.get(&format!("/v1/extract/captures?run_id={id}")).body;
        let mut titles: Vec<&str> =
            captures["rows"].as_array().unwrap().iter().filter_map(|row| row["title"].as_str()).collect();
        titles.sort_unstable();
        assert_eq!(titles, expected, "{more}");
    }
}

#[test]
fn a_run_starts_from_what_was_captured_before() {
    let shop = DemoShop::start();
    let server = Server::start();
    let robot = server.robot(&shop);
    let first = server.post("/v1/extract/runs", &json!({"robot_id": robot, "budget": 4}));
    let first = first.body["id"].as_str().unwrap().to_owned();
    server.wait(&first);
    let urls = |run: &str| -> Vec<String> {
        let rows = server.get(&format!("/v1/extract/captures?run_id={run}&sort=title")).body;
        rows["rows"].as_array().unwrap().iter().map(|row| row["canonical_url"].to_string()).collect()
    };
    let again = json!({"robot_id": robot, "discover": false, "start_urls_from": {"filter": {"run_id": first}}});
    let preview = server.post("/v1/extract/runs/preview", &again);
    assert_eq!((preview.status, &preview.body["credits"]["high"]), (200, &json!(8)), "{}", preview.body);
    let second = server.post("/v1/extract/runs", &again);
    assert_eq!(second.status, 202, "{}", second.body);
    let second = second.body["id"].as_str().unwrap().to_owned();
    server.wait(&second);
    assert_eq!((urls(&second), urls(&second).len()), (urls(&first), 4));
    let none = json!({"robot_id": robot, "start_urls_from": {"filter": {"brand": "nobody's"}}});
    let none = server.post("/v1/extract/runs", &none);
    assert_eq!((none.status, &none.body["field"]), (409, &json!("start_urls_from")), "{}", none.body);
    let wrong = json!({"robot_id": robot, "start_urls_from": {"filter": {"colour": "red"}}});
    let wrong = server.post("/v1/extract/runs", &wrong);
    assert_eq!((wrong.status, &wrong.body["field"]), (422, &json!("start_urls_from.filter.colour")), "{}", wrong.body);
}

#[test]
fn credits_are_summed_forecast_and_explained() {
    let shop = DemoShop::start();
    let server = Server::start();
    let robot = server.robot(&shop);
    let made = server.post("/v1/extract/runs", &json!({"robot_id": robot, "budget": 3}));
    let run = made.body["id"].as_str().unwrap().to_owned();
    server.wait(&run);
    for (group, key) in [("action", "extract"), ("run", run.as_str()), ("robot", robot.as_str())] {
        let usage = server.get(&format!("/v1/billing/usage?group_by={group}"));
        assert_eq!(usage.status, 200, "{}", usage.body);
        let row = &usage.body["rows"][0];
        assert_eq!((row["key"].as_str(), &row["credits"], &row["count"]), (Some(key), &json!(6), &json!(3)), "{group}");
        assert_eq!(usage.body["credits"], 6);
    }
    let by_key = server.get("/v1/billing/usage?group_by=api_key");
    assert_eq!(by_key.body["rows"][0]["name"], "first key");
    let days = server.get("/v1/billing/usage");
    assert_eq!(days.body["rows"].as_array().unwrap().len(), 1);
    let entry = server.get("/v1/billing/statement/2");
    assert_eq!((&entry.body["run"]["id"], &entry.body["api_key"]["name"]), (&json!(run), &json!("first key")));
    assert_eq!(entry.body["robot"]["id"], json!(robot));
    let past = server.get("/v1/billing/balance?at=2020-01-01T00:00:00Z");
    assert_eq!((past.status, &past.body["available"]), (200, &json!(0)));
    let forecast = server.get("/v1/billing/forecast");
    // Six credits on the first day of thirty.
    assert_eq!((forecast.status, &forecast.body["projected_spend"]), (200, &json!(180)), "{}", forecast.body);
    assert!(forecast.body["exhausted_at"].is_string());
    for (path, status, field) in [
        ("/v1/billing/usage?group_by=week", 422, "group_by"),
        ("/v1/billing/usage?since=1", 422, "since"),
        ("/v1/billing/balance?at=now", 422, "at"),
    ] {
        let refused = server.get(path);
        assert_eq!((refused.status, refused.body["field"].as_str()), (status, Some(field)), "{path}: {}", refused.body);
    }
    let backwards = server.get("/v1/billing/usage?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z");
    assert_eq!((backwards.status, &backwards.body["rows"]), (200, &json!([])));
    let future = server.get("/v1/billing/balance?at=2999-01-01T00:00:00Z");
    assert_eq!((future.status, &future.body["available"]), (200, &json!(4_994)), "of the future, what is now");
    assert_eq!(server.get("/v1/billing/statement/9999").status, 404);
    assert_eq!(server.get("/v1/billing/statement/x").status, 404);
}
