//! The API of `creel serve`: keys, robots, runs, captures, credits, and errors in their one shape.

use std::{
    io::{BufRead, BufReader},
    process::Child,
};

use serde_json::{Value, json};

use crate::{
    command::Creel,
    demo_shop::DemoShop,
    small_shop::{SmallShop, links, product, redirect},
};

/// A running server with the key that it printed at its first start.
pub struct Server {
    pub creel: Creel,
    child: Child,
    address: String,
    key: String,
}

pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Server {
    pub fn start() -> Server {
        let creel = Creel::new();
        let mut child = creel.start(&["serve", "--listen", "127.0.0.1:0", "--allow-private"]);
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.by_ref().find_map(|line| Some(line.split_once("listens on ")?.1.to_owned())).unwrap();
        let key = lines.by_ref().find_map(|line| Some(line.split_once("shown this once: ")?.1.to_owned())).unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        Server { creel, child, address, key }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None, Some(&self.key))
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, Some(body.to_string()), Some(&self.key))
    }

    /// A call whose answer is no JSON: status and text.
    pub fn text(&self, method: &str, path: &str) -> (u16, String) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
        let request = client.request(method.parse().unwrap(), format!("{}{path}", self.address)).bearer_auth(&self.key);
        let response = request.send().unwrap();
        (response.status().as_u16(), response.text().unwrap())
    }

    fn ask(&self, method: &str, path: &str, body: Option<String>, key: Option<&str>) -> Answer {
        // The first call of the process chooses the cryptography; later ones find it chosen.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
        let mut request = client.request(method.parse().unwrap(), format!("{}{path}", self.address));
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().unwrap();
        let status = response.status().as_u16();
        let text = response.text().unwrap();
        Answer { status, body: serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: not JSON: {text}")) }
    }

    /// A robot for the shop.
    pub fn robot(&self, shop: &DemoShop) -> String {
        let build = self.post("/v1/extract/robot-builds", &json!({"url": shop.url(), "country_code": "US"}));
        assert_eq!(build.status, 202, "{}", build.body);
        let id = build.body["id"].as_str().unwrap();
        let build = self.get(&format!("/v1/extract/robot-builds/{id}"));
        assert_eq!(build.body["status"], "completed");
        let robot = build.body["robot_id"].as_str().unwrap().to_owned();
        let again = self.post("/v1/extract/robot-builds", &json!({"url": shop.url(), "country_code": "US"}));
        assert_eq!((again.status, again.body["id"].as_str()), (200, Some(robot.as_str())));
        robot
    }

    pub fn wait(&self, run: &str) -> Value {
        let answer = self.get(&format!("/v1/extract/runs/{run}?wait=60"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = std::process::Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

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
    let build = server.get(&format!("/v1/extract/robot-builds/{}", build.body["id"].as_str().unwrap()));
    let robot = build.body["robot_id"].as_str().unwrap();
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
        ("/v1/billing/usage?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", 422, "from"),
        ("/v1/billing/usage?since=1", 422, "since"),
        ("/v1/billing/balance?at=2999-01-01T00:00:00Z", 422, "at"),
        ("/v1/billing/balance?at=now", 422, "at"),
    ] {
        let refused = server.get(path);
        assert_eq!((refused.status, refused.body["field"].as_str()), (status, Some(field)), "{path}: {}", refused.body);
    }
    assert_eq!(server.get("/v1/billing/statement/9999").status, 404);
    assert_eq!(server.get("/v1/billing/statement/x").status, 404);
}
