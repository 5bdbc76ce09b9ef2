//! The assistant over HTTP, with a model that says what a test makes it say: what is answered, what it costs, what is free, and
//! what nobody else finds.

use std::{
    io::Read,
    time::{Duration, Instant},
};

use creel_testkit::model::{Exchange, ModelServer, Script};
use serde_json::{Value, json};

use crate::{
    command::{Creel, finish},
    server::{Answer, Server, client},
};

pub fn settings(model: &ModelServer) -> String {
    format!("model_base_url = \"{}\"\nmodel_name = \"small\"\nmodel_timeout_seconds = 20\n", model.base_url())
}

/// What a message came to.
pub struct Said {
    /// Events with their data, in order.
    pub events: Vec<(String, Value)>,
}

impl Said {
    fn of(answer: &Answer) -> Said {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let text = answer.body.as_str().unwrap();
        let events = text.split("\n\n").filter_map(|event| {
            let name = event.lines().find_map(|line| line.strip_prefix("event: "))?;
            let data = event.lines().find_map(|line| line.strip_prefix("data: "))?;
            Some((name.to_owned(), serde_json::from_str(data).unwrap()))
        });
        Said { events: events.collect() }
    }

    fn end(&self) -> &Value {
        let (name, message) = self.events.last().unwrap();
        assert_eq!(name, "end", "{:?}", self.events);
        message
    }

    fn names(&self) -> Vec<&str> {
        self.events.iter().map(|(name, _)| name.as_str()).collect()
    }
}

impl Server {
    pub fn conversation(&self) -> String {
        let made = self.post("/v1/assistant/conversations", &json!({}));
        assert_eq!(made.status, 201, "{}", made.body);
        made.body["id"].as_str().unwrap().to_owned()
    }

    fn question(&self, conversation: &str, text: &str) -> Answer {
        self.post(&format!("/v1/assistant/conversations/{conversation}/messages"), &json!({"text": text}))
    }

    pub fn said(&self, conversation: &str, text: &str) -> Said {
        Said::of(&self.question(conversation, text))
    }

    fn balance(&self) -> (i64, i64) {
        let balance = self.get("/v1/billing/balance").body;
        (balance["available"].as_i64().unwrap(), balance["held"].as_i64().unwrap())
    }
}

fn credits_of(tokens: i64) -> i64 {
    (tokens + 999) / 1_000
}

fn tokens(message: &Value) -> i64 {
    message["prompt_tokens"].as_i64().unwrap() + message["completion_tokens"].as_i64().unwrap()
}

/// How many tools have answered already in a question.
fn looked_up(request: &Value) -> usize {
    request["messages"].as_array().unwrap().iter().filter(|message| message["role"] == "tool").count()
}

#[test]
fn a_question_is_answered_with_tools_and_costs_what_the_model_counted() {
    let model = ModelServer::start(|request| match looked_up(request) {
        0 => Script::Calls(
            "Let me look.".into(),
            vec![("get_balance".into(), "{}".into()), ("list_runs".into(), "{\"limit\": 5}".into())],
        ),
        2 => Script::Calls(
            String::new(),
            vec![("no_such_tool".into(), "{}".into()), ("list_runs".into(), "{\"limt\": 5".into())],
        ),
        _ => Script::Says("You have 5,000 credits and no runs.".into()),
    });
    let server = Server::configured(&settings(&model));
    let conversation = server.conversation();
    let said = server.said(&conversation, "What do I have?");
    let names = said.names();
    assert_eq!(names[0], "begun");
    assert_eq!(names.iter().filter(|name| **name == "step").count(), 4);
    let end = said.end();
    assert_eq!((&end["status"], &end["end_reason"]), (&json!("answered"), &json!("answered")), "{end}");
    assert_eq!(end["answer"], "Let me look.\n\nYou have 5,000 credits and no runs.");
    let steps = end["steps"].as_array().unwrap();
    let errors: Vec<bool> = steps.iter().map(|step| step["is_error"].as_bool().unwrap()).collect();
    assert_eq!(errors, [false, false, true, true], "{steps:?}");
    // What the model was told of its wrong calls says what is wrong.
    let last = model.log().last().unwrap().request["messages"].to_string();
    assert!(last.contains("there is no such tool") && last.contains("not JSON"), "{last}");
    let counted: i64 = model.log().iter().map(Exchange::tokens).sum();
    assert_eq!((tokens(end), model.log().len()), (counted, 3));
    assert_eq!(end["credits_spent"], credits_of(counted));
    assert_eq!(server.balance(), (5_000 - credits_of(counted), 0));
    assert_eq!(server.creel.verified_balance(), 5_000 - credits_of(counted));
    // It is kept, with its title, and the next question knows of it.
    let seen = server.get(&format!("/v1/assistant/conversations/{conversation}")).body;
    assert_eq!((&seen["title"], &seen["messages"][0]), (&json!("What do I have?"), end));
    let pieces: String =
        said.events.iter().filter(|(name, _)| name == "text").map(|(_, data)| data["text"].as_str().unwrap()).collect();
    assert_eq!(pieces, end["answer"].as_str().unwrap());
    server.said(&conversation, "And now?");
    let request = model.log().last().unwrap().request.clone();
    let told = request["messages"].as_array().unwrap();
    assert!(
        told.iter().any(
            |message| message["content"] == "You have 5,000 credits and no runs." || message["content"] == end["answer"]
        )
    );
    let usage = server.get("/v1/billing/usage?group_by=action").body;
    let assistant = usage["rows"].as_array().unwrap().iter().find(|row| row["key"] == "assistant").unwrap().clone();
    assert_eq!(assistant["count"], 2);
}

#[test]
fn what_fails_is_free_before_the_first_word_and_paid_after_it() {
    for (script, end_reason, is_free, words) in [
        (Script::Refuses(401, "who are you".into()), "model_failed", true, ""),
        (Script::Refuses(400, "too long".into()), "model_failed", true, ""),
        (Script::Refuses(503, "not now".into()), "model_failed", true, ""),
        (Script::Babbles("<html>".into()), "model_failed", true, ""),
        (Script::BreaksOff("There are three runs.".into(), 0), "model_failed", true, ""),
        (Script::BreaksOff("There are three runs.".into(), 2), "model_failed", false, "There are "),
        (Script::BreaksWithError("There are three runs.".into(), 3), "model_failed", false, "There are three "),
        (Script::SaysWithoutUsage("There are none.".into()), "answered", false, "There are none."),
        (Script::Says(String::new()), "model_failed", false, ""),
    ] {
        let says = format!("{script:?}");
        let model = ModelServer::start(move |_| script.clone());
        let server = Server::configured(&settings(&model));
        let conversation = server.conversation();
        let answer = server.question(&conversation, "How many runs are there?");
        let end = if is_free {
            assert_eq!((answer.status, answer.body["code"].as_str()), (503, Some("model_unavailable")), "{}", answer.body);
            let seen = server.get(&format!("/v1/assistant/conversations/{conversation}")).body;
            assert_eq!(seen["messages"][0]["error"], answer.body["message"], "{seen}");
            seen["messages"][0].clone()
        } else {
            Said::of(&answer).end().clone()
        };
        let end = &end;
        assert_eq!((end["end_reason"].as_str(), end["answer"].as_str()), (Some(end_reason), Some(words)), "{says}: {end}");
        assert_eq!(end["error"].is_string(), end_reason == "model_failed", "{says}: {end}");
        let shown = end.to_string();
        assert!(
            !shown.contains("who are you") && !shown.contains("127.0.0.1"),
            "the endpoint's words are the operator's: {shown}"
        );
        let spent = end["credits_spent"].as_i64().unwrap();
        assert_eq!((spent, tokens(end) == 0), (credits_of(tokens(end)), is_free), "{says}: {end}");
        assert_eq!(server.balance(), (5_000 - spent, 0), "{says}");
        assert_eq!(server.creel.verified_balance(), 5_000 - spent, "{says}");
    }
}

#[test]
fn a_model_that_calls_tools_without_end_is_ended() {
    let model = ModelServer::start(|request| {
        // Also where it is given no tools any more.
        let _ = request;
        Script::Calls(String::new(), vec![("list_robots".into(), "{}".into()); 20])
    });
    let server = Server::configured(&settings(&model));
    let said = server.said(&server.conversation(), "Go on for ever.");
    let end = said.end();
    assert_eq!((&end["status"], &end["end_reason"]), (&json!("stopped"), &json!("too_long")), "{end}");
    assert!(model.log().len() <= 8 && end["steps"].as_array().unwrap().len() <= 24, "{end}");
    let counted: i64 = model.log().iter().map(Exchange::tokens).sum();
    assert_eq!((tokens(end), end["credits_spent"].as_i64()), (counted, Some(credits_of(counted))));
    assert_eq!(server.balance().1, 0);
    server.creel.verified_balance();
}

#[test]
fn what_cannot_be_asked_is_refused_before_any_model_is() {
    let model = ModelServer::start(|_| Script::Says("Never.".into()));
    let server = Server::configured(&settings(&model));
    let conversation = server.conversation();
    let path = format!("/v1/assistant/conversations/{conversation}/messages");
    let long = "x".repeat(8_001);
    let huge = "x".repeat(1024 * 1024);
    for (body, status, field) in [
        (json!({}), 422, Some("text")),
        (json!({"text": ""}), 422, Some("text")),
        (json!({"text": " \n\t "}), 422, Some("text")),
        (json!({"text": 7}), 422, Some("text")),
        (json!({"text": long}), 422, Some("text")),
        (json!({"text": "a", "page": "https://evil.example/"}), 422, Some("page")),
        (json!({"text": "a", "model": "large"}), 422, Some("model")),
        (json!({"text": huge}), 413, None),
    ] {
        let refused = server.post(&path, &body);
        assert_eq!((refused.status, refused.body["field"].as_str()), (status, field), "{}", refused.body);
    }
    for unknown in ["0190aaaa-0000-7000-8000-000000000000", "x"] {
        assert_eq!(server.question(unknown, "Hello?").status, 404);
    }
    // Somebody else's key of the same organization finds nothing.
    let other =
        server.post("/v1/api-keys", &json!({"name": "other", "role": "owner"})).body["secret"].as_str().unwrap().to_owned();
    for (method, path, body) in [
        ("GET", format!("/v1/assistant/conversations/{conversation}"), None),
        ("POST", path.clone(), Some(json!({"text": "Hello?"}))),
        ("POST", format!("/v1/assistant/conversations/{conversation}/stop"), None),
        ("PATCH", format!("/v1/assistant/conversations/{conversation}"), Some(json!({"title": "Mine"}))),
        ("DELETE", format!("/v1/assistant/conversations/{conversation}"), None),
    ] {
        let body = body.map(|body| body.to_string());
        assert_eq!(server.ask(method, &path, body, Some(&other)).status, 404, "{method} {path}");
    }
    let spent = ["admin", "adjust", "--credits", "-5000", "--reason", "spent elsewhere"];
    assert_eq!(finish(server.creel.command(&spent).output().unwrap()).code, 0);
    let refused = server.question(&conversation, "Hello?");
    assert_eq!((refused.status, refused.body["code"].as_str()), (402, Some("insufficient_credits")), "{}", refused.body);
    assert!(model.log().is_empty(), "no model was asked");
    let seen = server.get(&format!("/v1/assistant/conversations/{conversation}")).body;
    assert_eq!(seen["messages"], json!([]));
}

#[test]
fn without_a_model_it_says_how_to_configure_one() {
    let server = Server::start();
    let refused = server.question(&server.conversation(), "Hello?");
    assert_eq!((refused.status, refused.body["code"].as_str()), (503, Some("model_not_configured")), "{}", refused.body);
    assert!(refused.body["message"].as_str().unwrap().contains("model_base_url"), "{}", refused.body);
}

/// Waits until the message is over.
fn ended(server: &Server, conversation: &str) -> Value {
    let end = Instant::now() + Duration::from_secs(90);
    loop {
        let seen = server.get(&format!("/v1/assistant/conversations/{conversation}")).body;
        let last = seen["messages"].as_array().and_then(|all| all.last()).unwrap_or_else(|| panic!("{seen}")).clone();
        if last["status"] != "answering" {
            return last;
        }
        assert!(Instant::now() < end, "{last}");
        // Not faster than requests are let through.
        std::thread::sleep(Duration::from_millis(600));
    }
}

/// Asks, reads until a word has come, and hands over the connection.
fn begun(server: &Server, conversation: &str, word: &str) -> reqwest::blocking::Response {
    let path = format!("{}/v1/assistant/conversations/{conversation}/messages", server.address);
    let asked = client().post(path).bearer_auth(&server.key).header("content-type", "application/json");
    let mut response = asked.body(json!({"text": "Tell me."}).to_string()).send().unwrap();
    let (mut read, mut piece) = (String::new(), [0; 256]);
    while !read.contains(word) {
        let bytes = response.read(&mut piece).unwrap();
        assert!(bytes > 0, "{read}");
        read.push_str(&String::from_utf8_lossy(&piece[..bytes]));
    }
    response
}

#[test]
fn whoever_goes_away_or_presses_stop_pays_for_what_was_said() {
    let model = ModelServer::start(|_| Script::Hangs("There are three runs.".into(), 3));
    let server = Server::configured(&settings(&model));
    let (left, stopped) = (server.conversation(), server.conversation());
    drop(begun(&server, &left, "three "));
    let gone = ended(&server, &left);
    assert_eq!((&gone["end_reason"], &gone["answer"]), (&json!("client_gone"), &json!("There are three ")), "{gone}");
    let listening = begun(&server, &stopped, "There ");
    assert_eq!(server.question(&stopped, "And?").status, 409, "one at a time");
    assert_eq!(server.post(&format!("/v1/assistant/conversations/{stopped}/stop"), &json!(null)).status, 204);
    let message = ended(&server, &stopped);
    assert_eq!((&message["status"], &message["end_reason"]), (&json!("stopped"), &json!("stopped_by_user")), "{message}");
    assert!(tokens(&message) > 0);
    drop(listening);
    let spent: i64 = [gone, message].iter().map(|message| message["credits_spent"].as_i64().unwrap()).sum();
    assert_eq!(server.balance(), (5_000 - spent, 0), "nothing stays held");
    assert_eq!(server.creel.verified_balance(), 5_000 - spent);
}

#[test]
fn whoever_goes_away_before_the_first_word_pays_nothing() {
    let model = ModelServer::start(|_| Script::Hangs("There are three runs.".into(), 0));
    let server = Server::configured(&settings(&model));
    let conversation = server.conversation();
    let path = format!("{}/v1/assistant/conversations/{conversation}/messages", server.address);
    let asked = client().post(path).bearer_auth(&server.key).header("content-type", "application/json");
    let waited = asked.timeout(Duration::from_secs(5)).body(json!({"text": "Tell me."}).to_string()).send();
    assert!(waited.is_err_and(|error| error.is_timeout()));
    let message = ended(&server, &conversation);
    assert_eq!((&message["end_reason"], tokens(&message)), (&json!("client_gone"), 0), "{message}");
    assert_eq!(server.balance(), (5_000, 0), "nothing stays held");
}

#[test]
fn a_server_that_is_killed_while_it_answers_leaves_what_was_noted() {
    let model = ModelServer::start(|_| Script::Hangs("There are three runs.".into(), 2));
    let mut server = Server::start_with_settings(Creel::new(), &settings(&model));
    let conversation = server.conversation();
    let mut listening = begun(&server, &conversation, "There ");
    assert!(server.balance().1 > 0, "held");
    server.kill_and_start_again();
    let _ = listening.read_to_string(&mut String::new());
    let message = ended(&server, &conversation);
    assert_eq!((&message["status"], &message["end_reason"]), (&json!("failed"), &json!("interrupted")), "{message}");
    assert!(tokens(&message) > 0, "what was noted is paid: {message}");
    let spent = message["credits_spent"].as_i64().unwrap();
    assert_eq!(server.balance(), (5_000 - spent, 0));
    assert_eq!(server.creel.verified_balance(), 5_000 - spent);
}

/// The robot of a build, once it is there.
pub fn robot_of(owner: &mut crate::browser::Browser, build: &str) -> String {
    let end = Instant::now() + Duration::from_secs(40);
    loop {
        let build = owner.ask("GET", &format!("/v1/extract/robot-builds/{build}"), &Value::Null).json();
        if let Some(robot) = build["robot_id"].as_str().filter(|_| build["status"] == "completed") {
            return robot.to_owned();
        }
        assert!(Instant::now() < end && build["status"] != "failed", "{build}");
        std::thread::sleep(Duration::from_millis(30));
    }
}
