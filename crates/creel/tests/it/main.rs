//! Black-box tests: the binary as a person or a program uses it, against servers on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a test that cannot go on panics")]

mod api;
mod bad_input;
mod billing;
mod command;
mod crash;
mod credits;
mod demo_shop;
mod evershop;
mod extract;
mod lists;
mod shops;
mod small_shop;
mod tidy;
