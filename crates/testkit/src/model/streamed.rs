//! An answer told word by word as server-sent events, up to its end or its fault.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{Exchange, Fault, Shared, Told, called, usage};

/// Events on their way at once: whoever reads slowly is not read ahead for.
const QUEUED_MAX: usize = 4;

pub(super) fn answer(shared: &Arc<Shared>, exchange: Exchange, told: Told) -> Response {
    let (to, from) = mpsc::channel::<Result<Bytes, std::io::Error>>(QUEUED_MAX);
    let place = {
        let mut log = shared.log();
        log.push(exchange.clone());
        log.len() - 1
    };
    let teller = Teller { shared: Arc::clone(shared), place, to };
    tokio::spawn(async move { tell(teller, exchange, told).await });
    let body = futures::stream::unfold(from, |mut from| async move {
        let event = from.recv().await?;
        // What came before is on its way by then, also where the next thing is that the connection ends.
        tokio::task::yield_now().await;
        Some((event, from))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(body.boxed())).into_response()
}

struct Teller {
    shared: Arc<Shared>,
    place: usize,
    to: mpsc::Sender<Result<Bytes, std::io::Error>>,
}

impl Teller {
    /// Whether anybody listens still.
    async fn event(&self, event: &Value) -> Result<(), Gone> {
        let text = format!("data: {event}\n\n");
        self.to.send(Ok(Bytes::from(text))).await.map_err(|_| Gone)
    }

    fn note(&self, change: impl FnOnce(&mut Exchange)) {
        change(&mut self.shared.log()[self.place]);
    }
}

/// Nobody listens any more.
struct Gone;

async fn tell(teller: Teller, exchange: Exchange, told: Told) {
    let _: Result<(), Gone> = async {
        let piece =
            |delta: Value, finish: Option<&str>| json!({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]});
        teller.event(&piece(json!({"role": "assistant", "content": ""}), None)).await?;
        for (at, word) in told.text.split_inclusive(char::is_whitespace).enumerate() {
            if told.ends.is_some_and(|(words, _)| at == words) {
                break;
            }
            // Counted when it is on its way, as an endpoint counts what it made.
            teller.event(&piece(json!({"content": word}), None)).await?;
            teller.note(|exchange| {
                exchange.completion_tokens += super::count(word);
                exchange.said.push_str(word);
            });
        }
        match told.ends {
            Some((_, Fault::BreaksOff)) => {
                let _ = teller.to.send(Err(std::io::Error::other("it breaks off"))).await;
                return Err(Gone);
            }
            Some((_, Fault::Error)) => {
                teller.event(&json!({"error": {"message": "the model is overloaded"}})).await?;
                return Err(Gone);
            }
            Some((_, Fault::Hangs)) => {
                teller.to.closed().await;
                return Err(Gone);
            }
            None => {}
        }
        for (at, call) in told.calls.iter().enumerate() {
            teller.event(&piece(json!({"tool_calls": [called(at, call)]}), None)).await?;
            teller.note(|exchange| exchange.completion_tokens += super::count(&call.0) + super::count(&call.1));
        }
        teller.event(&piece(json!({}), Some(told.finish()))).await?;
        let asks_usage = exchange.request["stream_options"]["include_usage"].as_bool().unwrap_or(false);
        if told.says_usage && asks_usage {
            teller.note(|exchange| exchange.is_told = true);
            teller.event(&json!({"choices": [], "usage": usage(exchange.prompt_tokens, told.completion_tokens())})).await?;
        }
        teller.to.send(Ok(Bytes::from_static(b"data: [DONE]\n\n"))).await.map_err(|_| Gone)
    }
    .await;
}
