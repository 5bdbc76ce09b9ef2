//! What a language model is asked about an item, and how much of its answer is believed. Pure: who asks is `enrich`.
//!
//! A page's text is data. It stands in one JSON object behind the instructions, and nothing that comes back is taken for more than
//! it can be: texts without links and numbers of their own, and values of the vocabulary whose quote stands in the capture.

mod believe;
mod question;

pub use believe::believe;
pub use question::{INSTRUCTIONS, question, schema};
