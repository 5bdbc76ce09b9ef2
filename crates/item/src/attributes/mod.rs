//! Attributes of the vocabulary, read from options, properties, title and description.
//!
//! What the shop names is believed first, listed words and quantities of the title next, then what a learned reader sees in
//! the title. Owns no sizes' meaning and no brand's spelling: those are `content`'s.

mod composition;
mod found;
mod learned;
mod named;
mod running;
mod suggested;
pub mod tagger;
pub mod vocabulary;
mod words;

use creel_types::{Attribute, Category};

pub use learned::brand_in_title;
pub use suggested::suggested;

use crate::Reading;

/// Every value that the capture states, in the vocabulary's order, contradictions marked.
#[must_use]
pub fn find(reading: &Reading<'_>, category: Option<&Category>) -> Vec<Attribute> {
    let mut found = named::read(reading);
    found.extend(running::read(reading, category));
    learned::add(reading, category, &mut found);
    found::join(found)
}

#[cfg(test)]
mod tests;
