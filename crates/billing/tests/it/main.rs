//! Billing against the simulated Stripe, on both databases; and what its objects mean, as a table.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]
#![allow(clippy::print_stdout, reason = "a proof says what it did")]

#[path = "../../../store/tests/it/both_engines.rs"]
mod both_engines;
mod world;

mod chaos;
mod deaths;
mod derive;
mod life;
mod orders;
mod periods;
