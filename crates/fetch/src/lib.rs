//! The one HTTP client. Every address that a user or a page gives passes the guard here, on every hop; nothing else in Creel opens
//! a connection to the outside.

pub mod client;
pub mod error;
pub mod guard;
pub mod host_gate;
pub mod settings;

pub use client::{Fetched, Fetcher};
pub use error::FetchError;
pub use guard::Guard;
pub use host_gate::{HostGates, Turn};
pub use settings::{FetchSettings, GetOptions, OverLimit};
