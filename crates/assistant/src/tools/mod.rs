//! The tools: what each is called, what it takes, and the one way to call it.
//!
//! A tool asks the store with the organization of its [`Scope`] and no other. What it answers goes through [`answer`], which
//! keeps it within a bound and takes out of texts what nobody can see. Texts of shops are data: they stand in JSON strings and
//! nowhere else.

mod aggregate_captures;
mod answer;
mod bounded;
mod compare_product;
mod count_items;
mod draft_run;
mod draft_schedule;
mod error;
mod explain_page;
mod get_balance;
mod get_capture;
mod get_item;
mod get_robot;
mod get_run;
mod get_schedule;
mod get_usage;
mod input;
mod list_robot_builds;
mod list_robots;
mod list_run_pages;
mod list_runs;
mod list_schedules;
mod list_statement;
mod output;
mod price_changes;
mod registry;
mod scope;
mod search_captures;
mod search_items;
mod visible;

pub use answer::{LIMIT_DEFAULT, LIMIT_MAX};
pub use bounded::{ANSWER_BYTES_MAX, BYTES_PER_TOKEN};
pub use error::ToolErrorCode;
pub use registry::{ARGUMENT_BYTES_MAX, ToolAnswer, ToolSpec, call, list};
pub use scope::Scope;
pub use visible::visible;
