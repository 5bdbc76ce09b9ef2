//! A language model's endpoint on loopback that speaks the OpenAI-compatible protocol of chat completions and says what a test makes
//! it say. It keeps its own book of what it was asked and what tokens it counted, for a test to hold other books against.
//!
//! ```no_run
//! use creel_testkit::model::{ModelServer, Script};
//!
//! let server = ModelServer::start(|_| Script::Says("Yes.".to_owned()));
//! // … point Creel at `server.base_url()`, then:
//! assert!(server.log().is_empty());
//! ```

mod streamed;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// What the model does with one question. An answer comes as it is asked for: whole, or word by word.
#[derive(Clone, Debug, PartialEq)]
pub enum Script {
    /// A whole answer, with the tokens it took.
    Says(String),
    /// The same without saying what it took.
    SaysWithoutUsage(String),
    /// A whole answer at once, also where it was asked for word by word.
    SaysInOnePiece(String),
    /// Calls of tools by their names, each with its arguments, which need not be JSON; and what is said with them.
    Calls(String, Vec<(String, String)>),
    /// So many words, then the connection ends.
    BreaksOff(String, usize),
    /// So many words, then an error of the endpoint's own.
    BreaksWithError(String, usize),
    /// So many words, then nothing until whoever asked goes away.
    Hangs(String, usize),
    /// A refusal with these words.
    Refuses(u16, String),
    /// A body as it stands, with status 200.
    Babbles(String),
}

/// One question and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// The body that was sent.
    pub request: Value,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    pub status: u16,
    pub prompt_tokens: i64,
    /// What was said until the end, or until it broke off.
    pub completion_tokens: i64,
    /// The words of it.
    pub said: String,
    /// Whether whoever asked was told what it took.
    pub is_told: bool,
}

impl Exchange {
    /// What the model took for it: an answer of which nothing came takes nothing.
    #[must_use]
    pub fn tokens(&self) -> i64 {
        if self.completion_tokens > 0 { self.prompt_tokens + self.completion_tokens } else { 0 }
    }
}

/// The running server; it ends when dropped.
pub struct ModelServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    ending: Option<oneshot::Sender<()>>,
}

struct Shared {
    script: Box<dyn Fn(&Value) -> Script + Send + Sync>,
    log: Mutex<Vec<Exchange>>,
}

impl Shared {
    fn log(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ModelServer {
    /// Serves on a free port of loopback, from a thread of its own. `script` sees the body of each question.
    ///
    /// # Panics
    /// Where the machine gives no port.
    #[expect(clippy::expect_used, reason = "a test without a port has nothing to go on with")]
    pub fn start(script: impl Fn(&Value) -> Script + Send + Sync + 'static) -> ModelServer {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port on loopback");
        let address = listener.local_addr().expect("its address");
        listener.set_nonblocking(true).expect("a socket");
        let shared = Arc::new(Shared { script: Box::new(script), log: Mutex::default() });
        let router = Router::new().route("/v1/chat/completions", post(complete)).with_state(Arc::clone(&shared));
        let (ending, ended) = oneshot::channel::<()>();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        thread::spawn(move || {
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
                let serving = axum::serve(listener, router);
                tokio::select! {
                    _ = serving.into_future() => {}
                    _ = ended => {}
                }
            });
        });
        ModelServer { address, shared, ending: Some(ending) }
    }

    /// What stands before `/chat/completions`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// What it was asked so far, in the order of asking.
    #[must_use]
    pub fn log(&self) -> Vec<Exchange> {
        self.shared.log().clone()
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        if let Some(ending) = self.ending.take() {
            let _ = ending.send(());
        }
    }
}

async fn complete(State(shared): State<Arc<Shared>>, headers: HeaderMap, Json(request): Json<Value>) -> Response {
    let script = (shared.script)(&request);
    let is_streamed = request["stream"].as_bool().unwrap_or(false);
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let prompt_tokens = prompt(&request);
    let said = String::new();
    let exchange =
        Exchange { request, authorization, status: 200, prompt_tokens, completion_tokens: 0, said, is_told: false };
    match script {
        Script::Refuses(status, words) => {
            shared.log().push(Exchange { status, prompt_tokens: 0, ..exchange });
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let body = json!({"error": {"message": words}}).to_string();
            (status, [(header::CONTENT_TYPE, "application/json"), (header::RETRY_AFTER, "0")], body).into_response()
        }
        Script::Babbles(text) => {
            shared.log().push(Exchange { prompt_tokens: 0, ..exchange });
            let kind = if is_streamed { "text/event-stream" } else { "application/json" };
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        script => {
            let is_streamed = is_streamed && !matches!(script, Script::SaysInOnePiece(_));
            let told = Told::of(script);
            if is_streamed { streamed::answer(&shared, exchange, told) } else { whole(&shared, exchange, told) }
        }
    }
}

/// An answer as both ways of telling it know it.
struct Told {
    text: String,
    calls: Vec<(String, String)>,
    says_usage: bool,
    /// After so many words it goes wrong, in this way.
    ends: Option<(usize, Fault)>,
}

#[derive(Clone, Copy)]
enum Fault {
    BreaksOff,
    Error,
    Hangs,
}

impl Told {
    fn of(script: Script) -> Told {
        let told = |text| Told { text, calls: Vec::new(), says_usage: true, ends: None };
        match script {
            Script::SaysWithoutUsage(text) => Told { says_usage: false, ..told(text) },
            Script::Calls(text, calls) => Told { calls, ..told(text) },
            Script::BreaksOff(text, words) => Told { ends: Some((words, Fault::BreaksOff)), ..told(text) },
            Script::BreaksWithError(text, words) => Told { ends: Some((words, Fault::Error)), ..told(text) },
            Script::Hangs(text, words) => Told { ends: Some((words, Fault::Hangs)), ..told(text) },
            Script::Says(text) | Script::SaysInOnePiece(text) | Script::Refuses(_, text) | Script::Babbles(text) => {
                told(text)
            }
        }
    }

    fn finish(&self) -> &'static str {
        if self.calls.is_empty() { "stop" } else { "tool_calls" }
    }

    fn completion_tokens(&self) -> i64 {
        count(&self.text) + self.calls.iter().map(|(name, arguments)| count(name) + count(arguments)).sum::<i64>()
    }
}

fn whole(shared: &Shared, exchange: Exchange, told: Told) -> Response {
    let completion_tokens = told.completion_tokens();
    let usage = if told.says_usage { usage(exchange.prompt_tokens, completion_tokens) } else { Value::Null };
    let mut message = json!({"role": "assistant", "content": told.text});
    if !told.calls.is_empty() {
        message["tool_calls"] = told.calls.iter().enumerate().map(|(at, call)| called(at, call)).collect();
    }
    let body = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": exchange.request["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": told.finish()}], "usage": usage,
    });
    shared.log().push(Exchange { completion_tokens, said: told.text, is_told: told.says_usage, ..exchange });
    ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

fn called(at: usize, (name, arguments): &(String, String)) -> Value {
    json!({"index": at, "id": format!("call_{at}"), "type": "function", "function": {"name": name, "arguments": arguments}})
}

fn usage(prompt_tokens: i64, completion_tokens: i64) -> Value {
    let total_tokens = prompt_tokens + completion_tokens;
    json!({"prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens, "total_tokens": total_tokens})
}

/// Everything that was sent: what was said, what was called and answered, and the tools that may be called.
fn prompt(request: &Value) -> i64 {
    let messages = request["messages"].as_array().into_iter().flatten();
    let messages: i64 = messages
        .map(|message| {
            let calls = if message["tool_calls"].is_array() { count(&message["tool_calls"].to_string()) } else { 0 };
            count(message["content"].as_str().unwrap_or_default()) + calls
        })
        .sum();
    let tools: i64 = request["tools"].as_array().into_iter().flatten().map(|tool| count(&tool.to_string())).sum();
    messages + tools
}

/// This model's tokens are words.
fn count(text: &str) -> i64 {
    i64::try_from(text.split_whitespace().count()).unwrap_or(i64::MAX)
}
