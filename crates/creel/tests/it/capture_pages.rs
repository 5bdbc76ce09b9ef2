//! The pages of captures, walked as a browser without scripts walks them.

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    demo_shop::DemoShop,
    pages::{look, page, send},
    people::{joined, with_owner},
    robot_pages::{robot, stranger},
    server::Server,
};

/// A server with captures of one run, which its owner looks at.
fn crawled() -> (Server, Browser) {
    let (shop, (server, mut ann)) = (DemoShop::start(), with_owner(""));
    let empty = look(&mut ann, "/captures", 200);
    assert!(empty.contains("No captures yet") && empty.contains("href=\"/runs/new\""), "{empty}");
    let robot = robot(&mut ann, &shop);
    let run = ann.ask("POST", "/v1/extract/runs", &json!({"robot_id": robot, "budget": 30}));
    let id = run.json()["id"].as_str().unwrap().to_owned();
    ann.ask("GET", &format!("/v1/extract/runs/{id}?wait=60"), &Value::Null);
    (server, ann)
}

fn captures(browser: &mut Browser, query: &str) -> Vec<Value> {
    let answer = browser.ask("GET", &format!("/v1/extract/captures{query}"), &Value::Null);
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    answer.json()["rows"].as_array().unwrap().clone()
}

/// Ids of captures in the order of the page.
fn shown(page: &str) -> Vec<String> {
    let links = page.split("class=\"lines-2\" dir=\"auto\" href=\"/captures/").skip(1);
    links.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_list_shows_what_the_api_lists() {
    let (_server, mut ann) = crawled();
    let all = captures(&mut ann, "");
    assert_eq!(all.len(), 30);
    let brand = all.iter().find_map(|row| row["brand"].as_str()).unwrap().to_owned();
    let (price, run) = (all[3]["min_price"].to_string(), all[0]["run_id"].as_str().unwrap().to_owned());
    let encoded: String = url::form_urlencoded::byte_serialize(brand.as_bytes()).collect();
    for query in [
        String::new(),
        "?sort=min_price".to_owned(),
        "?sort=-min_price".to_owned(),
        "?sort=title".to_owned(),
        format!("?brand={encoded}"),
        format!("?min_price={price}&max_price={price}"),
        format!("?run_id={run}&available=true"),
        "?available=false".to_owned(),
        "?currency=USD&sort=extracted_at".to_owned(),
    ] {
        let seen = look(&mut ann, &format!("/captures{query}"), 200);
        assert_eq!(shown(&seen), ids(&captures(&mut ann, &query)), "{query}");
    }
    // Pages by their cursors hold each capture once.
    let first = look(&mut ann, "/captures?limit=25", 200);
    let next = first.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
    let second = look(&mut ann, &next, 200);
    assert_eq!([shown(&first), shown(&second)].concat(), ids(&all));
    assert!(second.contains("First page") && !second.contains("rel=\"next\""), "{second}");
    // Columns are those that were chosen, and stay while one turns pages.
    let chosen = look(&mut ann, "/captures?columns=product_id&columns=completeness&limit=25", 200);
    assert!(
        chosen.contains(">Product id</th>") && !chosen.contains(">Brand</th>") && chosen.contains("columns=product_id%2C")
    );
}

#[test]
fn filters_are_kept_taken_away_and_refused_at_their_fields() {
    let (_server, mut ann) = crawled();
    let seen = look(&mut ann, "/captures?available=true&min_price=1", 200);
    assert!(seen.contains("href=\"/captures?min_price=1\"") && seen.contains("href=\"/captures?available=true\""), "{seen}");
    assert!(seen.contains("/v1/extract/captures/export?format=csv&#38;one_row_per=sku&#38;available=true&#38;min_price=1"));
    let none = look(&mut ann, "/captures?brand=nobody+makes+this", 200);
    assert!(none.contains("No capture fits") && none.contains("Take the filter away"), "{none}");
    // What a form leaves empty does not stay in the address.
    let untidy = ann.send("GET", "/captures?q=&store=&available=true&currency=", |request| request);
    assert_eq!((untidy.status, untidy.location()), (303, "/captures?available=true"));
    let by_script = ann.send("GET", "/captures?q=&available=true", |request| request.header("hx-request", "true"));
    assert_eq!((by_script.status, by_script.header("hx-push-url")), (200, "/captures?available=true"));
    for (query, field) in
        [("min_price=cheap", "min_price"), ("q=...", "q"), ("from=yesterday", "from"), ("currency=XXX", "currency")]
    {
        let refused = look(&mut ann, &format!("/captures?{query}"), 422);
        let value = query.split('=').nth(1).unwrap();
        assert!(refused.contains(&format!("id=\"{field}-error\"")), "{query}: {refused}");
        assert!(field == "from" || refused.contains(&format!("value=\"{value}\"")), "what was typed stays: {refused}");
    }
    assert!(look(&mut ann, "/captures?limit=all&sort=worst&cursor=x&nothing=1", 200).contains("30 captures"));
}

#[test]
fn a_capture_is_shown_whole_and_deleted_for_good() {
    let (server, mut ann) = crawled();
    let all = captures(&mut ann, "");
    for capture in all.iter().take(10) {
        let id = capture["id"].as_str().unwrap();
        let seen = look(&mut ann, &format!("/captures/{id}"), 200);
        let url = capture["url"].as_str().unwrap();
        assert!(seen.contains(&format!("href=\"{url}\" rel=\"noreferrer noopener\"")), "{url}: {seen}");
        for said in
            ["Where each value came from", "Price and stock over runs", "1 capture of this product", "class=\"json\""]
        {
            assert!(seen.contains(said), "{said}: {seen}");
        }
        // It is the one way that leads out; pictures come through here.
        let out = seen.matches("href=\"http").count() + seen.matches("src=\"http").count();
        assert_eq!(out, 1, "{seen}");
        for sku in capture["skus"].as_array().unwrap().iter().take(50) {
            let amount = sku["offers"][0]["price"]["amount"].as_f64().unwrap();
            assert!(seen.contains(&format!("{amount:.2}")) || amount >= 1_000.0, "{amount}: {seen}");
        }
    }
    let (id, other) = (all[0]["id"].as_str().unwrap(), all[1]["id"].as_str().unwrap());
    let path = format!("/captures/{id}");
    let seen = look(&mut ann, &path, 200);
    assert!(seen.contains("nothing is refunded"), "{seen}");
    // A form of another session does nothing.
    let mut bob = joined(&server, &mut ann, "bob@shop.example", "member");
    let bobs = look(&mut bob, &path, 200);
    assert_eq!(send(&mut ann, &bobs, &format!("{path}/delete"), &[]).status, 403);
    let deleted = send(&mut ann, &seen, &format!("{path}/delete"), &[]);
    assert_eq!((deleted.status, deleted.location()), (303, "/captures?done=deleted"), "{}", deleted.text);
    assert!(look(&mut ann, "/captures?done=deleted", 200).contains("The capture is deleted."));
    let gone = look(&mut ann, &path, 404);
    assert!(gone.contains("was deleted") && gone.contains("ledger"), "{gone}");
    let again = page(send(&mut ann, &seen, &format!("{path}/delete"), &[]), 404);
    assert!(again.contains("There is nothing with this id."), "{again}");
    assert!(!shown(&look(&mut ann, "/captures", 200)).contains(&id.to_owned()));
    // Another organization's is not there, deleted or not.
    let mut eve = stranger(&server);
    for id in [id, other] {
        let hidden = look(&mut eve, &format!("/captures/{id}"), 404);
        assert!(hidden.contains("nothing at this address") && !hidden.contains("ledger"), "{hidden}");
    }
    assert!(look(&mut eve, "/captures", 200).contains("No captures yet"));
}
