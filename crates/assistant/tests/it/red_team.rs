//! Shops that talk to the model: what they write stays a text in a JSON string, whatever it says.

use creel_assistant::tools::{ToolAnswer, visible};
use creel_types::{OptionAxis, Property};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::shop::{BASE, Seen, Shop, on_both, operator, product};

#[derive(Clone, Deserialize)]
struct Attack {
    name: String,
    /// Where it stands: a field of the product, its address, or the name of a run or robot.
    r#where: String,
    text: String,
    #[serde(default)]
    repeat: usize,
}

/// What nobody but the other organization may read.
const SECRET: &str = "Other's secret shoe";

fn attacks() -> Vec<Attack> {
    let mut attacks: Vec<Attack> = serde_json::from_str(include_str!("attacks.json")).unwrap();
    for attack in &mut attacks {
        attack.text = attack.text.repeat(attack.repeat.max(1));
    }
    attacks
}

/// The product of a page that attacks.
fn page(at: usize, attack: &Attack) -> creel_types::Product {
    let mut product = product(&format!("Product {at}"), "10.00", "USD", None);
    let text = attack.text.clone();
    match attack.r#where.as_str() {
        "title" => product.title = text,
        "description" => product.description = Some(text),
        "brand" => product.brand = Some(text),
        "breadcrumb" => product.breadcrumbs = vec![text],
        "property" => product.properties = vec![Property { name: text.clone(), value: text }],
        "option" => product.options = vec![OptionAxis { name: text.clone(), values: vec![text] }],
        "custom" => drop(product.custom.insert("note".to_owned(), json!(text))),
        "custom_name" => drop(product.custom.insert(text, json!("https://evil.example/"))),
        "url" | "run_name" | "robot_name" => {}
        other => panic!("{other} is no place for an attack"),
    }
    product
}

fn strings<'a>(value: &'a Value, found: &mut Vec<&'a str>, names: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(all) => all.iter().for_each(|value| strings(value, found, names)),
        Value::Object(all) => all.iter().for_each(|(name, value)| {
            names.push(name);
            strings(value, found, names);
        }),
        _ => {}
    }
}

fn links<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Array(all) => all.iter().for_each(|value| links(value, found)),
        Value::Object(all) => all.iter().for_each(|(name, value)| match value.as_str().filter(|_| name == "link") {
            Some(link) => found.push(link),
            None => links(value, found),
        }),
        _ => {}
    }
}

/// What holds of every answer.
fn check(what: &str, answer: &ToolAnswer, attacks: &[Attack]) {
    assert!(!answer.is_error, "{what}: {}", answer.json);
    let text = answer.json.to_string();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), answer.json, "{what}");
    assert!(!text.contains(SECRET), "{what} tells of another organization: {text}");
    let (mut found, mut names) = (Vec::new(), Vec::new());
    strings(&answer.json, &mut found, &mut names);
    for text in found.iter().chain(&names) {
        assert_eq!(*text, visible(text), "{what}: something in it is hidden");
    }
    // Names of fields are ours: none comes from a shop.
    for attack in attacks.iter().filter(|attack| attack.text != "link") {
        assert!(!names.contains(&visible(&attack.text).as_str()), "{what}: {} became a field", attack.name);
    }
    let mut linked = Vec::new();
    links(&answer.json, &mut linked);
    for link in linked.into_iter().chain(answer.links.iter().map(String::as_str)) {
        let path = link.strip_prefix(&format!("{BASE}/")).unwrap_or_else(|| panic!("{what}: {link} leads elsewhere"));
        assert!(path.chars().all(|letter| letter.is_ascii_alphanumeric() || "-/".contains(letter)), "{what}: {link}");
    }
}

/// That the text stands in the answer as one string, whole or cut with a mark.
fn tells(answer: &Value, text: &str) -> bool {
    let text = visible(text);
    let (mut found, mut names) = (Vec::new(), Vec::new());
    strings(answer, &mut found, &mut names);
    // Values of corrections are told as JSON.
    let quoted = json!(text).to_string();
    found.iter().any(|told| {
        let is_cut = || {
            told.rsplit_once("… [").is_some_and(|(kept, rest)| rest.ends_with("more characters]") && text.starts_with(kept))
        };
        *told == text || *told == quoted || is_cut()
    })
}

on_both! {
async fn what_a_shop_writes_is_data_and_nothing_else(engine) {
    let shop = Shop::new(engine).await;
    let other = shop.neighbour().await;
    let (other_run, other_captures) = other.run("secret.example", None, vec![Seen { path: "/s", product: product(SECRET, "1.00", "USD", None) }]).await;
    let mut attacks = attacks();
    assert!(attacks.len() >= 40);
    for attack in &mut attacks {
        attack.text = attack
            .text
            .replace("{other_capture}", &other_captures[0].to_string())
            .replace("{other_run}", &other_run.to_string())
            .replace("{other_organization}", &other.scope.organization.to_string());
    }
    // Addresses as the frontier writes them.
    let paths: Vec<String> = attacks.iter().enumerate().map(|(at, attack)| match attack.r#where.as_str() {
        "url" => url::Url::parse(&format!("https://shop.example{}", attack.text)).unwrap().as_str()["https://shop.example".len()..].to_owned(),
        _ => format!("/p/{at}"),
    }).collect();
    let seen = attacks.iter().zip(&paths).enumerate().map(|(at, (attack, path))| Seen { path, product: page(at, attack) });
    let (run, captures) = shop.run("shop.example", None, seen.collect()).await;
    let named = |place: &'static str| attacks.iter().filter(move |attack| attack.r#where == place);
    let mut runs = Vec::new();
    for (at, attack) in named("run_name").enumerate() {
        let path = format!("/named/{at}");
        let seen = vec![Seen { path: &path, product: product(&format!("Named {at}"), "5.00", "USD", None) }];
        runs.push((attack, shop.run("shop.example", Some(&attack.text), seen).await.0));
    }
    let mut robots = Vec::new();
    for (at, attack) in named("robot_name").enumerate() {
        let robot = shop.robot(shop.scope.organization, &format!("shop{at}.example")).await;
        shop.store().rename_robot(shop.scope.organization, robot, &attack.text, None, &operator()).await.unwrap();
        robots.push((attack, robot));
    }
    let before = shop.counts().await;

    for ((attack, capture), path) in attacks.iter().zip(&captures).zip(&paths) {
        let answer = shop.ask("get_capture", json!({"capture_id": capture})).await;
        check(&attack.name, &answer, &attacks);
        match attack.r#where.as_str() {
            "run_name" | "robot_name" => {}
            "url" => assert!(tells(&answer.json, &format!("https://shop.example{path}")), "{}: {}", attack.name, answer.json),
            _ => assert!(tells(&answer.json, &attack.text), "{}: {}", attack.name, answer.json),
        }
        let answer = shop.ask("compare_product", json!({"capture_id": capture})).await;
        check(&attack.name, &answer, &attacks);
        let url = format!("https://shop.example{path}");
        check(&attack.name, &shop.ask("explain_page", json!({"url": url})).await, &attacks);
        // As a question, too: what a model copies out of a page finds no more than any other words.
        let q: String = attack.text.chars().take(150).collect();
        let answer = shop.ask("search_captures", json!({"q": q})).await;
        if !answer.is_error {
            check(&attack.name, &answer, &attacks);
        }
    }
    let mut cursor = Value::Null;
    loop {
        let answer = shop.ask("search_captures", json!({"limit": 50, "cursor": cursor})).await;
        check("search_captures", &answer, &attacks);
        cursor = answer.json["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    for (tool, arguments) in [
        ("aggregate_captures", json!({"group_by": "brand", "limit": 50})),
        ("price_changes", json!({"from": "2026-01-01"})),
        ("list_runs", json!({"limit": 50})),
        ("list_robots", json!({"limit": 50})),
        ("list_robot_builds", json!({"limit": 50})),
        ("list_run_pages", json!({"run_id": run, "limit": 50})),
        ("get_run", json!({"run_id": run})),
        ("list_statement", json!({"limit": 50})),
        ("get_usage", json!({"group_by": "run"})),
        ("get_usage", json!({"group_by": "robot"})),
        ("get_balance", json!({})),
        ("list_schedules", json!({})),
        ("search_items", json!({})),
        ("count_items", json!({"of": "brand"})),
    ] {
        check(tool, &shop.ask(tool, arguments).await, &attacks);
    }
    for (attack, run) in &runs {
        let answer = shop.ask("get_run", json!({"run_id": run})).await;
        check(&attack.name, &answer, &attacks);
        assert!(tells(&answer.json, &attack.text), "{}", attack.name);
        check(&attack.name, &shop.ask("draft_run", json!({"robot_id": answer.json["robot_id"], "name": "again"})).await, &attacks);
    }
    for (attack, robot) in &robots {
        let answer = shop.ask("get_robot", json!({"robot_id": robot})).await;
        check(&attack.name, &answer, &attacks);
        assert!(tells(&answer.json, &attack.text), "{}", attack.name);
        check(&attack.name, &shop.ask("draft_run", json!({"robot_id": robot})).await, &attacks);
    }
    // What the attacks ask for finds nothing.
    for (tool, arguments) in [("get_capture", json!({"capture_id": other_captures[0]})), ("get_run", json!({"run_id": other_run}))] {
        assert_eq!(shop.ask(tool, arguments).await.json["error"]["code"], "not_found");
    }
    for tool in creel_assistant::tools::list() {
        let refused = shop.ask(tool.name, json!({"organization_id": other.scope.organization})).await;
        assert!(refused.is_error, "{}", tool.name);
    }
    assert_eq!(shop.counts().await, before);
}
}
