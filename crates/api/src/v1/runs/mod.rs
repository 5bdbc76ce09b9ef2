//! Runs: one crawl with one robot.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod events;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod pages;
pub(crate) mod payable;
pub(crate) mod preview;
pub(crate) mod restart;
pub(crate) mod stop;
