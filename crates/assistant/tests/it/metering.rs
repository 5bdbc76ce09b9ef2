//! What many conversations cost, with a model that fails in every way that models do, held against the model's own book: each
//! message is debited for the tokens that its calls took, nothing more, and nothing stays held. `CREEL_PROVE_CONVERSATIONS` sets how
//! many.

use std::collections::BTreeMap;

use creel_assistant::{
    Assistant, Event,
    conversation::{AskError, Question},
};
use creel_model::{Ask, Message, ModelClient, ModelSettings, Tool, ToolCall, count_answer, count_ask, count_tokens};
use creel_store::{StoreError, conversations::MessageView};
use creel_testkit::model::{Exchange, ModelServer, Script};
use creel_types::{Asker, Credits, MessageEnd, Random, credits_of_tokens};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::shop::{Shop, on_both};

/// Conversations on each database, unless somebody wants more.
const CONVERSATIONS: u64 = 120;
/// Of them at once.
const AT_ONCE: usize = 8;

fn wanted() -> u64 {
    std::env::var("CREEL_PROVE_CONVERSATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(CONVERSATIONS)
}

/// The number of the question that a request is about.
fn number(request: &Value) -> u64 {
    let messages = request["messages"].as_array().unwrap();
    let question = messages.iter().rev().find(|message| message["role"] == "user").unwrap();
    question["content"].as_str().unwrap().rsplit(' ').next().unwrap().parse().unwrap()
}

/// What the model does with a question: always the same with the same one.
fn script(request: &Value) -> Script {
    let number = number(request);
    let text = |words: u64| "word ".repeat(usize::try_from(words).unwrap());
    let has_looked = request["messages"].as_array().unwrap().iter().any(|message| message["role"] == "tool");
    let words = 1 + number * 37 % 400;
    match number % 11 {
        0 => Script::Says(text(words)),
        1 => Script::SaysWithoutUsage(text(words)),
        2 | 3 if !has_looked => {
            Script::Calls("I look.".into(), vec![("list_robots".into(), "{}".into()), ("nothing".into(), "{".into())])
        }
        2 => Script::Says(text(words)),
        3 => Script::BreaksWithError(text(words), usize::try_from(number % 5).unwrap()),
        4 => Script::BreaksOff(text(words + 3), usize::try_from(number % 3).unwrap()),
        5 => Script::Refuses(503, "not now".into()),
        6 => Script::Refuses(400, "no such model".into()),
        7 => Script::Hangs(text(words + 2), 2),
        8 => Script::Calls(String::new(), vec![("get_balance".into(), "{}".into())]),
        9 => Script::Babbles("data: {\n\n".into()),
        _ => Script::Says(text(words * 3)),
    }
}

fn model(server: &ModelServer) -> ModelClient {
    let settings = ModelSettings {
        base_url: server.base_url().parse().unwrap(),
        key: None,
        model: "small".into(),
        timeout_ms: 20_000,
        concurrency: AT_ONCE,
        backoff_ms: 1,
    };
    ModelClient::new(settings, Random::seeded(1)).unwrap()
}

/// Asks in a conversation of its own; whoever asks the seventh kind goes away after the first words.
async fn converse(assistant: Assistant, scope: creel_assistant::tools::Scope, number: u64) -> Option<MessageView> {
    let (store, organization) = (scope.store.clone(), scope.organization);
    let asker = Asker::Person(store.random.id(store.clock.now()));
    let conversation = store.create_conversation(organization, asker, "").await.unwrap().id;
    let text = format!("Question {number}");
    let asked = assistant.ask(Question { organization, asker, by: scope.by.clone(), conversation, text, page: None }).await;
    let mut answering = match asked {
        Ok(answering) => answering,
        Err(AskError::Store(StoreError::Refused(_))) => return None,
        Err(error) => panic!("{error}"),
    };
    let mut heard = String::new();
    while let Some(event) = answering.events.recv().await {
        match event {
            Event::End(message) => return Some(*message),
            Event::Text(piece) => heard.push_str(&piece),
            Event::Step(_) => {}
        }
        // All that the model says before it hangs.
        if number % 11 == 7 && heard.split_whitespace().count() == 2 {
            break;
        }
    }
    let message = answering.message;
    drop(answering);
    loop {
        let seen = store.get_message(organization, asker, conversation, message).await.unwrap();
        if seen.ended_at.is_some() {
            return Some(seen);
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// What a request was, as the client counts it where it is not told.
fn ask_of(request: &Value) -> Ask {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let calls = |message: &Value| {
        let calls = message["tool_calls"].as_array().into_iter().flatten();
        let call = |call: &Value| ToolCall {
            id: text(&call["id"]),
            name: text(&call["function"]["name"]),
            arguments: text(&call["function"]["arguments"]),
        };
        calls.map(call).collect()
    };
    let message = |message: &Value| match message["role"].as_str().unwrap() {
        "system" => Message::System(text(&message["content"])),
        "user" => Message::User(text(&message["content"])),
        "assistant" => Message::Assistant { text: text(&message["content"]), calls: calls(message) },
        _ => Message::Tool { call: text(&message["tool_call_id"]), text: text(&message["content"]) },
    };
    let tool = |tool: &Value| Tool {
        name: text(&tool["function"]["name"]),
        description: text(&tool["function"]["description"]),
        parameters: tool["function"]["parameters"].clone(),
    };
    Ask {
        messages: request["messages"].as_array().unwrap().iter().map(message).collect(),
        tools: request["tools"].as_array().into_iter().flatten().map(tool).collect(),
        ..Ask::default()
    }
}

/// What one call took by the model's book.
fn took(exchange: &Exchange) -> i64 {
    if exchange.is_told {
        return exchange.prompt_tokens + exchange.completion_tokens;
    }
    if exchange.completion_tokens == 0 {
        return 0;
    }
    i64::try_from(count_ask(&ask_of(&exchange.request)) + count_tokens(&exchange.said)).unwrap()
}

on_both! {
async fn every_message_costs_what_the_models_own_book_says(engine) {
    let server = ModelServer::start(script);
    let shop = Shop::new(engine).await;
    let before = shop.scope.store.balance(shop.scope.organization).await.unwrap().available;
    let assistant = Assistant::new(shop.scope.store.clone(), Some(model(&server)));
    let (mut asking, mut messages) = (JoinSet::new(), BTreeMap::new());
    for number in 0..wanted() {
        if asking.len() == AT_ONCE {
            let (number, message): (u64, Option<MessageView>) = asking.join_next().await.unwrap().unwrap();
            messages.insert(number, message);
        }
        let (assistant, scope) = (assistant.clone(), shop.scope.clone());
        asking.spawn(async move { (number, converse(assistant, scope, number).await) });
    }
    messages.extend(asking.join_all().await);
    let mut booked: BTreeMap<u64, i64> = BTreeMap::new();
    for exchange in &server.log() {
        *booked.entry(number(&exchange.request)).or_default() += took(exchange);
    }
    let mut spent = Credits::ZERO;
    for (number, message) in &messages {
        let message = message.as_ref().unwrap();
        let tokens = message.prompt_tokens + message.completion_tokens;
        assert_eq!(tokens, booked.get(number).copied().unwrap_or_default(), "question {number}: {message:?}");
        assert_eq!(message.credits_spent, credits_of_tokens(tokens), "question {number}");
        let expected = match number % 11 {
            0 | 1 | 2 | 10 => MessageEnd::Answered,
            7 => MessageEnd::ClientGone,
            // It calls tools for ever, also without any.
            8 => MessageEnd::TooLong,
            _ => MessageEnd::ModelFailed,
        };
        assert_eq!(message.end_reason, Some(expected), "question {number}: {message:?}");
        spent += message.credits_spent;
    }
    let after = shop.scope.store.balance(shop.scope.organization).await.unwrap();
    assert_eq!((after.available, after.held), (before - spent, Credits::ZERO));
    let verified = shop.scope.store.verify_ledger(shop.scope.organization).await.unwrap().unwrap();
    assert_eq!(verified.balance, after.available);
    assert!(spent.0 * 3 > i64::try_from(messages.len()).unwrap(), "{spent} credits: the draw is too tame");
    // Nothing was ever asked of the model that no message has.
    assert!(booked.keys().all(|number| messages.contains_key(number)));
}
}

#[test]
fn what_is_counted_here_is_what_is_sent() {
    let call = ToolCall { id: "a".into(), name: "find".into(), arguments: "{}".into() };
    let request = json!({"messages": [
        {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Question 1"},
        {"role": "assistant", "content": "", "tool_calls": [{"id": "a", "function": {"name": "find", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "a", "content": "nothing"},
    ]});
    let ask = ask_of(&request);
    assert_eq!(ask.messages[2], Message::Assistant { text: String::new(), calls: vec![call.clone()] });
    let answer =
        creel_model::Answer { text: String::new(), calls: vec![call], finish: creel_model::Finish::Tools, usage: None };
    assert!(count_ask(&ask) > count_answer(&answer));
}
