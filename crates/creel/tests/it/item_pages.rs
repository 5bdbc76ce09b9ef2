//! The pages of items: found as the API finds them, and one beside its capture.

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    enrichment_pages::{crawled, ended},
    pages::{form_token, look, page, typed},
    robot_pages::stranger,
    server::Server,
};

const ITEMS: &str = "/v1/enrich/items";

/// An item that says everything that items can say, whatever its capture is: so a page of all of it can be looked at. It is found by
/// what it said before.
pub fn say_much(server: &Server, item: &str) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let file = server.creel.folder().join("data/creel.db");
        let database = creel_store::Database::open_sqlite(&file).await.unwrap();
        let row = database.row("SELECT content FROM items WHERE id = $1", vec![item.into()]).await.unwrap().unwrap();
        let mut content: Value = row.json("content").unwrap();
        let more = much(&content);
        content.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let read: creel_types::ItemContent = serde_json::from_value(content).unwrap();
        let text = serde_json::to_string(&read).unwrap();
        database.execute("UPDATE items SET content = $2 WHERE id = $1", vec![item.into(), text.into()]).await.unwrap();
        database.close().await;
    });
}

fn much(content: &Value) -> Value {
    let word = content["title"].as_str().unwrap().split(' ').next().unwrap();
    let from = |source: &str, text: &str| json!({"source": source, "text": text});
    let sku = content["offers"][0]["sku_id"].clone();
    let attribute = |name: &str, value: &str, unit: Value, conflicting: bool| {
        json!({"name": name, "value": value, "unit": unit, "as_shown": value.to_uppercase(), "confidence": 0.8,
            "evidence": from("properties", "<b>words</b> of the capture"), "conflicting": conflicting})
    };
    json!({
        "title_en": "Coat of wool, in English", "description": "One.\nTwo.", "description_en": "One in English.", "language": "de",
        "category": {"id": "aa-1-10", "path": "Apparel & Accessories > Clothing > Outerwear", "confidence": 0.62, "google_id": 203,
            "evidence": from("title", word)},
        "brand": {"name": "Acme", "as_shown": "ACME GmbH", "confidence": 0.97, "evidence": from("brand", "ACME GmbH")},
        "attributes": [
            attribute("color", "red", Value::Null, true), attribute("color", "blue", Value::Null, true),
            attribute("color", "multicolor", Value::Null, false), attribute("weight", "0.5", json!("kg"), false),
            {"name": "material", "value": "wool", "unit": null, "share": 80, "as_shown": "80% Wolle", "confidence": 0.99,
                "evidence": from("title", word), "conflicting": false},
        ],
        "sizes": [{"sku_id": sku, "kind": "shoes", "system": "EU", "value": "42.5", "as_shown": "42 ½", "confidence": 0.9},
            {"sku_id": null, "kind": "clothing", "system": "INT", "value": "XL", "as_shown": "X-Large", "confidence": 0.4}],
        "unit_prices": [{"sku_id": sku, "amount": 12.5, "currency": "EUR", "unit": "kg", "stated": true,
            "evidence": from("offers", "12,50 €/kg")}],
        "media": [{"url": "https://shop.example/a.jpg", "selected": true, "reason": null},
            {"url": "https://shop.example/logo.png", "selected": false, "reason": "logo"}],
        "identifiers": [{"gtin": "4006381333931", "mpn": "M-1"}],
        "signals": ["discounted", "several_sellers"],
        "review": {"state": "needs_review", "reasons": ["conflicting_attributes", "unsure_category"]},
        "english": null,
    })
}

/// A server whose organization has items, and its owner.
fn enriched(captures: i64) -> (Server, Browser, String) {
    let (server, mut ann, run) = crawled(captures, &json!({}));
    let none = look(&mut ann, "/items", 200);
    assert!(none.contains("No items yet") && none.contains("href=\"/enrichments/new\""), "{none}");
    let made = ann.ask("POST", "/v1/enrich/enrichments", &json!({"run_id": run})).json();
    ended(&mut ann, &format!("/enrichments/{}", made["id"].as_str().unwrap()));
    (server, ann, made["id"].as_str().unwrap().to_owned())
}

fn items(browser: &mut Browser, query: &str) -> Vec<Value> {
    let answer = browser.ask("GET", &format!("{ITEMS}{query}"), &Value::Null);
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    answer.json()["rows"].as_array().unwrap().clone()
}

/// Ids of items in the order of the page.
fn shown(page: &str) -> Vec<String> {
    let links = page.split("class=\"lines-2\" dir=\"auto\" href=\"/items/").skip(1);
    links.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_list_shows_what_the_api_lists() {
    let (server, mut ann, enrichment) = enriched(35);
    let all = items(&mut ann, "");
    assert_eq!(all.len(), 35);
    let facets = ann.ask("GET", &format!("{ITEMS}/facets"), &Value::Null).json();
    let facets = facets["rows"].as_array().unwrap();
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let mut queries = vec![
        "?review=ready".to_owned(),
        "?review=needs_review&available=true".to_owned(),
        format!("?enrichment_id={enrichment}"),
        format!("?store={}", all[0]["store"].as_str().unwrap()),
        format!("?min_price={0}&max_price={0}", all[1]["min_price"]),
    ];
    for facet in facets.iter().step_by(9) {
        let (name, value) = (facet["name"].as_str().unwrap(), facet["value"].as_str().unwrap());
        queries.push(match name.strip_prefix("attribute:") {
            Some(attribute) => format!("?attributes={}", encoded(&format!("{attribute}:{value}"))),
            None => format!("?{name}={}", encoded(value)),
        });
    }
    for query in queries {
        let seen = look(&mut ann, &format!("/items{query}"), 200);
        let listed = ids(&items(&mut ann, &query));
        assert_eq!(shown(&seen), listed[..listed.len().min(30)], "{query}");
    }
    // Pages by their cursors hold each item once.
    let first = look(&mut ann, "/items", 200);
    let next = first.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
    assert_eq!([shown(&first), shown(&look(&mut ann, &next, 200))].concat(), ids(&all));
    assert!(first.contains("Counted among all 35") && first.contains("The same over the API"), "{first}");
    // What a form leaves empty does not stay in the address; what cannot be meant is said at its field.
    let untidy = ann.send("GET", "/items?brand=&review=ready", |request| request);
    assert_eq!((untidy.status, untidy.location()), (303, "/items?review=ready"));
    let refused = look(&mut ann, "/items?min_price=cheap", 422);
    assert!(refused.contains("id=\"min_price-error\"") && refused.contains("value=\"cheap\""), "{refused}");
    let none = look(&mut ann, "/items?brand=nobody+makes+this", 200);
    assert!(none.contains("No item fits") && none.contains("Brand: nobody makes this"), "{none}");
    assert!(none.contains("No item fits") && !none.contains("No items yet"));
    let csv = look(&mut ann, "/items?review=ready", 200);
    assert!(csv.contains("/v1/enrich/items/export?format=csv&#38;review=ready") || shown(&csv).is_empty(), "{csv}");
    let mut eve = stranger(&server);
    assert!(look(&mut eve, "/items", 200).contains("No items yet"));
    look(&mut eve, &format!("/items/{}", ids(&all)[0]), 404);
}

#[test]
fn an_item_stands_beside_its_capture_with_the_words_that_decided() {
    let (server, mut ann, _) = enriched(4);
    let item = items(&mut ann, "").remove(0);
    let (id, capture) = (item["id"].as_str().unwrap(), item["capture_id"].as_str().unwrap());
    say_much(&server, id);
    let seen = look(&mut ann, &format!("/items/{id}"), 200);
    for said in [
        "What it is",
        "What the shop said",
        "Coat of wool, in English",
        "Apparel &#38; Accessories &#62; Clothing &#62; Outerwear",
        "likely, 62 %; from the title",
        "<mark>",
        "as shown: ACME GmbH",
        "Conflicting",
        "class=\"swatch red\"",
        "&#60;b&#62;words&#60;/b&#62; of the capture",
        "80 % wool",
        "0.5 kg",
        "42.5",
        "unsure, 40 %",
        "12.50 EUR",
        "a kilogram",
        "Left out: A logo",
        "4006381333931",
        "Several sellers",
        "The shop says two things of one attribute.",
        "Shopify product taxonomy",
        "class=\"json\"",
        "Enrich again (1 credit)",
    ] {
        assert!(seen.contains(said), "{said}: {seen}");
    }
    assert!(seen.contains(&format!("href=\"/captures/{capture}\"")) && !seen.contains("All items of the capture"), "{seen}");
    assert!(look(&mut ann, "/items", 200).contains("class=\"swatch red\""));
    // Its capture leads to it, and another item of it is one button away.
    let of_capture = look(&mut ann, &format!("/captures/{capture}"), 200);
    assert!(of_capture.contains(&format!("href=\"/items/{id}\"")), "{of_capture}");
    let fields = [("once", "b5a8c3f0"), ("again", "true")];
    let made = typed(&mut ann, &seen, &format!("/enrichments/of-capture/{capture}"), &fields);
    assert_eq!(made.status, 303, "{}", made.text);
    assert_eq!(ended(&mut ann, made.location())["credits_spent"], 1);
    let newer = items(&mut ann, &format!("?capture_id={capture}"));
    assert_eq!(newer.len(), 2);
    let old = look(&mut ann, &format!("/items/{id}"), 200);
    assert!(old.contains(&format!("href=\"/items?capture_id={capture}\"")), "{old}");
    // Nobody else sees it or spends on it.
    let mut eve = stranger(&server);
    look(&mut eve, &format!("/items/{id}"), 404);
    let token = look(&mut eve, "/", 200);
    assert!(!form_token(&token).is_empty());
    let refused = typed(&mut eve, &token, &format!("/enrichments/of-capture/{capture}"), &fields);
    page(refused, 404);
}

#[test]
fn a_capture_without_an_item_is_enriched_by_a_button() {
    let (_server, mut ann, run) = crawled(1, &json!({}));
    let listed = ann.ask("GET", &format!("/v1/extract/captures?run_id={run}"), &Value::Null).json();
    let capture = listed["rows"][0]["id"].as_str().unwrap();
    let seen = look(&mut ann, &format!("/captures/{capture}"), 200);
    assert!(seen.contains("Enrich (1 credit)"), "{seen}");
    let made = crate::pages::send(&mut ann, &seen, &format!("/enrichments/of-capture/{capture}"), &[]);
    assert_eq!(made.status, 303, "{}", made.text);
    assert_eq!(ended(&mut ann, made.location())["processed"], 1);
    let enriched = look(&mut ann, &format!("/captures/{capture}"), 200);
    assert!(enriched.contains("Its item") && !enriched.contains("Enrich (1 credit)"), "{enriched}");
}
