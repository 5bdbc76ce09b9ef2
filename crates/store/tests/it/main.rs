//! One suite, run on both databases: every test is written once and becomes two.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]
#![allow(clippy::print_stdout, reason = "a proof says what it did, a child what it was told")]

mod both_engines;
mod model;
mod operations;
mod pair;
mod proxy;
mod shop;

mod access;
mod billing;
mod clock;
mod conversations;
mod conversations_at_random;
mod coverage;
mod deletion;
mod drain;
mod durable;
mod editions;
mod enrichments;
mod isolation;
mod items;
mod items_at_random;
mod listing;
mod lost_commit;
mod owner;
mod processes;
mod product_history;
mod random;
mod reconcile;
mod requests;
mod schedules;
mod server_death;
mod session;
mod settle;
mod statements;
mod totals;
mod trouble;
mod turns;
mod usage;
mod wakefulness;
mod webhooks;
mod year;
