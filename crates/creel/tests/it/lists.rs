//! Lists of captures over HTTP: filters, sorts, search, exports, deletions, and refusals that name the parameter.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{demo_shop::DemoShop, server::Server};

const CAPTURES: &str = "/v1/extract/captures";

/// A server with the captures of one run, and that run.
fn crawled(budget: i64) -> (Server, String) {
    let (shop, server) = (DemoShop::start(), Server::start());
    let robot = server.robot(&shop);
    let run = server.post("/v1/extract/runs", &json!({"robot_id": robot, "budget": budget}));
    let run = run.body["id"].as_str().unwrap().to_owned();
    server.wait(&run);
    (server, run)
}

fn rows(server: &Server, query: &str) -> Vec<Value> {
    let answer = server.get(&format!("{CAPTURES}?{query}"));
    assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    answer.body["rows"].as_array().unwrap().clone()
}

#[test]
fn filters_sorts_and_search_find_what_is_there() {
    let (server, run) = crawled(20);
    let all = rows(&server, &format!("run_id={run}"));
    assert_eq!(all.len(), 20);
    let one = &all[7];
    for (query, field) in [
        (format!("store={}", one["store"].as_str().unwrap()), "store"),
        (format!("currency={}", one["currency"].as_str().unwrap()), "currency"),
        (format!("available={}", one["available"]), "available"),
        (format!("min_price={0}&max_price={0}", one["min_price"]), "min_price"),
        (format!("robot_id={}", one["robot_id"].as_str().unwrap()), "robot_id"),
        (format!("from={}", one["extracted_at"].as_str().unwrap()), "id"),
    ] {
        let found = rows(&server, &query);
        assert!(found.iter().any(|row| row["id"] == one["id"]), "{query}");
        if field != "id" {
            assert!(found.iter().all(|row| row[field] == one[field]), "{query}");
        }
    }
    for (sort, field) in [("min_price", "min_price"), ("-min_price", "min_price")] {
        let mut prices: Vec<f64> =
            rows(&server, &format!("sort={sort}")).iter().map(|row| row[field].as_f64().unwrap()).collect();
        if sort.starts_with('-') {
            prices.reverse();
        }
        assert!(prices.windows(2).all(|pair| pair[0] <= pair[1]), "{sort}: {prices:?}");
    }
    let word = one["title"].as_str().unwrap().split(|c: char| !c.is_alphanumeric()).find(|word| word.len() > 2).unwrap();
    // The index of words follows, by five seconds at most.
    let until = Instant::now() + Duration::from_secs(5);
    while !rows(&server, &format!("q={word}")).iter().any(|row| row["id"] == one["id"]) {
        assert!(Instant::now() < until, "{word:?} is not found");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(rows(&server, "q=nothinghasthisword").is_empty());
}

#[test]
fn an_export_is_everything_in_the_shape_that_was_asked_for() {
    let (server, run) = crawled(12);
    let (status, lines) = server.text("GET", &format!("{CAPTURES}/export?run_id={run}"));
    assert_eq!((status, lines.lines().count()), (200, 12));
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert!(first["skus"].is_array() && first["id"].is_string());
    let (_, lines) = server.text("GET", &format!("{CAPTURES}/export?format=jsonl&columns=title,id&run_id={run}"));
    assert!(lines.lines().all(|line| line.starts_with("{\"title\":") && !line.contains("skus")));
    let count = |per: &str| {
        let (status, text) = server.text("GET", &format!("{CAPTURES}/export?format=csv&one_row_per={per}&run_id={run}"));
        assert_eq!(status, 200, "{text}");
        csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).count()
    };
    assert_eq!(count("product"), 12);
    assert!(count("sku") >= 12 && count("offer") >= count("sku"));
    assert_eq!(server.creel.verified_balance(), 5_000 - 24, "exports are free");
}

#[test]
fn a_deleted_capture_is_gone_and_nothing_is_refunded() {
    let (server, run) = crawled(3);
    let id = rows(&server, "limit=1")[0]["id"].as_str().unwrap().to_owned();
    let path = format!("{CAPTURES}/{id}");
    assert_eq!(server.text("DELETE", &path).0, 204);
    assert_eq!((server.get(&path).status, server.text("DELETE", &path).0), (404, 404));
    assert_eq!(rows(&server, &format!("run_id={run}")).len(), 2);
    assert_eq!(server.get(&format!("/v1/extract/runs/{run}")).body["extracted"], 3);
    assert_eq!(server.creel.verified_balance(), 4_994);
}

#[test]
fn bad_filters_are_named() {
    let server = Server::start();
    for (query, field) in [
        ("?q=", "q"),
        ("?min_price=-1", "min_price"),
        ("?max_price=cheap", "max_price"),
        ("?currency=XXX", "currency"),
        ("?available=perhaps", "available"),
        ("?from=yesterday", "from"),
        ("?run_id=x", "run_id"),
        ("?import_id=x", "import_id"),
        ("?sort=price", "sort"),
        ("/export?format=xlsx", "format"),
        ("/export?format=csv&columns=id,colour", "columns"),
        ("/export?columns=colour", "columns"),
        ("/export?format=csv&one_row_per=page", "one_row_per"),
        ("?cursor=x", "cursor"),
        ("/export?limit=5", "limit"),
    ] {
        let answer = server.get(&format!("{CAPTURES}{query}"));
        assert_eq!(answer.status, 422, "{query}: {}", answer.body);
        assert_eq!(answer.body["field"], field, "{query}: {}", answer.body);
    }
    // Right by themselves and against each other; or nothing that could be found.
    let id = "0190aaaa-0000-7000-8000-000000000000";
    for (query, field) in
        [("/export?one_row_per=sku".to_owned(), "one_row_per"), (format!("?sort=title&cursor=min_price.{id}.5"), "cursor")]
    {
        let answer = server.get(&format!("{CAPTURES}{query}"));
        assert_eq!((answer.status, &answer.body["field"]), (409, &field.into()), "{query}: {}", answer.body);
    }
    for nothing in ["q=%22%27*", "min_price=5&max_price=4", "from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z"] {
        assert!(rows(&server, nothing).is_empty(), "{nothing}");
    }
    // What looks like the syntax of a database is words.
    for q in ["%27%20OR%201%3D1%20--", "NEAR(a%20b)", "title%3Ax", "%22unclosed", "a%26%21b%7Cc%3A%2A%5C"] {
        assert!(rows(&server, &format!("q={q}")).is_empty(), "{q}");
    }
}
