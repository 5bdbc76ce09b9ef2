//! Which address of a shop is read next, and how fast: canonical form, scope, patterns, priority, traps, robots.txt, pace and
//! sitemaps; and when a schedule is due. Pure: no I/O, no clock, no randomness; the caller passes the instant and the jitter.

pub mod cadence;
pub mod canonical;
pub mod likeness;
pub mod patterns;
pub mod politeness;
pub mod priority;
pub mod robots_txt;
pub mod scope;
pub mod sitemap;
pub mod traps;

mod path_words;
mod percent;
mod query_parameters;
mod url_words;

pub use cadence::{NotATimetable, Timetable};
pub use canonical::{accept_canonical, canonical_url, queue_url};
pub use likeness::{PRODUCT_LIKENESS_MIN, looks_like_product, product_likeness};
pub use patterns::{PATTERNS_MAX, PatternError, PatternList, PatternSet, Verdict};
pub use politeness::{ATTEMPTS_MAX, HostPace, Outcome, PaceSettings, Slot, retry_after_ms};
pub use priority::{LinkContext, priority};
pub use robots_txt::{Policy, RobotsTxt};
pub use scope::{OutOfScope, Scope};
pub use sitemap::{Sitemap, SitemapChild, SitemapPage};
pub use traps::{PatternKey, Trap, find_trap, pattern_key};
