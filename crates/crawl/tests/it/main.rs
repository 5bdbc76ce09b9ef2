//! Whole crawls of the demo shop that die: at every named place of a page's path, and at random ones.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]
#![allow(clippy::print_stdout, reason = "a proof says what it did")]

mod child;
mod crash;
mod place;
mod session;
