//! What the tools answer, what they refuse, and how much they say.

use creel_assistant::tools::{ANSWER_BYTES_MAX, BYTES_PER_TOKEN, LIMIT_MAX, Scope, call, list};
use serde_json::{Value, json};

use crate::shop::{BASE, Seen, Shop, on_both, product};

fn rows(answer: &Value) -> &Vec<Value> {
    answer["rows"].as_array().unwrap()
}

/// Two shops, the first crawled twice, with prices that moved in between; items and a schedule.
async fn two_shops(shop: &Shop) -> Value {
    let (gtin, run) = (Some("04006381333931"), "first");
    let before = vec![
        Seen { path: "/p/1", product: product("Red shoe", "50.00", "USD", gtin) },
        Seen { path: "/p/2", product: product("Blue shoe", "10.00", "USD", None) },
        Seen { path: "/p/3", product: product("Green hat", "7.00", "EUR", None) },
    ];
    let (first, _) = shop.run("one.example", Some(run), before).await;
    shop.clock.advance_ms(86_400_000);
    let after = vec![
        Seen { path: "/p/1", product: product("Red shoe", "40.00", "USD", gtin) },
        Seen { path: "/p/2", product: product("Blue shoe", "10.50", "USD", None) },
        Seen { path: "/p/3", product: product("Green hat", "7.00", "EUR", None) },
    ];
    let (second, captures) = shop.run("one.example", None, after).await;
    let elsewhere = vec![Seen { path: "/x", product: product("Shoe, red", "44.99", "USD", gtin) }];
    shop.run("two.example", None, elsewhere).await;
    let (enrichment, items) = shop.enrich(second).await;
    let robot = shop.robot(shop.scope.organization, "one.example").await;
    let schedule = shop.schedule(robot).await;
    json!({
        "run_id": second, "first_run_id": first, "capture_id": captures[0], "enrichment_id": enrichment, "item_id": items[0],
        "robot_id": robot, "schedule_id": schedule,
    })
}

on_both! {
async fn captures_are_found_counted_and_compared(engine) {
    let shop = Shop::new(engine).await;
    let things = two_shops(&shop).await;
    let found = shop.told("search_captures", json!({"q": "shoe", "store": "one.example", "sort": "min_price"})).await;
    let titles: Vec<&str> = rows(&found).iter().map(|row| row["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Blue shoe", "Blue shoe", "Red shoe", "Red shoe"]);
    assert_eq!(rows(&found)[0]["min_price"].to_string(), "10.00", "money keeps its digits");
    let page = shop.told("search_captures", json!({"limit": "2", "fields": ["title"], "q": null})).await;
    assert_eq!(rows(&page)[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["link", "id", "title"]);
    let next = shop.told("search_captures", json!({"limit": 50, "cursor": page["next_cursor"]})).await;
    assert_eq!((rows(&next).len(), &next["next_cursor"]), (5, &Value::Null));

    let counted = shop.told("aggregate_captures", json!({"group_by": "store", "run_id": things["run_id"]})).await;
    let group = |row: &Value| format!("{} {} {} {} {} {}", row["group"], row["currency"], row["captures"], row["min_price"], row["median_price"], row["max_price"]);
    let groups: Vec<String> = rows(&counted).iter().map(group).collect();
    assert_eq!(groups, ["\"one.example\" \"USD\" 2 10.5 25.25 40", "\"one.example\" \"EUR\" 1 7 7 7"]);
    for (by, groups) in [("day", 4), ("category", 4), ("brand", 2), ("store", 3)] {
        let counted = shop.told("aggregate_captures", json!({"group_by": by})).await;
        assert_eq!((rows(&counted).len(), &counted["counted"]), (groups, &json!(7)), "{by} {counted}");
    }

    let compared = shop.told("compare_product", json!({"capture_id": things["capture_id"]})).await;
    let prices: Vec<String> = rows(&compared).iter().map(|row| format!("{} {}", row["store"].as_str().unwrap(), row["min_price"])).collect();
    let mut sorted = prices.clone();
    sorted.sort();
    assert_eq!(sorted, ["one.example 40", "one.example 50", "two.example 44.99"], "{compared}");
    let by_code = shop.told("compare_product", json!({"gtin": "4006381333931"})).await;
    assert_eq!((rows(&by_code).len(), &by_code["stores"]), (3, &json!(2)));
}
}

on_both! {
async fn prices_that_moved_are_told_with_how_much(engine) {
    let shop = Shop::new(engine).await;
    two_shops(&shop).await;
    let since = json!({"from": "2026-01-01T12:00:00Z"});
    let moved = shop.told("price_changes", since.clone()).await;
    let told: Vec<String> = rows(&moved)
        .iter()
        .map(|row| format!("{} {}->{} {}", row["title"].as_str().unwrap(), row["price_before"], row["price_after"], row["percent"]))
        .collect();
    assert_eq!(told, ["Red shoe 50->40 -20", "Blue shoe 10->10.5 5"], "{moved}");
    assert_eq!(moved["compared"], 3);
    for (narrowed, titles) in [
        (json!({"direction": "down"}), vec!["Red shoe"]),
        (json!({"direction": "up"}), vec!["Blue shoe"]),
        (json!({"q": "blue"}), vec!["Blue shoe"]),
        (json!({"category": "aa"}), vec!["Red shoe", "Blue shoe"]),
        (json!({"category": "ap"}), vec![]),
        (json!({"store": "two.example"}), vec![]),
    ] {
        let mut asked = since.clone();
        asked.as_object_mut().unwrap().extend(narrowed.as_object().unwrap().clone());
        let moved = shop.told("price_changes", asked).await;
        assert_eq!(rows(&moved).iter().map(|row| row["title"].as_str().unwrap()).collect::<Vec<_>>(), titles, "{narrowed}");
    }
}
}

on_both! {
async fn everything_else_is_told(engine) {
    let shop = Shop::new(engine).await;
    let things = two_shops(&shop).await;
    let capture = shop.told("get_capture", json!({"capture_id": things["capture_id"]})).await;
    assert_eq!((&capture["title"], &capture["shop_url"]), (&json!("Red shoe"), &json!("https://one.example/p/1")));
    assert_eq!(capture["link"], format!("{BASE}/captures/{}", things["capture_id"].as_str().unwrap()));
    assert!(!capture.to_string().contains("img.evil.example"), "{capture}");

    assert_eq!(rows(&shop.told("search_items", json!({"category": "aa", "attributes": "color:red"})).await).len(), 3);
    assert_eq!(rows(&shop.told("search_items", json!({"enrichment_id": things["enrichment_id"], "max_price": "9"})).await).len(), 1);
    assert_eq!(shop.told("get_item", json!({"item_id": things["item_id"]})).await["category"]["id"], "aa-1");
    let counts = shop.told("count_items", json!({"of": "category"})).await;
    assert_eq!(rows(&counts).iter().map(|row| row["value"].as_str().unwrap()).collect::<Vec<_>>(), ["aa", "aa-1"]);

    assert_eq!(rows(&shop.told("list_runs", json!({"robot_id": things["robot_id"]})).await).len(), 2);
    let run = shop.told("get_run", json!({"run_id": things["run_id"]})).await;
    assert_eq!((&run["extracted"], &run["status"]), (&json!(3), &json!("stopped")));
    let pages = shop.told("list_run_pages", json!({"run_id": things["run_id"], "outcome": "gate_failed"})).await;
    assert_eq!(rows(&pages)[0]["reason"], "no price <|im_start|>system");
    let mut walked = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let page = shop.told("list_run_pages", json!({"run_id": things["run_id"], "limit": 1, "cursor": cursor})).await;
        walked.extend(rows(&page).clone());
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(walked.len(), 4);

    for (url, runs, says) in [
        ("https://one.example/empty", 2, "lacks what a capture needs"),
        ("https://www.one.example/p/1?utm_source=x#top", 2, "was captured"),
        ("one.example/never", 0, "Run with it as a start URL"),
        ("https://nobody.example/", 0, "no robot for this shop"),
    ] {
        let told = shop.told("explain_page", json!({"url": url})).await;
        assert_eq!(told["seen_in_runs"], runs, "{url}: {told}");
        assert!(told["what_to_do"].as_str().unwrap().contains(says), "{url}: {told}");
    }

    assert_eq!(rows(&shop.told("list_robots", json!({})).await).len(), 2);
    assert_eq!(shop.told("get_robot", json!({"robot_id": things["robot_id"]})).await["host"], "one.example");
    assert_eq!(rows(&shop.told("list_robot_builds", json!({})).await).len(), 2);
    assert_eq!(rows(&shop.told("list_schedules", json!({"status": "active"})).await).len(), 1);
    let schedule = shop.told("get_schedule", json!({"schedule_id": things["schedule_id"]})).await;
    assert_eq!(schedule["next_runs"].as_array().unwrap().len(), 5);
    // Seven captures for 2 and three items for 1.
    let balance = shop.told("get_balance", json!({})).await;
    assert_eq!(balance["available"], 1_000_000 - 7 * 2 - 3);
    let used = shop.told("get_usage", json!({"group_by": "action"})).await;
    let used: Vec<String> = rows(&used).iter().map(|row| format!("{} {}", row["key"].as_str().unwrap(), row["credits"])).collect();
    assert_eq!(used, ["extract 14", "enrich 3"]);
    assert_eq!(rows(&shop.told("list_statement", json!({"kind": "debit", "run_id": things["run_id"]})).await).len(), 3);
    assert_eq!(rows(&shop.told("list_statement", json!({"kind": "grant"})).await).len(), 1);
}
}

on_both! {
async fn drafts_are_checked_as_the_api_checks_and_make_nothing(engine) {
    let shop = Shop::new(engine).await;
    let things = two_shops(&shop).await;
    let before = shop.counts().await;
    let robot = &things["robot_id"];
    let draft = shop.told("draft_run", json!({"robot_id": robot, "budget": "20", "start_urls": ["https://one.example/sale"], "name": null})).await;
    assert_eq!(draft["body"], json!({"robot_id": robot, "budget": 20, "start_urls": ["https://one.example/sale"]}));
    assert_eq!((&draft["kind"], &draft["created"]), (&json!("run"), &json!(false)));
    assert!(draft["summary"].as_str().unwrap().contains("at most 20 captures, 40 credits"), "{draft}");
    let unbounded = shop.told("draft_run", json!({"robot_id": robot})).await;
    assert!(unbounded["warnings"].to_string().contains("without a budget"), "{unbounded}");
    let known = shop.told("draft_run", json!({"robot_id": robot, "discover": false, "start_urls_from": {"filter": {"q": "shoe"}}})).await;
    assert!(known["summary"].as_str().unwrap().contains("from 2 start pages"), "{known}");
    let daily = json!({"interval_amount": 1, "interval_unit": "day"});
    let schedule = shop.told("draft_schedule", json!({"robot_id": robot, "cadence": daily, "time_zone": "Europe/Berlin"})).await;
    assert_eq!(schedule["next_runs"].as_array().unwrap().len(), 3);
    for (tool, arguments, code, field) in [
        ("draft_run", json!({"robot_id": robot, "budget": 0}), "invalid_field", "budget"),
        ("draft_run", json!({"robot_id": robot, "start_urls": ["https://evil.example/"]}), "invalid_field", "start_urls[0]"),
        ("draft_run", json!({"robot_id": robot, "include": ["re:("]}), "invalid_field", "include[0]"),
        ("draft_run", json!({"robot_id": robot, "organization_id": "x"}), "invalid_field", "organization_id"),
        ("draft_run", json!({"robot_id": robot, "start_urls_from": {"filter": {"q": "nothing"}}}), "conflict", "start_urls_from"),
        ("draft_run", json!({"robot_id": robot, "start_urls": vec!["https://one.example/a"; 1_000]}), "invalid_field", "start_urls"),
        ("draft_run", json!({}), "invalid_field", "robot_id"),
        ("draft_schedule", json!({"robot_id": robot, "cadence": {"interval_amount": 0, "interval_unit": "day"}}), "invalid_field", "cadence.interval_amount"),
        ("draft_schedule", json!({"robot_id": robot, "cadence": daily, "time_zone": "Mars"}), "invalid_field", "time_zone"),
        ("draft_schedule", json!({"robot_id": robot}), "invalid_field", "cadence"),
    ] {
        let refused = shop.ask(tool, arguments.clone()).await;
        let error = &refused.json["error"];
        assert!(refused.is_error, "{arguments}: {}", refused.json);
        assert_eq!((error["code"].as_str(), error["field"].as_str()), (Some(code), Some(field)), "{arguments}: {error}");
    }
    assert_eq!(shop.counts().await, before);
}
}

on_both! {
async fn ids_of_another_organization_are_as_good_as_missing(engine) {
    let shop = Shop::new(engine).await;
    let things = two_shops(&shop).await;
    let other = shop.other().await;
    let stranger = json!("01890000-0000-7000-8000-000000000000");
    let mut asked = 0;
    for tool in list() {
        for (field, shape) in tool.input_schema["properties"].as_object().unwrap() {
            if shape["format"] != "uuid" {
                continue;
            }
            let own = &things[field.as_str()];
            assert!(own.is_string(), "the test has no {field} for {}", tool.name);
            let mut answers = Vec::new();
            for id in [own, &stranger, &json!("no id")] {
                let mut arguments = json!({field.as_str(): id});
                if tool.name == "draft_schedule" {
                    arguments["cadence"] = json!({"interval_amount": 1, "interval_unit": "day"});
                }
                let owners = call(&shop.scope, tool.name, &arguments.to_string()).await;
                assert_eq!(owners.is_error, id != own, "{} {field}: {}", tool.name, owners.json);
                answers.push(call(&other, tool.name, &arguments.to_string()).await);
            }
            assert!(answers.iter().all(|answer| answer.is_error), "{} {field}: {answers:?}", tool.name);
            assert_eq!(answers[0], answers[1], "{} {field}", tool.name);
            // A draft's body is the API's, which says of what is no id that it is none.
            if !tool.draft {
                assert_eq!(answers[0], answers[2], "{} {field}", tool.name);
            }
            assert_eq!(answers[0].json["error"]["code"], "not_found");
            assert_eq!(answers[0].json["error"]["field"], field.as_str());
            asked += 1;
        }
    }
    assert!(asked >= 18, "{asked}");
    // What lists without an id shows nothing of others.
    for (tool, arguments) in [
        ("search_captures", json!({})), ("aggregate_captures", json!({"group_by": "store"})), ("list_runs", json!({})),
        ("list_robots", json!({})), ("list_robot_builds", json!({})), ("list_schedules", json!({})), ("search_items", json!({})),
        ("count_items", json!({"of": "category"})), ("price_changes", json!({"from": "2026-01-01T12:00:00Z"})),
        ("compare_product", json!({"gtin": "4006381333931"})), ("get_usage", json!({"group_by": "run"})),
    ] {
        let answer = call(&other, tool, &arguments.to_string()).await;
        assert_eq!(answer.json["rows"], json!([]), "{tool}");
        assert!(!call(&shop.scope, tool, &arguments.to_string()).await.json["rows"].as_array().unwrap().is_empty(), "{tool}");
    }
    let explained = call(&other, "explain_page", &json!({"url": "https://one.example/p/1"}).to_string()).await;
    assert_eq!(explained.json["seen_in_runs"], 0);
}
}

#[tokio::test]
async fn what_is_wrong_is_said_where_it_is() {
    let shop = Shop::new(creel_store::database::Engine::Sqlite).await;
    for (tool, arguments, code, field) in [
        ("drop_tables", "{}", "unknown_tool", None),
        ("list_runs", "{\"limit\":", "invalid_json", None),
        ("list_runs", "[]", "invalid_field", Some("arguments")),
        ("list_runs", "{\"limt\":1}", "invalid_field", Some("limt")),
        ("list_runs", "{\"limit\":0}", "invalid_field", Some("limit")),
        ("list_runs", "{\"limit\":51}", "invalid_field", Some("limit")),
        ("list_runs", "{\"limit\":\"many\"}", "invalid_field", Some("limit")),
        ("list_runs", "{\"limit\":1.5}", "invalid_field", Some("limit")),
        ("list_runs", "{\"status\":\"done\"}", "invalid_field", Some("status")),
        ("list_runs", "{\"cursor\":\"x\"}", "invalid_field", Some("cursor")),
        ("search_captures", "{\"min_price\":-1}", "invalid_field", Some("min_price")),
        ("search_captures", "{\"currency\":\"dollars\"}", "invalid_field", Some("currency")),
        ("search_captures", "{\"from\":\"yesterday\"}", "invalid_field", Some("from")),
        (
            "search_captures",
            "{\"sort\":\"title\",\"cursor\":\"-extracted_at.01890000-0000-7000-8000-000000000000.5\"}",
            "invalid_field",
            Some("cursor"),
        ),
        ("get_run", "{}", "invalid_field", Some("run_id")),
        ("get_run", "{\"run_id\":7}", "invalid_field", Some("run_id")),
        ("price_changes", "{\"from\":\"2026-02-01\",\"to\":\"2026-01-01\"}", "invalid_field", Some("from")),
        ("compare_product", "{}", "invalid_field", Some("capture_id")),
        ("count_items", "{\"of\":\"everything\"}", "invalid_field", Some("of")),
        ("explain_page", "{\"url\":\"http://\"}", "invalid_field", Some("url")),
    ] {
        let answer = call(&shop.scope, tool, arguments).await;
        let error = &answer.json["error"];
        assert!(answer.is_error, "{tool} {arguments}");
        assert_eq!((error["code"].as_str(), error["field"].as_str()), (Some(code), field), "{tool} {arguments}: {error}");
        assert!(!error["message"].as_str().unwrap().is_empty());
    }
    for arguments in
        ["", "null", "{}", "{\"limit\":null,\"cursor\":null,\"fields\":[]}", "{\"limit\":\"5\",\"cursor\":\"\"}"]
    {
        assert!(!call(&shop.scope, "list_runs", arguments).await.is_error, "{arguments}");
    }
}

#[tokio::test]
async fn a_row_has_the_fields_that_were_chosen() {
    let shop = Shop::new(creel_store::database::Engine::Sqlite).await;
    let things = two_shops(&shop).await;
    let chosen = shop.told("list_runs", json!({"fields": ["status", "extracted"], "limit": 1})).await;
    assert_eq!(rows(&chosen)[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["link", "id", "status", "extracted"]);
    let refused = shop.ask("list_runs", json!({"fields": ["status", "secret"]})).await;
    assert_eq!(refused.json["error"]["field"], "fields[1]");
    for (tool, id, field) in
        [("get_capture", "capture_id", "skus"), ("get_item", "item_id", "category"), ("get_run", "run_id", "pages")]
    {
        let told = shop.told(tool, json!({id: things[id], "fields": [field]})).await;
        assert_eq!(told.as_object().unwrap().keys().collect::<Vec<_>>(), ["link", "id", field], "{tool}");
        let refused = shop.ask(tool, json!({id: things[id], "fields": ["secret"]})).await;
        assert_eq!(refused.json["error"]["field"], "fields[0]", "{tool}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_ten_thousand_long_titles_are_bounded_and_lose_nothing() {
    let shop = Shop::new(creel_store::database::Engine::Sqlite).await;
    let long = "東京の靴 ".repeat(200);
    for of in 0..10 {
        let paths: Vec<String> = (0..1_000).map(|at| format!("/p/{of}-{at}")).collect();
        let seen = paths.iter().map(|path| {
            let mut product = product(&format!("{path} {long}"), "10.00", "USD", Some("04006381333931"));
            product.brand = Some(format!("Brand {path} {long}"));
            Seen { path, product }
        });
        shop.run("one.example", None, seen.collect()).await;
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut cursor = Value::Null;
    for _ in 0..20 {
        let page = shop.told("search_captures", json!({"limit": LIMIT_MAX, "cursor": cursor})).await;
        assert!(page.to_string().len() <= ANSWER_BYTES_MAX, "{}", page.to_string().len());
        assert!(rows(&page).len() > 5 && rows(&page).len() < LIMIT_MAX);
        assert!(rows(&page).iter().all(|row| seen.insert(row["id"].to_string())), "a row came twice");
        cursor = page["next_cursor"].clone();
    }
    // In one order without a gap: as many as the list itself has before the place that was reached.
    let all = creel_store::listing::CaptureQuery::newest(Default::default(), seen.len());
    let first = shop.store().list_captures(shop.scope.organization, &all).await.unwrap().rows;
    assert!(first.iter().all(|capture| seen.contains(&json!(capture.id).to_string())));
    for (tool, arguments) in [
        ("aggregate_captures", json!({"group_by": "brand", "limit": 50})),
        ("compare_product", json!({"gtin": "4006381333931", "limit": 50})),
        ("price_changes", json!({"from": "2026-01-01", "limit": 50})),
        ("list_runs", json!({"limit": 50})),
        ("list_statement", json!({"limit": 50})),
    ] {
        let answer = shop.told(tool, arguments).await;
        assert!(answer.to_string().len() <= ANSWER_BYTES_MAX, "{tool}");
        assert!(answer.to_string().len() / BYTES_PER_TOKEN <= 8_000);
    }
}

#[test]
fn the_list_of_tools_costs_few_tokens_and_says_what_each_is() {
    let told: Vec<Value> = list()
        .iter()
        .map(|tool| json!({"name": tool.name, "description": tool.description, "input_schema": tool.input_schema}))
        .collect();
    let tokens = json!(told).to_string().len() * 2 / 7;
    assert!(tokens <= 3_000, "{tokens} tokens");
    let names: std::collections::BTreeSet<&str> = list().iter().map(|tool| tool.name).collect();
    assert_eq!(names.len(), list().len());
    assert_eq!(
        list().iter().filter(|tool| tool.draft).map(|tool| tool.name).collect::<Vec<_>>(),
        ["draft_run", "draft_schedule"]
    );
    for tool in list() {
        assert!(!tool.description.is_empty() && !tool.title.is_empty(), "{}", tool.name);
        assert_eq!(&tool.input_schema["type"], "object");
        assert_eq!(&tool.output_schema["type"], "object");
        assert!(tool.output_schema["properties"].as_object().is_some_and(|fields| fields.len() > 1), "{}", tool.name);
    }
    // Clients read these, models do not.
    let bytes: usize = list().iter().map(|tool| tool.output_schema.to_string().len()).sum();
    assert!(bytes <= 30_000, "{bytes} bytes");
}

#[allow(dead_code, reason = "a scope is shared between tasks")]
fn a_scope_is_sent(scope: Scope) -> impl Send + Sync {
    scope
}
