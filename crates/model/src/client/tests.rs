//! What a client does with good answers, bad ones and none, against a server that says what a test tells it to.

use std::sync::Mutex;

use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    response::IntoResponse,
    routing::post,
};
use serde_json::{Value, json};

use super::*;
use crate::{Message, Shape, Usage};

/// What the server answers, one after the other; the last one for ever. And what it was asked.
#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<Vec<(u16, String)>>>,
    questions: Arc<Mutex<Vec<Value>>>,
}

impl Script {
    fn asked(&self) -> Vec<Value> {
        self.questions.lock().unwrap().clone()
    }
}

async fn answer(State(script): State<Script>, request: Request) -> impl IntoResponse {
    let key = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let mut body: Value = serde_json::from_slice(&body).unwrap();
    body["key"] = json!(key);
    script.questions.lock().unwrap().push(body);
    let mut left = script.answers.lock().unwrap();
    let (status, text) = if left.len() > 1 { left.remove(0) } else { left[0].clone() };
    (StatusCode::from_u16(status).unwrap(), [("retry-after", "0")], text)
}

async fn serve(answers: &[(u16, Value)]) -> (ModelClient, Script) {
    let script = Script::default();
    *script.answers.lock().unwrap() = answers.iter().map(|(status, body)| (*status, body.to_string())).collect();
    let router = Router::new().route("/v1/chat/completions", post(answer)).with_state(script.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let settings = ModelSettings {
        base_url: base.parse().unwrap(),
        key: Some(Secret::new("k-1")),
        model: "small".into(),
        timeout_ms: 5_000,
        concurrency: 2,
        backoff_ms: 1,
    };
    (ModelClient::new(settings, Random::seeded(1)).unwrap(), script)
}

fn said(text: &str) -> Value {
    json!({"choices": [{"message": {"content": text}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 7, "completion_tokens": 2}})
}

fn shaped() -> Ask {
    let shape = Some(Shape { name: "answer", schema: json!({"type": "object"}) });
    Ask { messages: vec![Message::User("Hello".into())], shape, output_tokens_max: 9, ..Ask::default() }
}

#[tokio::test]
async fn a_question_is_asked_with_the_key_and_answered_with_what_it_took() {
    let (client, script) = serve(&[(200, said("Hello yourself"))]).await;
    let answer = client.ask(&Ask { shape: None, ..shaped() }).await.unwrap();
    assert_eq!(
        (answer.text.as_str(), answer.usage),
        ("Hello yourself", Some(Usage { prompt_tokens: 7, completion_tokens: 2 }))
    );
    let asked = script.asked();
    assert_eq!((&asked[0]["key"], &asked[0]["model"]), (&json!("Bearer k-1"), &json!("small")));
    assert!(!format!("{client:?}").contains("k-1"), "the key is not shown");
}

#[tokio::test]
async fn what_may_pass_is_asked_again_and_what_will_not_is_not() {
    let (client, script) = serve(&[(503, json!({})), (429, json!({})), (200, said("at last"))]).await;
    assert_eq!(client.ask(&Ask { shape: None, ..shaped() }).await.unwrap().text, "at last");
    assert_eq!(script.asked().len(), 3);
    let (client, script) = serve(&[(500, json!({}))]).await;
    assert!(matches!(client.ask(&shaped()).await, Err(ModelError::Unavailable { .. })));
    assert_eq!(script.asked().len(), ATTEMPTS_MAX as usize);
    for status in [401, 403] {
        let (client, script) = serve(&[(status, json!({"error": {"message": "bad key k-1"}}))]).await;
        let error = client.ask(&shaped()).await.unwrap_err();
        assert_eq!((error.clone(), script.asked().len()), (ModelError::Key { status }, 1));
        assert!(!error.to_string().contains("k-1"));
    }
}

#[tokio::test]
async fn an_endpoint_that_knows_no_schemas_is_asked_in_simpler_words_from_then_on() {
    let refusal = json!({"error": {"message": "response_format is not supported"}});
    let (client, script) = serve(&[(400, refusal.clone()), (400, refusal), (200, said("{}"))]).await;
    assert_eq!(client.ask(&shaped()).await.unwrap().object().unwrap(), json!({}));
    client.ask(&shaped()).await.unwrap();
    let formats: Vec<Value> = script.asked().iter().map(|body| body["response_format"]["type"].clone()).collect();
    assert_eq!(formats, [json!("json_schema"), json!("json_object"), Value::Null, Value::Null]);
}

#[tokio::test]
async fn a_question_that_is_refused_in_every_way_is_refused() {
    let (client, script) = serve(&[(400, json!({"error": {"message": "no such model"}}))]).await;
    let error = client.ask(&shaped()).await.unwrap_err();
    assert_eq!(error, ModelError::Refused { status: 400, words: "no such model".into() });
    assert_eq!(script.asked().len(), 3);
}

#[tokio::test]
async fn nobody_there_and_nonsense_are_told_apart() {
    let settings = ModelSettings {
        base_url: "http://127.0.0.1:9/v1".parse().unwrap(),
        key: None,
        model: "m".into(),
        timeout_ms: 500,
        concurrency: 1,
        backoff_ms: 1,
    };
    let nobody = ModelClient::new(settings, Random::seeded(1)).unwrap();
    assert!(matches!(nobody.ask(&shaped()).await, Err(ModelError::Unavailable { .. })));
    let (client, _) = serve(&[(200, json!({"choices": []}))]).await;
    assert!(matches!(client.ask(&shaped()).await, Err(ModelError::Malformed { .. })));
}
