//! What the readers found, made into the item's attributes: equal values joined, contradictions marked.

use creel_types::{Amount, Attribute, Evidence, EvidenceSource};
use rust_decimal::Decimal;

use super::vocabulary::{Entry, Kind, VOCABULARY};

/// Values of one attribute that are kept; more is a list of variants or noise.
const VALUES_MAX: usize = 60;
/// Characters of a value or of its evidence that are kept.
const TEXT_MAX: usize = 200;
/// Numbers this close, as a share, are one value rounded twice: 16.9 fl oz and 500 ml.
const ROUNDING: Decimal = Decimal::from_parts(2, 0, 0, false, 2);
/// Surest that a value can be.
const SURE_MAX: f64 = 0.99;

/// One reading of one attribute.
#[derive(Clone, Debug)]
pub struct Found {
    /// Place in the vocabulary.
    pub entry: usize,
    pub value: String,
    pub share: Option<Amount>,
    pub as_shown: String,
    pub confidence: f64,
    pub source: EvidenceSource,
    pub text: String,
    /// A value of an axis of variants, or a list: others of its source do not contradict it.
    pub one_of_several: bool,
}

/// In the vocabulary's order; within an attribute in the order of the sources, the surest kind of source first.
#[must_use]
pub fn join(found: Vec<Found>) -> Vec<Attribute> {
    let mut groups: Vec<Vec<Found>> = VOCABULARY.entries.iter().map(|_| Vec::new()).collect();
    for one in found {
        let entry = &VOCABULARY.entries[one.entry];
        let group = &mut groups[one.entry];
        match group.iter().position(|known| is_same(entry, &known.value, &one.value)) {
            Some(known) => strengthen(&mut group[known], one),
            None if group.len() < VALUES_MAX => group.push(one),
            None => {}
        }
    }
    let mut attributes = Vec::new();
    for (entry, group) in VOCABULARY.entries.iter().zip(groups) {
        let conflicting = entry.single && contradicts(entry, &group);
        attributes.extend(group.into_iter().map(|one| attribute(entry, one, conflicting)));
    }
    attributes
}

fn is_same(entry: &Entry, a: &str, b: &str) -> bool {
    if !matches!(entry.kind, Kind::Number(_)) {
        return a.eq_ignore_ascii_case(b);
    }
    let (Ok(a), Ok(b)) = (a.parse::<Decimal>(), b.parse::<Decimal>()) else { return a == b };
    let larger = a.max(b);
    // Counts are exact.
    (a - b).is_zero() || (entry.name != "count" && larger.checked_mul(ROUNDING).is_some_and(|room| (a - b).abs() <= room))
}

/// Another place says the same: as sure as two who agree, unless both are one place.
fn strengthen(known: &mut Found, other: Found) {
    if known.source != other.source {
        known.confidence = 1.0 - (1.0 - known.confidence) * (1.0 - other.confidence);
    } else if other.confidence > known.confidence {
        known.confidence = other.confidence;
    }
    if known.share.is_none() && other.share.is_some() {
        *known = Found { confidence: known.confidence, ..other };
    }
}

/// Whether two sources name different values and the first one's list has not the other's. A shop's own word, such as a
/// color "Moonrise", contradicts nothing.
fn contradicts(entry: &Entry, group: &[Found]) -> bool {
    let listed = |one: &&Found| entry.kind != Kind::Words || entry.values.iter().any(|value| value.value == one.value);
    let mut understood = group.iter().filter(listed);
    let Some(first) = understood.next() else { return false };
    // What agrees was joined, so a value of another source is one that the first source does not have.
    understood.any(|other| other.source != first.source || !(first.one_of_several && other.one_of_several))
}

/// One reading as an attribute.
pub fn attribute(entry: &Entry, one: Found, conflicting: bool) -> Attribute {
    let unit = match entry.kind {
        Kind::Number(unit) => Some(unit.to_owned()),
        // Sides are metres.
        _ => (entry.name == "dimensions").then(|| "m".to_owned()),
    };
    let confidence = if conflicting { one.confidence * 0.7 } else { one.confidence };
    Attribute {
        name: entry.name.to_owned(),
        value: cut(&one.value),
        unit: if entry.name == "dimensions" && !one.value.starts_with(|c: char| c.is_ascii_digit()) { None } else { unit },
        share: one.share,
        as_shown: cut(&one.as_shown),
        confidence: (confidence.min(SURE_MAX) * 100.0).round() / 100.0,
        evidence: Evidence { source: one.source, text: cut(&one.text) },
        conflicting,
    }
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT_MAX).collect()
}
