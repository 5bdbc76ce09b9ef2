//! Values that the shop names itself: options, properties, and lines of the description such as `Material: cotton`.

use creel_types::EvidenceSource;

use super::{
    composition,
    found::Found,
    vocabulary::{Kind, VOCABULARY},
    words,
};
use crate::{Reading, quantity};

/// Options, properties and lines that are read; more is no specification.
const NAMED_MAX: usize = 300;
/// Bytes of a named value that are read.
const VALUE_MAX: usize = 400;
/// Characters of the name in a line of the description.
const LINE_NAME_MAX: usize = 30;
const AFFIRMATIONS: [&str; 12] = ["yes", "ja", "oui", "sí", "si", "sì", "tak", "sim", "kyllä", "はい", "true", "1"];
const REFUSALS: [&str; 12] = ["no", "nein", "non", "nie", "nej", "nee", "não", "ei", "いいえ", "false", "0", "none"];
/// What a shop writes where it has nothing to say.
const BLANKS: [&str; 12] =
    ["", "-", "–", "—", "n/a", "na", "none", "default title", "null", "not applicable", "nicht zutreffend", "unknown"];
/// How the words of a button or a prompt begin that stand among the values of a picker.
const PROMPTS: [&str; 24] = [
    "previous",
    "next",
    "size guide",
    "size chart",
    "choose",
    "select",
    "please",
    "add to",
    "buy ",
    "größentabelle",
    "größenberater",
    "bitte wählen",
    "auswählen",
    "wählen",
    "guide des tailles",
    "choisir",
    "guía de tallas",
    "elige",
    "seleccion",
    "guida alle taglie",
    "scegli",
    "maattabel",
    "kies ",
    "wybierz",
];

#[must_use]
pub fn read(reading: &Reading<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for axis in &reading.product.options {
        let values = axis.values.iter().take(NAMED_MAX);
        let several = axis.values.len() > 1;
        values.for_each(|value| one(&axis.name, value, EvidenceSource::Options, several, reading.language, &mut found));
    }
    for property in reading.properties().iter().take(NAMED_MAX) {
        one(&property.name, &property.value, EvidenceSource::Properties, false, reading.language, &mut found);
    }
    for line in reading.description.lines().take(NAMED_MAX) {
        let Some((name, value)) = line.split_once([':', '：']) else { continue };
        if name.chars().count() <= LINE_NAME_MAX && value.len() <= VALUE_MAX / 2 {
            one(name, value, EvidenceSource::Description, false, reading.language, &mut found);
        }
    }
    found
}

/// How far a source is believed, of values that are understood.
fn trust(source: EvidenceSource) -> f64 {
    match source {
        EvidenceSource::Options => 0.97,
        EvidenceSource::Properties => 0.95,
        _ => 0.85,
    }
}

fn one(name: &str, value: &str, source: EvidenceSource, several: bool, language: Option<&str>, found: &mut Vec<Found>) {
    let value = &value[..value.floor_char_boundary(VALUE_MAX)];
    let Some(entry) = VOCABULARY.called(name) else { return };
    let value = without_name(value.trim(), entry);
    let lower = words::lower(value);
    if BLANKS.contains(&&*lower) || PROMPTS.iter().any(|prompt| lower.starts_with(prompt)) {
        return;
    }
    let text = format!("{}: {value}", name.trim().trim_end_matches(':'));
    let base = Found {
        entry,
        value: String::new(),
        share: None,
        as_shown: value.to_owned(),
        confidence: trust(source),
        source,
        text,
        one_of_several: several,
    };
    match VOCABULARY.entries[entry].kind {
        Kind::Words => listed(&lower, base, found),
        Kind::Number(_) => numbers(name, value, base, language, found),
        Kind::Flag => found.extend(flag(&lower, base)),
        Kind::Text => found.push(text_value(value, base, language)),
    }
}

/// `Tamanho: XS` says the name once more.
fn without_name(value: &str, entry: usize) -> &str {
    match value.split_once([':', '：']) {
        Some((name, rest)) if VOCABULARY.called(name) == Some(entry) && !rest.trim().is_empty() => rest.trim(),
        _ => value,
    }
}

fn listed(lower: &str, base: Found, found: &mut Vec<Found>) {
    let entry = &VOCABULARY.entries[base.entry];
    if entry.name == "material" {
        let parts = composition::read(lower, base.entry);
        if !parts.is_empty() {
            found.extend(parts.into_iter().map(|part| Found {
                value: part.material.to_owned(),
                share: Some(part.share),
                one_of_several: true,
                ..base.clone()
            }));
            return;
        }
    }
    let mut values: Vec<&str> = Vec::new();
    for hit in words::find(lower).into_iter().filter(|hit| hit.entry == base.entry) {
        if !values.contains(&hit.value) {
            values.push(hit.value);
        }
    }
    if entry.name == "gender" && values.contains(&"female") && values.contains(&"male") {
        values = vec!["unisex"];
    }
    if values.is_empty() {
        // A number is the place of a picture in a picker.
        if !lower.chars().any(char::is_alphabetic) {
            return;
        }
        if let Some(value) = VOCABULARY.entries[base.entry].compounded(lower) {
            found.push(Found { value: value.to_owned(), confidence: base.confidence * 0.95, ..base });
            return;
        }
        // A name of the shop's own, such as "Moonrise": kept, not understood.
        found.push(Found { value: lower.to_owned(), confidence: base.confidence * 0.75, ..base });
        return;
    }
    let one_of_several = base.one_of_several || values.len() > 1;
    found.extend(values.into_iter().map(|value| Found { value: value.to_owned(), one_of_several, ..base.clone() }));
}

/// A number with its unit, which may stand in the name: `Weight (g)` 500.
fn numbers(name: &str, value: &str, base: Found, language: Option<&str>, found: &mut Vec<Found>) {
    let entry = &VOCABULARY.entries[base.entry];
    let Some(kind) = entry.quantity else { return };
    let read = |text: &str| -> Vec<quantity::Quantity> {
        let quantities = quantity::find(text, language);
        quantities.filter(|found| found.kind == kind && found.role == quantity::Role::Amount).collect()
    };
    let mut all = read(value);
    let bare = value.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' '));
    if all.is_empty() && bare {
        let unit = name.split_once(['(', '[', '（']).map(|(_, unit)| unit.trim_matches([')', ']', '）', ' ']));
        let unit = unit.or((entry.name == "count").then_some("pcs"));
        all = unit.map(|unit| read(&format!("{value} {unit}"))).unwrap_or_default();
    }
    let Some(quantity) = all.first() else {
        dimensions(value, base, language, found);
        return;
    };
    if quantity.side {
        dimensions(value, base, language, found);
        return;
    }
    found.push(Found { value: quantity.value.normalize().to_string(), ..base });
}

/// Sides, whatever the shop calls them.
fn dimensions(value: &str, base: Found, language: Option<&str>, found: &mut Vec<Found>) {
    let Some(entry) = VOCABULARY.place("dimensions") else { return };
    if let Some(sides) = sides(value, language) {
        found.push(Found { entry, value: sides, ..base });
    }
}

/// `10 x 20 x 5 cm` as metres.
#[must_use]
pub fn sides(text: &str, language: Option<&str>) -> Option<String> {
    let sides: Vec<String> = quantity::find(text, language)
        .filter(|found| found.kind == quantity::Kind::Length && found.side)
        .map(|found| found.value.normalize().to_string())
        .collect();
    (sides.len() > 1).then(|| sides.join(" x "))
}

fn flag(lower: &str, base: Found) -> Option<Found> {
    let first = lower.split([' ', ',', '(']).next().unwrap_or_default();
    let value = if AFFIRMATIONS.contains(&first) {
        "yes"
    } else if REFUSALS.contains(&first) {
        "no"
    } else {
        words::find(lower).into_iter().find(|hit| hit.entry == base.entry)?.value
    };
    Some(Found { value: value.to_owned(), ..base })
}

fn text_value(value: &str, base: Found, language: Option<&str>) -> Found {
    let plain = value.split_whitespace().collect::<Vec<_>>().join(" ");
    match VOCABULARY.entries[base.entry].name {
        "dimensions" => Found { value: sides(value, language).unwrap_or(plain), ..base },
        "energy_class" => Found { value: plain.to_uppercase(), ..base },
        _ => Found { value: plain, confidence: base.confidence * 0.97, ..base },
    }
}
