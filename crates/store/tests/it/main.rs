//! One suite, run on both databases: every test is written once and becomes two.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

mod model;
mod operations;
mod pair;
mod shop;

mod drain;
mod isolation;
mod owner;
mod random;
mod settle;
mod statements;
