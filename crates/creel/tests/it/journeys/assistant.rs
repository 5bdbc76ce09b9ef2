//! Somebody asks in words and gets a table with links, at a cost that is known; and confirms what was drafted.

use creel_testkit::model::{ModelServer, Script};
use serde_json::{Value, json};

use crate::{
    assistant::settings,
    chromium::{Chromium, NARROW, WIDE},
    demo_shop::DemoShop,
    people::with_owner,
    server::Server,
};

/// What a tool answered last.
fn answered(request: &Value) -> Option<Value> {
    let last = request["messages"].as_array().unwrap().last().unwrap();
    (last["role"] == "tool").then(|| serde_json::from_str(last["content"].as_str().unwrap()).unwrap())
}

/// A model that looks for cheaper shoes and makes a table of what it finds; asked to watch them, it drafts a run.
fn analyst(request: &Value) -> Script {
    let messages = request["messages"].as_array().unwrap();
    let question = messages.iter().rev().find(|message| message["role"] == "user").unwrap()["content"].as_str().unwrap();
    match answered(request) {
        None if question.contains("cheaper") => {
            let arguments = json!({"from": week_ago(), "q": "tênis corrida", "direction": "down", "limit": 3});
            Script::Calls(String::new(), vec![("price_changes".into(), arguments.to_string())])
        }
        None => Script::Calls(String::new(), vec![("list_robots".into(), "{}".into())]),
        Some(changes) if question.contains("cheaper") => {
            let rows: Vec<String> = changes["rows"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| {
                    let text = |name: &str| row[name].as_str().map_or_else(|| row[name].to_string(), str::to_owned);
                    format!(
                        "| [{}]({}) | {} | {} {} | {} % |",
                        text("title").replace('|', " "),
                        text("link"),
                        text("store"),
                        text("price_after"),
                        text("currency"),
                        text("percent")
                    )
                })
                .collect();
            Script::Says(format!(
                "These got cheaper ![x](https://evil.example/x.png) [more](https://evil.example):\n\n| Shoe | Shop | Now | Change |\n| --- | --- | --- | --- |\n{}\n",
                rows.join("\n")
            ))
        }
        Some(answer) if answer["kind"] == "run" => Script::Says("I drafted a run for you to confirm.".into()),
        Some(robots) => {
            let robot = robots["rows"][0]["id"].as_str().unwrap();
            let arguments = json!({"robot_id": robot, "budget": 5, "name": "Cheaper shoes"});
            Script::Calls(String::new(), vec![("draft_run".into(), arguments.to_string())])
        }
    }
}

fn week_ago() -> String {
    creel_types::Clock::system().now().plus_ms(-7 * creel_types::time::DAY_MS).to_string()
}

/// Makes what was captured older and dearer, so that the next run finds it cheaper.
fn age(server: &Server) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let file = server.creel.folder().join("data/creel.db");
        let database = creel_store::Database::open_sqlite(&file).await.unwrap();
        let sql = "UPDATE captures SET extracted_at = extracted_at - 259200000, min_price = min_price * 2,
            content = json_set(content, '$.min_price', json_extract(content, '$.min_price') * 2)";
        database.execute(sql, vec![]).await.unwrap();
        database.close().await;
    });
}

#[test]
fn which_shoes_got_cheaper_and_a_draft_that_is_confirmed() {
    let model = ModelServer::start(analyst);
    let (server, mut ann) = with_owner(&settings(&model));
    let shop = DemoShop::start();
    let build = ann.ask("POST", "/v1/extract/robot-builds", &json!({"url": shop.url(), "country_code": "US"})).json();
    let built = crate::assistant::robot_of(&mut ann, build["id"].as_str().unwrap());
    for round in 0..2 {
        let run = ann.ask("POST", "/v1/extract/runs", &json!({"robot_id": built, "include": ["*corrida*"]})).json();
        let run = run["id"].as_str().unwrap();
        let ended = ann.ask("GET", &format!("/v1/extract/runs/{run}?wait=60"), &Value::Null).json();
        assert_eq!(ended["status"], "completed", "{ended}");
        if round == 0 {
            age(&server);
        }
    }
    let chromium = Chromium::start();
    let tab = chromium.signed_in(&server, &ann);
    tab.open("/captures");
    // With the keyboard alone, from any page.
    tab.key("a");
    tab.write("Which running shoes got cheaper this week, and where?");
    tab.key("Enter");
    tab.see("These got cheaper");
    tab.see("Find price changes");
    tab.see("-50");
    tab.see("tokens,");
    let rows = tab.answer("document.querySelectorAll('#assistant .answer tbody tr').length").as_i64().unwrap();
    let links = tab.answer("document.querySelectorAll('#assistant .answer tbody a[href^=\"/captures/\"]').length");
    assert!(rows >= 2 && links == rows, "{rows} rows, {links} links");
    assert_eq!(tab.answer("document.querySelectorAll('.answer img, .answer a[href^=http]').length"), 0);
    let asked = model.log()[0].request["messages"].to_string();
    assert!(asked.contains("/captures"), "it knows the page: {asked}");
    let tokens: i64 = model.log().iter().map(creel_testkit::model::Exchange::tokens).sum();
    tab.see(&format!("{} credit", (tokens + 999) / 1_000));
    // What is left to spend is right without another page.
    let balance = ann.ask("GET", "/v1/billing/balance", &Value::Null).json();
    let available = balance["available"].as_i64().unwrap();
    tab.until_answer(&format!(
        "document.querySelectorAll('#credits').length === 1 && document.querySelector('#credits').textContent.replace(/[^0-9]/g, '').startsWith('{available}')"
    ));
    let listed = ann.ask("GET", "/v1/assistant/conversations", &Value::Null).json();
    let conversation = listed["rows"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(listed["rows"][0]["credits_spent"], (tokens + 999) / 1_000);
    // Any page's panel has it again.
    tab.open("/runs");
    tab.key("a");
    tab.see("Your last conversations");
    assert_eq!(tab.answer("document.activeElement.id"), "panel-question");
    tab.pick("#assistant .recent a");
    tab.see("These got cheaper");
    assert_eq!(tab.path().unwrap(), "/runs");
    // The same on a page of its own, on a phone.
    tab.resize(NARROW);
    tab.open(&format!("/assistant/{conversation}"));
    tab.see("These got cheaper");
    assert_eq!(tab.overflow(), Vec::<String>::new());
    let before = ann.ask("GET", "/v1/extract/runs", &Value::Null).json()["rows"].as_array().unwrap().len();
    tab.fill("Next question", "Watch them for me.");
    tab.key("Enter");
    tab.see("Draft of a run");
    let after = ann.ask("GET", "/v1/extract/runs", &Value::Null).json()["rows"].as_array().unwrap().len();
    assert_eq!(before, after, "nothing is made by a draft");
    tab.press("Start this run");
    tab.see("Cheaper shoes");
    let made = tab.under("/runs/");
    // It is made once: the draft leads there from now on.
    tab.open(&format!("/assistant/{conversation}"));
    tab.see("You confirmed it.");
    assert_eq!(tab.answer("document.querySelectorAll('.draft form').length"), 0);
    tab.press("See what was made");
    assert_eq!(tab.under("/runs/"), made);
}

#[test]
fn without_a_model_pages_say_what_to_set() {
    let (server, ann) = with_owner("");
    let chromium = Chromium::start();
    let tab = chromium.signed_in(&server, &ann);
    tab.open("/captures");
    tab.key("a");
    tab.see("model_base_url");
    for window in [WIDE, NARROW] {
        tab.resize(window);
        tab.open("/assistant");
        tab.see("No language model is configured");
        tab.see("CREEL_MODEL_BASE_URL");
        assert_eq!(tab.answer("document.querySelectorAll('textarea').length"), 0);
        assert_eq!((tab.overflow(), tab.faults_of_page()), (Vec::<String>::new(), Vec::new()));
    }
    if let Some(folder) = std::env::var_os("CREEL_SCREENSHOTS") {
        tab.picture(std::path::Path::new(&folder), "assistant-without-a-model");
    }
}
