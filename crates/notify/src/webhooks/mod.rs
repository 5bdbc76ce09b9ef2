//! Events over HTTP, signed as Standard Webhooks says. What is sent when stands in the store; this signs, sends, and says what came of
//! it.

pub mod courier;
pub mod signature;

pub use courier::Courier;
