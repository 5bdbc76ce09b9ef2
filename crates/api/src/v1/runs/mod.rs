//! Runs: one crawl with one robot.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod get;
pub(crate) mod stop;
pub(crate) mod pages;
