//! What an item says, reading by reading: the value, how sure it is, and the words that it was read from.

use creel_types::{Evidence, EvidenceSource, ItemContent};

use super::{row::value, words};

pub(super) struct Reading {
    pub(super) name: String,
    pub(super) value: String,
    /// Empty where the shop wrote it the same.
    pub(super) as_shown: String,
    pub(super) swatch: &'static str,
    pub(super) sure: String,
    pub(super) source: &'static str,
    pub(super) words: String,
    pub(super) is_conflicting: bool,
}

/// Category, brand, and every attribute.
pub(super) fn readings(content: &ItemContent) -> Vec<Reading> {
    let category = content.category.iter().map(|category| Reading {
        name: "Category".to_owned(),
        value: category.path.clone(),
        ..reading(&category.evidence, category.confidence)
    });
    let brand = content.brand.iter().map(|brand| Reading {
        name: "Brand".to_owned(),
        value: brand.name.clone(),
        as_shown: if brand.as_shown == brand.name { String::new() } else { brand.as_shown.clone() },
        ..reading(&brand.evidence, brand.confidence)
    });
    let attributes = content.attributes.iter().map(|attribute| {
        let value = value(attribute);
        Reading {
            name: words::attribute(&attribute.name),
            as_shown: if attribute.as_shown == value { String::new() } else { attribute.as_shown.clone() },
            value,
            swatch: words::swatch(&attribute.name, &attribute.value),
            is_conflicting: attribute.conflicting,
            ..reading(&attribute.evidence, attribute.confidence)
        }
    });
    category.chain(brand).chain(attributes).collect()
}

fn reading(evidence: &Evidence, confidence: f64) -> Reading {
    Reading {
        name: String::new(),
        value: String::new(),
        as_shown: String::new(),
        swatch: "",
        sure: words::confidence(confidence),
        source: words::source(evidence.source),
        words: evidence.text.clone(),
        is_conflicting: false,
    }
}

/// The words that were read from one part of the capture.
pub(super) fn evidence_of(content: &ItemContent, source: EvidenceSource) -> Vec<&str> {
    let all = content.category.iter().map(|category| &category.evidence);
    let all = all.chain(content.brand.iter().map(|brand| &brand.evidence));
    let all = all.chain(content.attributes.iter().map(|attribute| &attribute.evidence));
    let all = all.chain(content.unit_prices.iter().map(|price| &price.evidence));
    all.filter(|evidence| evidence.source == source).map(|evidence| evidence.text.as_str()).collect()
}
