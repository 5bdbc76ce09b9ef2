//! The job over captures: takes an enrichment, finds its captures, makes an item of each and settles them in batches.
//!
//! What an item says is the `item` crate's; what it costs and whether it is stored is the store's.

mod enricher;
mod improve;
mod job;
mod make;
pub mod worker;

pub use enricher::{Claimed, Enricher};
pub use improve::Improver;
pub use job::{Ended, enrich_captures};
