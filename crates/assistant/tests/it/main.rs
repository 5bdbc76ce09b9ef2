//! The tools as a model uses them: on a store with something in it, on both databases.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]
#![allow(clippy::print_stdout, reason = "a proof says what it did")]

mod metering;
mod red_team;
mod shop;
mod tools;
