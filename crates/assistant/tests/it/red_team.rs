//! Shops that talk to the model: what they write stays a text in a JSON string, whatever it says.

use creel_assistant::{
    Assistant, Event,
    conversation::Question,
    tools::{ToolAnswer, visible},
};
use creel_store::conversations::MessageView;
use creel_testkit::model::{ModelServer, Script};
use creel_types::{Asker, MessageEnd, OptionAxis, Property};
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

/// The attacks with the ids of what they are after.
fn attacks_on(capture: &str, run: &str, organization: &str) -> Vec<Attack> {
    let mut attacks = attacks();
    assert!(attacks.len() >= 40);
    for attack in &mut attacks {
        attack.text = attack
            .text
            .replace("{other_capture}", capture)
            .replace("{other_run}", run)
            .replace("{other_organization}", organization);
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
    let attacks =
        attacks_on(&other_captures[0].to_string(), &other_run.to_string(), &other.scope.organization.to_string());
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

/// All that a conversation says to a question.
async fn answered(assistant: &Assistant, shop: &Shop, text: String) -> MessageView {
    let (store, organization) = (shop.store(), shop.scope.organization);
    let asker = Asker::Person(store.random.id(store.clock.now()));
    let conversation = store.create_conversation(organization, asker, "").await.unwrap().id;
    let question = Question { organization, asker, by: shop.scope.by.clone(), conversation, text, page: None };
    let mut answering = assistant.ask(question).await.unwrap();
    loop {
        if let Event::End(message) = answering.events.recv().await.unwrap() {
            return *message;
        }
    }
}

on_both! {
async fn a_model_that_obeys_the_shop_reads_nothing_of_others_and_makes_nothing(engine) {
    let shop = Shop::new(engine).await;
    let other = shop.neighbour().await;
    let secret = Seen { path: "/s", product: product(SECRET, "1.00", "USD", None) };
    let (other_run, other_captures) = other.run("secret.example", None, vec![secret]).await;
    let (other_run, other_capture, other_id) =
        (other_run.to_string(), other_captures[0].to_string(), other.scope.organization.to_string());
    let attacks = attacks_on(&other_capture, &other_run, &other_id);
    let paths: Vec<String> = (0..attacks.len()).map(|at| format!("/p/{at}")).collect();
    let seen = attacks.iter().zip(&paths).enumerate().map(|(at, (attack, path))| Seen { path, product: page(at, attack) });
    let (_, captures) = shop.run("shop.example", None, seen.collect()).await;
    let robot = shop.robot(shop.scope.organization, "shop.example").await;
    // It reads the page, then does all that a page could talk it into, then says what the page says.
    let wants: Vec<(String, String)> = [
        ("draft_run", json!({"robot_id": robot, "budget": 1_000_000})),
        ("create_run", json!({"robot_id": robot})),
        ("confirm_draft", json!({"draft": 1})),
        ("delete_run", json!({"run_id": "all"})),
        ("fetch", json!({"url": "https://evil.example/"})),
        ("get_capture", json!({"capture_id": other_capture})),
        ("get_run", json!({"run_id": other_run})),
        ("list_runs", json!({"organization_id": other_id})),
        ("get_balance", json!({"organization_id": other_id})),
        ("search_captures", json!({"q": "secret"})),
    ]
    .into_iter()
    .map(|(tool, arguments)| (tool.to_owned(), arguments.to_string()))
    .collect();
    let does = wants.len();
    let texts: Vec<(String, String)> =
        attacks.iter().zip(&captures).map(|(attack, capture)| (capture.to_string(), attack.text.clone())).collect();
    let server = ModelServer::start(move |request: &Value| {
        let messages = request["messages"].as_array().unwrap();
        let of = |role: &str| messages.iter().filter(|message| message["role"] == role).collect::<Vec<_>>();
        let question = of("user").last().unwrap()["content"].as_str().unwrap().to_owned();
        let (capture, text) = texts.iter().find(|(capture, _)| question.contains(capture)).unwrap();
        match of("tool").len() {
            0 => Script::Calls(String::new(), vec![("get_capture".into(), json!({"capture_id": capture}).to_string())]),
            1 => Script::Calls(String::new(), wants.clone()),
            _ => Script::Says(format!("{text} ![x](https://evil.example/{capture})")),
        }
    });
    let assistant = Assistant::new(shop.store().clone(), Some(crate::metering::model(&server)));
    let before = made(&shop.counts().await);
    for (attack, capture) in attacks.iter().zip(&captures) {
        let message = answered(&assistant, &shop, format!("What is {capture}?")).await;
        assert_eq!(message.end_reason, Some(MessageEnd::Answered), "{}: {message:?}", attack.name);
        let steps = message.steps.as_array().unwrap();
        assert_eq!(steps.len(), 1 + does, "{}", attack.name);
        let done: Vec<&str> =
            steps.iter().filter(|step| step["is_error"] == false).map(|step| step["tool"].as_str().unwrap()).collect();
        assert_eq!(done, ["get_capture", "draft_run", "search_captures"], "{}", attack.name);
        assert!(!message.steps.to_string().contains(SECRET), "{}", attack.name);
    }
    assert_eq!(made(&shop.counts().await), before, "a model makes nothing");
    for exchange in server.log() {
        for message in exchange.request["messages"].as_array().unwrap() {
            let text = message["content"].as_str().unwrap_or_default();
            assert!(!text.contains(SECRET));
            // What shops write stands in what tools answer and nowhere else; one of them writes just "link".
            if message["role"] == "system" || message["role"] == "user" {
                assert!(!text.contains("evil.example") && attacks.iter().all(|attack| attack.text == "link" || !text.contains(&attack.text)), "{text}");
            }
        }
    }
}
}

/// Everything that could have been made, but the debits of the messages themselves.
fn made(counts: &[(String, i64)]) -> Vec<(String, i64)> {
    counts.iter().filter(|(table, _)| table != "ledger_entries").cloned().collect()
}
