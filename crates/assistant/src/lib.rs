//! Answers about an organization's own data.
//!
//! [`tools`] are what a model may call, ours or that of a client over MCP. They read and draft; nothing here makes or changes
//! anything. A [`conversation`] is a question, the model that uses the tools, and its answer, paid for by the token.

pub mod conversation;
pub mod tools;

pub use conversation::{Assistant, Event};
