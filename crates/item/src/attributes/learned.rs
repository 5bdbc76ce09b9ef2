//! What the learned reader of titles adds where nothing else was found.

use std::ops::Range;

use creel_types::{Category, EvidenceSource};

use super::{
    found::Found,
    tagger::{self, Tag},
    vocabulary::{Kind, VOCABULARY},
    words,
};
use crate::Reading;

/// How far the reader is believed beyond the two sets of titles that it learned from: share of its own probability.
const TRUST: f32 = 0.75;
/// Surest below which nothing is added.
const SURE_MIN: f32 = 0.6;

/// The words of the title that are most likely the brand, where they are in the title, and how likely.
#[must_use]
pub fn brand_in_title(reading: &Reading<'_>) -> Option<(Range<usize>, f64)> {
    let brand = tagger::read(&reading.title).into_iter().find(|tag| tag.label == "brand")?;
    Some((brand.range, f64::from(brand.probability * TRUST)))
}

/// Adds values of attributes that have none yet; words only if they are listed.
pub fn add(reading: &Reading<'_>, category: Option<&Category>, found: &mut Vec<Found>) {
    let category = category.map(|category| category.id.as_str());
    let mut added = Vec::new();
    for tag in tagger::read(&reading.title).into_iter().filter(|tag| tag.probability >= SURE_MIN) {
        let Some(entry) = VOCABULARY.place(tag.label) else { continue };
        let known = found.iter().any(|one| one.entry == entry);
        if !known && VOCABULARY.entries[entry].suits(category) {
            added.extend(value(reading, entry, &tag));
        }
    }
    found.extend(added);
}

fn value(reading: &Reading<'_>, entry: usize, tag: &Tag) -> Option<Found> {
    let shown = &reading.title[tag.range.clone()];
    let value = match VOCABULARY.entries[entry].kind {
        Kind::Words => words::find(&words::lower(shown)).into_iter().find(|hit| hit.entry == entry)?.value.to_owned(),
        Kind::Text => shown.to_owned(),
        Kind::Number(_) | Kind::Flag => return None,
    };
    Some(Found {
        entry,
        value,
        share: None,
        as_shown: shown.to_owned(),
        confidence: f64::from(tag.probability * TRUST),
        source: EvidenceSource::Title,
        text: shown.to_owned(),
        one_of_several: false,
    })
}
