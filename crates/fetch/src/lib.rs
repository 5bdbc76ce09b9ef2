//! The one HTTP client. Every address that a user or a page gives passes the guard here, on every hop; nothing else in Creel opens
//! a connection to the outside.

pub mod address;
pub mod client;
pub mod cookies;
pub mod error;
pub mod guard;
pub mod hook;
pub mod host_gate;
pub mod operator;
pub mod resolver;
pub mod settings;

mod body;
mod failure;
mod headers;

pub use client::{Fetched, Fetcher};
pub use error::FetchError;
pub use guard::{Guard, Route};
pub use hook::{HookAnswer, HookClient, HookRefused};
pub use host_gate::{HostGates, Turn, Wait};
pub use operator::{OperatorAnswer, OperatorClient, OperatorRequest, OperatorStream};
pub use settings::{FetchSettings, GetOptions, MayFollow, OverLimit};
