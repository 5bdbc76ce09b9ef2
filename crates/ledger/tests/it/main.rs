//! The rules of credits from outside: statements in text, random operations against a naive model, tampered chains.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

mod books;
mod model;
mod operations;
mod pair;
mod random;
mod statements;
mod table;
mod tampering;
