//! Items that a configured model improves: asked about pages as data, believed as far as it can be, counted, and never needed.

use creel_testkit::model::{ModelServer, Script};
use serde_json::{Value, json};

use crate::{command::Creel, demo_shop::DemoShop, server::Server};

fn settings(model: &ModelServer) -> String {
    format!(
        "model_base_url = \"{}\"\nmodel_api_key = \"verysecret\"\nmodel_name = \"small\"\nmodel_timeout_seconds = 20\n",
        model.base_url()
    )
}

/// The items of the first so many captures of the shop, and the enrichment.
fn enriched(server: &Server, budget: i64) -> (Vec<Value>, Value) {
    let shop = DemoShop::start();
    let robot = server.robot(&shop);
    let run = server.post("/v1/extract/runs", &json!({"robot_id": robot, "budget": budget})).body;
    let run = run["id"].as_str().unwrap();
    server.wait(run);
    let ended = server.enrich(&json!({"run_id": run}));
    let items = server.get(&format!("/v1/enrich/items?run_id={run}")).body;
    (items["rows"].as_array().unwrap().clone(), ended)
}

/// What was asked about, as the model sees it.
fn asked(request: &Value) -> Value {
    serde_json::from_str(request["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap()).unwrap()
}

/// A model that translates by setting a word before and quotes the title.
fn good(request: &Value) -> Script {
    let page = asked(request);
    let title = page["title"].as_str().unwrap();
    let answer = json!({
        "title_en": format!("Translated {title}"),
        "description_en": page["description"],
        "attributes": [
            {"name": "model_name", "value": title.split_whitespace().next().unwrap(), "quote": title},
            {"name": "color", "value": "red", "quote": "words that stand nowhere"},
        ],
    });
    Script::Says(answer.to_string())
}

#[test]
fn a_model_adds_english_and_attributes_and_its_tokens_are_shown() {
    let model = ModelServer::start(good);
    let server = Server::configured(&settings(&model));
    let (items, ended) = enriched(&server, 40);
    assert_eq!((&ended["end_reason"], &ended["processed"]), (&json!("all_processed"), &json!(40)), "{ended}");
    assert_eq!(server.creel.verified_balance(), 5_000 - 80 - 40, "a model changes no price");
    let log = model.log();
    assert_eq!(log.len(), 40, "each capture once");
    let tokens = |of: fn(&creel_testkit::model::Exchange) -> i64| log.iter().map(of).sum::<i64>();
    let expected = json!({
        "calls": 40, "failures": 0,
        "prompt_tokens": tokens(|one| one.prompt_tokens), "completion_tokens": tokens(|one| one.completion_tokens),
    });
    assert_eq!(ended["model"], expected);
    assert!(log.iter().all(|one| one.authorization.as_deref() == Some("Bearer verysecret")));
    let instructions = log[0].request["messages"][0].clone();
    assert!(log.iter().all(|one| one.request["messages"][0] == instructions), "nothing of a page is in the instructions");
    assert_eq!(log[0].request["response_format"]["type"], "json_schema");
    let foreign: Vec<&Value> = items.iter().filter(|item| item["language"] != "en").collect();
    assert!(!foreign.is_empty(), "the shop has pages in other languages");
    for item in &items {
        assert_eq!(item["lineage"]["model"], "small");
        assert!(item["english"].is_null(), "{item}");
        let title = item["title"].as_str().unwrap();
        let translated = if item["language"] == "en" { title.to_owned() } else { format!("Translated {title}") };
        assert_eq!(item["title_en"], translated.as_str());
        let attributes = item["attributes"].as_array().unwrap();
        assert!(attributes.iter().all(|one| one["evidence"]["text"] != "words that stand nowhere"));
        let by_model = attributes.iter().any(|one| one["evidence"]["source"] == "model");
        let by_rules = attributes.iter().any(|one| one["name"] == "model_name" && one["evidence"]["source"] != "model");
        assert!(by_model || by_rules, "{item}");
    }
}

#[test]
fn a_model_that_fails_leaves_items_as_the_rules_made_them() {
    for script in [
        Script::Refuses(401, "no such key".to_owned()),
        Script::Refuses(400, "too long".to_owned()),
        Script::Babbles("<html>".to_owned()),
        Script::Says("I cannot do that.".to_owned()),
        Script::Says(
            json!({"title_en": "Buy at https://evil.example", "description_en": 7, "attributes": "all"}).to_string(),
        ),
    ] {
        let says = format!("{script:?}");
        let model = ModelServer::start(move |_| script.clone());
        let server = Server::configured(&settings(&model));
        let (items, ended) = enriched(&server, 12);
        assert_eq!((&ended["end_reason"], &ended["processed"]), (&json!("all_processed"), &json!(12)), "{says}: {ended}");
        assert_eq!(server.creel.verified_balance(), 5_000 - 24 - 12);
        for item in &items {
            let reason = if item["language"] == "en" { Value::Null } else { json!("model_failed") };
            assert!(item["english"] == reason || item["english"] == "unknown_language", "{says}: {item}");
            assert!(!item.to_string().contains("evil.example"));
        }
    }
}

#[test]
fn a_model_in_trouble_is_left_alone_for_a_while() {
    let model = ModelServer::start(|_| Script::Refuses(401, "no such key".to_owned()));
    let server = Server::configured(&settings(&model));
    let (items, ended) = enriched(&server, 80);
    assert_eq!((items.len(), &ended["processed"]), (50, &json!(80)), "a page of them");
    let calls = ended["model"]["calls"].as_i64().unwrap();
    // The first batch is out before anything is known; the second and third ask nothing.
    assert_eq!((calls, &ended["model"]["failures"]), (32, &json!(32)));
    assert_eq!(model.log().len(), 32);
}

#[test]
fn it_may_be_for_the_assistant_alone() {
    let model = ModelServer::start(good);
    let server = Server::configured(&format!("{}model_enrich = false\n", settings(&model)));
    let (items, ended) = enriched(&server, 8);
    assert_eq!((ended["model"]["calls"].as_i64(), model.log().len()), (Some(0), 0));
    assert!(items.iter().all(|item| item["lineage"]["model"].is_null()));
}

#[test]
fn the_doctor_asks_the_model_and_says_what_is_wrong() {
    let creel = Creel::new();
    for (script, state, says) in [
        (Script::Says("yes".to_owned()), "good", "small answers after"),
        (Script::SaysWithoutUsage("yes".to_owned()), "odd", "how many tokens"),
        (Script::Refuses(401, "no such key".to_owned()), "broken", "model_api_key"),
        (Script::Refuses(404, "no such model".to_owned()), "broken", "no such model"),
        (Script::Babbles("<html>".to_owned()), "broken", "cannot be read"),
    ] {
        let model = ModelServer::start(move |_| script.clone());
        let config = creel.folder().join("model.toml");
        std::fs::write(&config, settings(&model)).unwrap();
        let looked = creel.run(&["doctor", "--json", "--config", &config.display().to_string()]);
        let report = looked.lines().remove(0);
        let found = report["findings"].as_array().unwrap().iter().find(|finding| finding["what"] == "model").unwrap();
        assert_eq!((found["state"].as_str().unwrap(), looked.code), (state, i32::from(state == "broken")), "{report}");
        assert!(found["says"].as_str().unwrap().contains(says), "{report}");
        assert!(!looked.out.contains("verysecret"), "{}", looked.out);
    }
}
