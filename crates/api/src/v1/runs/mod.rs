//! Runs: one crawl with one robot.

pub(crate) mod create;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod pages;
pub(crate) mod stop;
