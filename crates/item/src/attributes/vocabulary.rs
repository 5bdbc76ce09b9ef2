//! The vocabulary: which attributes there are, their values, and how shops call both. The data is `data/vocabulary.txt`.
//!
//! Owns names and spellings; where in a capture they are looked for is the readers'.

use std::{fmt::Write as _, sync::LazyLock};

use rustc_hash::FxHashMap;

use crate::quantity;

const DATA: &str = include_str!("../../data/vocabulary.txt");
/// Letters of a compound before the word that ends it, and of that word.
const COMPOUND_BEFORE_MIN: usize = 3;
const COMPOUND_END_MIN: usize = 3;

/// Endings of German adjectives, which `~` stands for.
const ENDINGS: [&str; 6] = ["", "e", "er", "es", "en", "em"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A listed value; what is not listed stays as text.
    Words,
    /// A decimal in this unit.
    Number(&'static str),
    Text,
    /// `yes` or `no`.
    Flag,
}

/// One attribute of the vocabulary.
#[derive(Debug)]
pub struct Entry {
    pub name: &'static str,
    pub kind: Kind,
    pub about: &'static str,
    /// Whether values are read from titles, and from descriptions, where nothing names the attribute.
    pub in_title: bool,
    pub in_description: bool,
    /// One product has one value.
    pub single: bool,
    /// Words of a named value may end with a spelling.
    pub compounds: bool,
    pub quantity: Option<quantity::Kind>,
    /// Verticals of the taxonomy in which it is read without being named; all where none is listed.
    verticals: Vec<&'static str>,
    unlike: Vec<&'static str>,
    pub names: Vec<&'static str>,
    pub values: Vec<Value>,
}

#[derive(Debug)]
pub struct Value {
    pub value: &'static str,
    pub spellings: Vec<Spelling>,
}

#[derive(Debug)]
pub struct Spelling {
    pub text: String,
    /// Too ambiguous to be read where the attribute is not named.
    pub ambiguous: bool,
}

impl Entry {
    /// Whether unnamed values are read in some verticals only, so that an unknown category leaves them in doubt.
    /// The value whose spelling ends a word of what the attribute was given, the longest one: Germanic languages write shades as one
    /// word (`nachtblau`, `tegelröd`). Only where the data file says `compounds`.
    #[must_use]
    pub fn compounded(&self, lower: &str) -> Option<&'static str> {
        if !self.compounds {
            return None;
        }
        let ends = |spelling: &Spelling| {
            let is_end = |word: &str| {
                word.strip_suffix(spelling.text.as_str()).is_some_and(|before| before.chars().count() >= COMPOUND_BEFORE_MIN)
            };
            !spelling.ambiguous
                && spelling.text.chars().count() >= COMPOUND_END_MIN
                && lower.split(|c: char| !c.is_alphabetic()).any(is_end)
        };
        let spellings =
            self.values.iter().flat_map(|value| value.spellings.iter().map(move |spelling| (spelling, value.value)));
        let longest = spellings.filter(|(spelling, _)| ends(spelling)).max_by_key(|(spelling, _)| spelling.text.len());
        longest.map(|(_, value)| value)
    }

    #[must_use]
    pub fn is_picky(&self) -> bool {
        !self.verticals.is_empty()
    }

    /// Whether an unnamed value is believed in this category.
    #[must_use]
    pub fn suits(&self, category: Option<&str>) -> bool {
        let Some(vertical) = category.and_then(|id| id.split('-').next()) else { return true };
        (self.verticals.is_empty() || self.verticals.contains(&vertical)) && !self.unlike.contains(&vertical)
    }
}

pub struct Vocabulary {
    pub entries: Vec<Entry>,
    names: FxHashMap<&'static str, usize>,
}

/// The vocabulary, read at first use.
pub static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut entries: Vec<Entry> = Vec::new();
    for line in DATA.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if let Some((name, kind)) = line.strip_prefix('[').and_then(|line| line.split_once("] ")) {
            entries.push(new_entry(name, kind));
        } else if let Some(entry) = entries.last_mut() {
            read_line(entry, line);
        }
    }
    let mut names = FxHashMap::default();
    for (at, entry) in entries.iter().enumerate() {
        for name in &entry.names {
            names.entry(*name).or_insert(at);
        }
    }
    Vocabulary { entries, names }
});

fn new_entry(name: &'static str, kind: &'static str) -> Entry {
    let kind = match kind.split_once(' ') {
        Some((_, unit)) => Kind::Number(unit),
        None if kind == "words" => Kind::Words,
        None if kind == "flag" => Kind::Flag,
        None => Kind::Text,
    };
    Entry {
        name,
        kind,
        about: "",
        in_title: false,
        in_description: false,
        single: false,
        compounds: false,
        quantity: None,
        verticals: Vec::new(),
        unlike: Vec::new(),
        names: Vec::new(),
        values: Vec::new(),
    }
}

fn read_line(entry: &mut Entry, line: &'static str) {
    let (key, rest) = line.split_once(':').map_or((line, ""), |(key, rest)| (key, rest.trim()));
    match key {
        "about" => entry.about = rest,
        "single" => entry.single = true,
        "compounds" => entry.compounds = true,
        "names" => entry.names = rest.split(',').map(str::trim).collect(),
        "verticals" => entry.verticals = rest.split(' ').collect(),
        "unlike" => entry.unlike = rest.split(' ').collect(),
        "quantity" => entry.quantity = quantity_kind(rest),
        "sources" => {
            entry.in_title = rest.contains("title");
            entry.in_description = rest.contains("description");
        }
        _ => {
            if let Some(value) = key.strip_prefix("= ") {
                entry.values.push(new_value(value, rest));
            }
        }
    }
}

fn new_value(value: &'static str, spellings: &str) -> Value {
    let mut all: Vec<Spelling> = Vec::new();
    for text in spellings.split(',').map(str::trim).filter(|text| !text.is_empty()) {
        let (ambiguous, text) = text.strip_prefix('?').map_or((false, text), |text| (true, text));
        let endings = if text.ends_with('~') { &ENDINGS[..] } else { &ENDINGS[..1] };
        let stem = text.trim_end_matches('~');
        all.extend(endings.iter().map(|ending| Spelling { text: format!("{stem}{ending}"), ambiguous }));
    }
    if !all.iter().any(|spelling| spelling.text == value) && value != "yes" && value != "no" {
        all.push(Spelling { text: value.to_owned(), ambiguous: false });
    }
    Value { value, spellings: all }
}

fn quantity_kind(word: &str) -> Option<quantity::Kind> {
    Some(match word {
        "mass" => quantity::Kind::Mass,
        "volume" => quantity::Kind::Volume,
        "length" => quantity::Kind::Length,
        "power" => quantity::Kind::Power,
        "voltage" => quantity::Kind::Voltage,
        "current" => quantity::Kind::Current,
        "charge" => quantity::Kind::Charge,
        "energy" => quantity::Kind::Energy,
        "frequency" => quantity::Kind::Frequency,
        "data" => quantity::Kind::Data,
        "count" => quantity::Kind::Count,
        _ => return None,
    })
}

impl Vocabulary {
    /// The attribute that a shop calls `name`, however it punctuates it: `Farbe:`, `Weight (g)`, `* Colour`.
    #[must_use]
    pub fn called(&self, name: &str) -> Option<usize> {
        let lower = name.to_lowercase();
        let trimmed = lower.trim_matches(|c: char| !c.is_alphanumeric() && c != 'ø' && c != ')').trim();
        let bare = || trimmed.split_once(['(', '[', '（']).map_or(trimmed, |(bare, _)| bare).trim();
        let choose = || bare().trim_start_matches("select ").trim_start_matches("choose ").trim_start_matches("your ");
        self.names.get(trimmed).or_else(|| self.names.get(bare())).or_else(|| self.names.get(choose())).copied()
    }

    #[must_use]
    pub fn place(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.name == name)
    }
}

/// The vocabulary as the reference page shows it.
#[must_use]
pub fn reference() -> String {
    let mut page = include_str!("reference.md").to_owned();
    for entry in &VOCABULARY.entries {
        let kind = match entry.kind {
            Kind::Words => "words".to_owned(),
            Kind::Number(unit) => format!("number, `{unit}`"),
            Kind::Text => "text".to_owned(),
            Kind::Flag => "`yes` or `no`".to_owned(),
        };
        let single = if entry.single { "one" } else { "several" };
        let values: Vec<String> = match entry.kind {
            Kind::Words => entry.values.iter().map(|value| format!("`{}`", value.value)).collect(),
            _ => Vec::new(),
        };
        let names: Vec<&str> = entry.names.iter().take(3).copied().collect();
        let line = format!(
            "| `{}` | {kind} | {single} | {} | {} | {} |",
            entry.name,
            entry.about,
            values.join(", "),
            names.join(", ").replace('|', "\\|")
        );
        let _ = writeln!(page, "{line}");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shops_call_attributes_in_many_ways() {
        let cases = [
            ("Farbe:", Some("color")),
            ("COLOUR", Some("color")),
            ("Couleur", Some("color")),
            ("Weight (g)", Some("weight")),
            ("Select Size", Some("size")),
            ("Taglia", Some("size")),
            ("素材", Some("material")),
            ("Pojemność", Some("capacity")),
            ("Arbeitsspeicher", Some("memory")),
            ("Title", None),
            ("", None),
        ];
        for (name, expected) in cases {
            let found = VOCABULARY.called(name).map(|at| VOCABULARY.entries[at].name);
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn every_entry_is_whole() {
        for entry in &VOCABULARY.entries {
            assert!(!entry.about.is_empty() && !entry.names.is_empty(), "{}", entry.name);
            assert_eq!(matches!(entry.kind, Kind::Number(_)), entry.quantity.is_some(), "{}", entry.name);
            assert_eq!(matches!(entry.kind, Kind::Words | Kind::Flag), !entry.values.is_empty(), "{}", entry.name);
        }
    }

    #[test]
    fn a_name_belongs_to_one_attribute() {
        let mut owners: FxHashMap<&str, &str> = FxHashMap::default();
        for entry in &VOCABULARY.entries {
            for name in &entry.names {
                if let Some(owner) = owners.insert(name, entry.name) {
                    assert_eq!(owner, entry.name, "{name}");
                }
            }
        }
    }
}
