//! What tests and `creel demo` need from outside, built in: a shop on loopback whose truth is known, Stripe on loopback, a
//! language model's endpoint that says what tests make it say, and PostgreSQL. Imports only `creel-types` of the workspace, so that what is tested can never shape what it is tested against.

// Stripe's objects have up to eighty fields, each of which is a step of `json!`.
#![recursion_limit = "512"]

#[cfg(feature = "model")]
pub mod model;
// Its own tests run whatever features were asked for.
#[cfg(any(feature = "postgres", test))]
pub mod postgres;
#[cfg(feature = "shop")]
pub mod shop;
#[cfg(feature = "stripe")]
pub mod stripe;
