//! Values that somebody else proposes, such as a language model: held against the vocabulary and against the capture's own words.

use creel_types::{Attribute, EvidenceSource};

use super::{
    found::{Found, attribute},
    vocabulary::{Kind, VOCABULARY},
    words,
};
use crate::quantity;

/// How far a value is believed that fits the vocabulary and stands in the capture.
const TRUST: f64 = 0.75;

/// The value as an attribute; nothing where the vocabulary has no such attribute, or the value does not fit it, or is not what `quote` says.
#[must_use]
pub fn suggested(name: &str, value: &str, quote: &str, language: Option<&str>) -> Option<Attribute> {
    let at = VOCABULARY.place(name)?;
    let entry = &VOCABULARY.entries[at];
    let lower = words::lower(value.trim());
    let value = match entry.kind {
        Kind::Words => listed(at, &lower)?.to_owned(),
        Kind::Flag => ["yes", "no"].into_iter().find(|word| *word == lower)?.to_owned(),
        Kind::Number(_) => {
            let kind = entry.quantity?;
            let amount = |text: &str| {
                let mut all =
                    quantity::find(text, language).filter(|one| one.kind == kind && one.role == quantity::Role::Amount);
                all.next().map(|one| one.value.normalize())
            };
            let proposed = amount(value)?;
            // A number that the capture does not have is made up.
            (amount(quote)? == proposed).then(|| proposed.to_string())?
        }
        Kind::Text => {
            words::lower(quote).contains(&*lower).then(|| value.trim().to_owned()).filter(|text| !text.is_empty())?
        }
    };
    let found = Found {
        entry: at,
        value,
        share: None,
        as_shown: quote.to_owned(),
        confidence: TRUST,
        source: EvidenceSource::Model,
        text: quote.to_owned(),
        one_of_several: false,
    };
    Some(attribute(entry, found, false))
}

/// A listed value: by its own name, or by a spelling that names it alone.
fn listed(entry: usize, lower: &str) -> Option<&'static str> {
    if let Some(known) = VOCABULARY.entries[entry].values.iter().find(|known| known.value == lower) {
        return Some(known.value);
    }
    words::find(lower).into_iter().find(|hit| hit.entry == entry).map(|hit| hit.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_the_vocabulary_and_the_capture_is_taken() {
        for (name, value, quote, expected) in [
            ("color", "blue", "in Nachtblau", Some("blue")),
            ("color", "Dunkelblau", "in Dunkelblau", Some("blue")),
            ("color", "chartreuse-ish", "something", None),
            ("weight", "500 g", "wiegt 500 g", Some("0.5")),
            ("weight", "400 g", "wiegt 500 g", None),
            ("vegan", "yes", "rein pflanzlich", Some("yes")),
            ("vegan", "maybe", "rein pflanzlich", None),
            ("model_name", "Aurora", "Lampe Aurora", Some("Aurora")),
            ("model_name", "Borealis", "Lampe Aurora", None),
            ("price", "5", "5", None),
            ("", "", "", None),
        ] {
            let found = suggested(name, value, quote, None).map(|one| one.value);
            assert_eq!(found.as_deref(), expected, "{name} {value}");
        }
    }
}
