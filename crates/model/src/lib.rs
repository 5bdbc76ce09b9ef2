//! A language model behind any endpoint that speaks the OpenAI-compatible protocol of chat completions: what is asked, what is answered,
//! what it took.
//!
//! Knows nothing of captures and items, and believes nothing: whoever asks checks what is answered.

mod answer;
mod ask;
mod client;
mod count;
mod error;
mod manner;
mod stream;

pub use answer::{Answer, Finish, ToolCall, Usage};
pub use ask::{Ask, Message, Shape, Tool};
pub use client::{BACKOFF_MS, ModelClient, ModelSettings};
pub use count::{count_answer, count_ask, count_tokens};
pub use error::ModelError;
pub use stream::{STREAM_MS_MAX, Stream};
