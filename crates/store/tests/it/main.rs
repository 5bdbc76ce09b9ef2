//! One suite, run on both databases: every test is written once and becomes two.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]
#![allow(clippy::print_stdout, reason = "a proof says what it did, a child what it was told")]

mod clock;
mod durable;
mod processes;
mod proxy;
mod server_death;
mod session;
mod shop;
mod trouble;

mod lost_commit;
mod owner;
mod settle;
