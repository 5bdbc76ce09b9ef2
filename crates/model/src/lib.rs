//! A language model behind any endpoint that speaks the OpenAI-compatible protocol of chat completions: what is asked, what is answered,
//! what it took.
//!
//! Knows nothing of captures and items, and believes nothing: whoever asks checks what is answered.

mod answer;
mod ask;
mod client;
mod error;

pub use answer::{Answer, Finish, ToolCall, Usage};
pub use ask::{Ask, Message, Shape, Tool};
pub use client::{BACKOFF_MS, ModelClient, ModelSettings};
pub use error::ModelError;
