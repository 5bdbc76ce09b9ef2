//! Black-box tests: the binary as a person or a program uses it, against servers on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a test that cannot go on panics")]

mod access;
mod api;
mod authorization;
mod bad_input;
mod billing;
mod billing_api;
mod billing_demo;
mod billing_pages;
mod billing_stripe;
mod browser;
mod capture_pages;
mod chromium;
mod command;
mod contract;
mod crash;
mod credits;
mod demo_shop;
mod evershop;
mod examples;
mod extract;
mod journeys;
mod lists;
mod mailbox;
mod media;
mod operating;
mod pages;
mod pages_seen;
mod people;
mod public_pages;
mod receiver;
mod requests;
mod robot_pages;
mod run_pages;
mod schedule_pages;
mod schedules;
mod server;
mod settings_pages;
mod shops;
mod small_shop;
mod stocked;
mod stripe;
mod tidy;
mod usage_pages;
mod webhooks;
