//! Values in running text, where nothing names the attribute: the title, and what a description says for certain.

use std::ops::Range;

use creel_types::{Category, EvidenceSource};

use super::{
    composition,
    found::Found,
    named,
    vocabulary::VOCABULARY,
    words::{self, Hit},
};
use crate::{
    Reading,
    quantity::{self, Quantity, Role},
};

/// Words behind which stands what a thing fits, not what it is.
const FITTING: [&str; 22] = [
    "compatible with ",
    "compatible for ",
    "fits ",
    "kompatibel mit ",
    "passend für ",
    "geeignet für ",
    "compatible avec ",
    "compatible con ",
    "compatibile con ",
    "geschikt voor ",
    "compatibel met ",
    "pasuje do ",
    "kompatybilny z ",
    "kompatibel med ",
    "passar till ",
    "passer til ",
    "compatível com ",
    "replacement for ",
    "ersatz für ",
    "designed for ",
    "works with ",
    "対応 ",
];
/// Words behind which it stands if a device follows.
const FOR: [&str; 9] = ["for ", "für ", "pour ", "para ", "per ", "voor ", "dla ", "till ", "til "];
/// Families of devices that accessories are made for.
const DEVICES: [&str; 26] = [
    "iphone",
    "ipad",
    "macbook",
    "airpods",
    "apple watch",
    "imac",
    "samsung",
    "galaxy",
    "xiaomi",
    "redmi",
    "huawei",
    "honor",
    "pixel",
    "google pixel",
    "oneplus",
    "oppo",
    "nintendo",
    "switch",
    "playstation",
    "ps4",
    "ps5",
    "xbox",
    "kindle",
    "gopro",
    "surface",
    "fitbit",
];
const INCHES: [&str; 12] = ["\"", "″", "”", "''", "in", "inch", "zoll", "pouces", "pulgadas", "pollici", "cali", "tum"];
const SCREENS: [&str; 18] = [
    "tv",
    "television",
    "fernseher",
    "monitor",
    "laptop",
    "notebook",
    "display",
    "tablet",
    "screen",
    "bildschirm",
    "écran",
    "ordinateur portable",
    "portátil",
    "schermo",
    "telewizor",
    "skärm",
    "oled",
    "lcd",
];

#[must_use]
pub fn read(reading: &Reading<'_>, category: Option<&Category>) -> Vec<Found> {
    let category = category.map(|category| category.id.as_str());
    let mut found = Vec::new();
    let lower = words::lower(&reading.title);
    let fitting = fitting(&lower);
    let title = Text { text: &reading.title, lower: &lower, source: EvidenceSource::Title, category };
    title.compositions(&mut found);
    title.listed(fitting.as_ref(), &mut found);
    title.quantities(fitting.as_ref(), reading.language, &mut found);
    if let (Some(range), Some(entry)) = (fitting, VOCABULARY.place("compatible_model")) {
        found.push(title.found(entry, reading.title[range.clone()].trim(), &range, 0.75));
    }
    let lower = words::lower(&reading.description);
    let description = Text { text: &reading.description, lower: &lower, source: EvidenceSource::Description, category };
    description.compositions(&mut found);
    description.listed(None, &mut found);
    found
}

/// Where the title names what the product fits: to the next mark.
fn fitting(lower: &str) -> Option<Range<usize>> {
    let word_start = |at: usize| !lower[..at].ends_with(char::is_alphanumeric);
    let behind = |list: &[&str]| {
        let places = list.iter().filter_map(|word| lower.find(word).map(|at| (at, at + word.len())));
        places.filter(|(at, _)| word_start(*at)).min()
    };
    let named = behind(&FITTING).map(|(_, end)| end);
    let device = || {
        FOR.iter().find_map(|word| {
            let end = lower.match_indices(word).find(|(at, word)| {
                let rest = &lower[at + word.len()..];
                word_start(*at) && DEVICES.iter().any(|device| rest.starts_with(device))
            })?;
            Some(end.0 + word.len())
        })
    };
    let start = named.or_else(device)?;
    let length = lower[start..].find([',', '(', '|', ';', '–', '—', '[']).unwrap_or(lower.len() - start);
    let length = lower[start..start + length].find(" - ").unwrap_or(length);
    (length > 1).then_some(start..start + length)
}

struct Text<'a> {
    text: &'a str,
    lower: &'a str,
    source: EvidenceSource,
    category: Option<&'a str>,
}

impl Text<'_> {
    fn found(&self, entry: usize, value: &str, range: &Range<usize>, confidence: f64) -> Found {
        let as_shown = self.text[range.clone()].trim().to_owned();
        Found {
            entry,
            value: value.to_owned(),
            share: None,
            text: as_shown.clone(),
            as_shown,
            confidence,
            source: self.source,
            one_of_several: false,
        }
    }

    fn compositions(&self, found: &mut Vec<Found>) {
        let Some(entry) = VOCABULARY.place("material") else { return };
        for part in composition::read(self.lower, entry) {
            let one = self.found(entry, part.material, &part.range, 0.88);
            found.push(Found { share: Some(part.share), one_of_several: true, ..one });
        }
    }

    fn listed(&self, fitting: Option<&Range<usize>>, found: &mut Vec<Found>) {
        let is_title = self.source == EvidenceSource::Title;
        let fits = |hit: &Hit| fitting.is_some_and(|range| range.start <= hit.range.start && hit.range.start < range.end);
        let read = |hit: &Hit| {
            let entry = &VOCABULARY.entries[hit.entry];
            let sources = if is_title { entry.in_title } else { entry.in_description && entry.name != "material" };
            sources && !hit.ambiguous && entry.suits(self.category) && !fits(hit)
        };
        let hits: Vec<Hit> = words::find(self.lower).into_iter().filter(read).collect();
        let gender = VOCABULARY.place("gender");
        let both = |value: &str| hits.iter().any(|hit| Some(hit.entry) == gender && hit.value == value);
        let unisex = both("female") && both("male");
        for hit in &hits {
            let several = hits.iter().any(|other| other.entry == hit.entry && other.value != hit.value);
            let value = if unisex && Some(hit.entry) == gender { "unisex" } else { hit.value };
            let sure = match (is_title, self.category.is_some()) {
                (true, true) => 0.88,
                (_, false) if VOCABULARY.entries[hit.entry].is_picky() => 0.55,
                (true, false) => 0.82,
                (false, _) => 0.72,
            };
            found.push(Found { one_of_several: several, ..self.found(hit.entry, value, &hit.range, sure) });
        }
    }

    fn quantities(&self, fitting: Option<&Range<usize>>, language: Option<&str>, found: &mut Vec<Found>) {
        let fits = |one: &Quantity| {
            let before = self.lower[..one.range.start].trim_end();
            fitting.is_some_and(|range| range.contains(&one.range.start))
                || FOR.iter().any(|word| before.ends_with(&format!(" {}", word.trim_end())))
        };
        let all: Vec<Quantity> =
            quantity::find(self.text, language).filter(|one| one.role == Role::Amount && !fits(one)).collect();
        for one in &all {
            let Some((name, sure)) = self.attribute_of(one, &all) else { continue };
            let Some(entry) = VOCABULARY.place(name) else { continue };
            if VOCABULARY.entries[entry].suits(self.category) || name == "screen_size" {
                found.push(self.found(entry, &one.value.normalize().to_string(), &one.range, sure));
            }
            if let Some(count) = VOCABULARY.place("count").filter(|_| one.count > 1) {
                found.push(self.found(count, &one.count.to_string(), &one.range, 0.88));
            }
        }
        let first = all.iter().find(|one| one.side);
        if let (Some(first), Some(entry), Some(sides)) =
            (first, VOCABULARY.place("dimensions"), named::sides(self.text, language))
        {
            let end = all.iter().filter(|one| one.side).map(|one| one.range.end).max().unwrap_or(first.range.end);
            found.push(self.found(entry, &sides, &(first.range.start..end), 0.85));
        }
    }

    /// Which attribute an unnamed quantity is, and how sure that is.
    fn attribute_of(&self, one: &Quantity, all: &[Quantity]) -> Option<(&'static str, f64)> {
        let alone = all.iter().filter(|other| other.kind == one.kind && other.value != one.value).count() == 0;
        let several = if alone { 1.0 } else { 0.7 };
        let (name, sure) = match one.kind {
            quantity::Kind::Volume => ("capacity", 0.9),
            quantity::Kind::Mass => ("weight", 0.88),
            quantity::Kind::Power => ("power", 0.9),
            quantity::Kind::Voltage => ("voltage", 0.92),
            quantity::Kind::Current => ("current", 0.8),
            quantity::Kind::Charge => ("battery_capacity", 0.92),
            quantity::Kind::Energy => ("battery_energy", 0.85),
            quantity::Kind::Frequency => ("frequency", 0.85),
            quantity::Kind::Count => ("count", 0.85),
            quantity::Kind::Data => return Some(self.storage_or_memory(one, all)),
            quantity::Kind::Length if !one.side => return self.length(one).map(|(name, sure)| (name, sure * several)),
            _ => return None,
        };
        Some((name, sure * several))
    }

    /// RAM says so, or is the much smaller of two.
    fn storage_or_memory(&self, one: &Quantity, all: &[Quantity]) -> (&'static str, f64) {
        let rest = self.lower[one.range.end..].trim_start_matches([' ', '-', '(']);
        let ram = ["ram", "ddr", "lpddr", "memory", "arbeitsspeicher", "メモリ", "unified"]
            .iter()
            .any(|word| rest.starts_with(word));
        let larger =
            all.iter().any(|other| other.kind == one.kind && other.value >= one.value * rust_decimal::Decimal::from(4));
        match (ram, larger) {
            (true, _) => ("memory", 0.93),
            (false, true) => ("memory", 0.85),
            (false, false) => ("storage", 0.9),
        }
    }

    fn length(&self, one: &Quantity) -> Option<(&'static str, f64)> {
        let shown = self.lower[one.range.clone()].trim_start_matches(|c: char| !c.is_alphabetic() && !"\"″”'".contains(c));
        let inches = INCHES.contains(&shown.trim_matches(['-', ' ', '.']));
        let vertical = self.category.and_then(|id| id.split('-').next());
        if inches {
            let screen = SCREENS.iter().any(|word| self.lower.contains(word));
            return match (vertical, screen) {
                (Some("el") | None, true) => Some(("screen_size", 0.9)),
                (Some("el"), false) => Some(("screen_size", 0.6)),
                (Some("aa"), _) => None,
                _ => Some(("length", 0.45)),
            };
        }
        // Cables, rods and baits are sold by their length; waists and heels are not.
        (vertical != Some("aa")).then_some(("length", 0.6))
    }
}
