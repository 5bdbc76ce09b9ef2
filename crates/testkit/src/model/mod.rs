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

/// What the model does with one question.
#[derive(Clone, Debug, PartialEq)]
pub enum Script {
    /// A whole answer, with the tokens it took.
    Says(String),
    /// The same without saying what it took.
    SaysWithoutUsage(String),
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
    pub completion_tokens: i64,
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
    let prompt_tokens = prompt(&request);
    let (status, text, completion_tokens, body) = match script {
        Script::Says(text) => {
            let tokens = count(&text);
            let usage = json!({
                "prompt_tokens": prompt_tokens, "completion_tokens": tokens, "total_tokens": prompt_tokens + tokens,
            });
            (200, answer(&request, &text, &usage).to_string(), tokens, true)
        }
        Script::SaysWithoutUsage(text) => (200, answer(&request, &text, &Value::Null).to_string(), count(&text), true),
        Script::Refuses(status, words) => (status, json!({"error": {"message": words}}).to_string(), 0, false),
        Script::Babbles(text) => (200, text, 0, false),
    };
    shared.log().push(Exchange {
        request,
        authorization: headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned),
        status,
        prompt_tokens: if body { prompt_tokens } else { 0 },
        completion_tokens,
    });
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "application/json"), (header::RETRY_AFTER, "0")], text).into_response()
}

fn answer(request: &Value, text: &str, usage: &Value) -> Value {
    let message = json!({"role": "assistant", "content": text});
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": request["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage,
    })
}

fn prompt(request: &Value) -> i64 {
    let messages = request["messages"].as_array();
    messages.into_iter().flatten().filter_map(|message| message["content"].as_str()).map(count).sum()
}

/// This model's tokens are words.
fn count(text: &str) -> i64 {
    i64::try_from(text.split_whitespace().count()).unwrap_or(i64::MAX)
}
