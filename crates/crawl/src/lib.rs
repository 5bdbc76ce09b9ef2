//! Runs and robot builds: the loop that walks a page along its path.
//!
//! The path, once: [`walk::walk_page`]. Around it: a run from its claim to its end ([`run`]), the process that takes runs
//! from the database ([`worker`]), and what makes a robot ([`build`]).

mod ask;
pub mod build;
pub mod crawler;
mod end;
mod links;
mod read;
mod robots_txt;
pub mod run;
mod sitemaps;
mod walk;
pub mod worker;

pub use crawler::{Claimed, CrawlSettings, Crawler};
pub use run::{Ended, crawl_run};
