//! The assistant: tools that read one organization's data, and conversations in which a model uses them. The model decides nothing
//! that a person could not see, creates nothing, and is paid for by the token.

pub mod conversation;
pub mod tools;

pub use conversation::{Assistant, Event};
