//! Listed values in running text: whole words only, longest first, negations heeded.

use std::{ops::Range, sync::LazyLock};

use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::FxHashMap;

use super::vocabulary::{Kind, VOCABULARY};

/// Words that deny what follows.
const DENIALS: [&str; 28] = [
    "no", "not", "non", "without", "w/o", "free of", "zero", "ohne", "kein", "keine", "keinen", "nicht", "frei von", "sans",
    "pas", "sin", "senza", "niet", "geen", "zonder", "bez", "nie", "utan", "inte", "uden", "ikke", "sem", "não",
];
/// Words that deny what stands before them: `leather-free`.
const DENIALS_AFTER: [&str; 6] = ["free", "frei", "vrij", "fri", "fria", "frie"];

/// A listed value that stands in a text.
#[derive(Clone, Debug)]
pub struct Hit {
    pub entry: usize,
    pub value: &'static str,
    pub ambiguous: bool,
    /// In bytes of the text as given.
    pub range: Range<usize>,
}

struct Finder {
    automaton: Option<AhoCorasick>,
    /// What each pattern means: entry, place of the value, whether ambiguous.
    meanings: Vec<Vec<(usize, usize, bool)>>,
}

static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    let mut patterns: Vec<&str> = Vec::new();
    let mut meanings: Vec<Vec<(usize, usize, bool)>> = Vec::new();
    for (at, entry) in VOCABULARY.entries.iter().enumerate() {
        for (value_at, value) in entry.values.iter().enumerate() {
            for spelling in &value.spellings {
                let place = *places.entry(&spelling.text).or_insert_with(|| {
                    patterns.push(&spelling.text);
                    meanings.push(Vec::new());
                    patterns.len() - 1
                });
                meanings[place].push((at, value_at, spelling.ambiguous));
            }
        }
    }
    Finder { automaton: AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&patterns).ok(), meanings }
});

/// Lower case with every character as many bytes as before, so that places agree; what would change its length stays.
#[must_use]
pub fn lower(text: &str) -> String {
    text.chars()
        .map(|c| {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) if one.len_utf8() == c.len_utf8() => one,
                _ if c == '’' => c,
                _ => c,
            }
        })
        .collect()
}

/// Every listed value in `lower` (made by [`lower`]) that is not denied.
pub fn find(lower: &str) -> Vec<Hit> {
    let Some(automaton) = &FINDER.automaton else { return Vec::new() };
    let mut hits = Vec::new();
    for found in automaton.find_iter(lower) {
        let range = found.range();
        if !is_whole(lower, &range) {
            continue;
        }
        for &(entry, value, ambiguous) in &FINDER.meanings[found.pattern().as_usize()] {
            let entry_of = &VOCABULARY.entries[entry];
            let own_denial = entry_of.kind == Kind::Flag && entry_of.name.ends_with("_free");
            if own_denial || !is_denied(lower, &range) {
                hits.push(Hit { entry, value: entry_of.values[value].value, ambiguous, range: range.clone() });
            }
        }
    }
    hits
}

/// Whether the match is no part of a longer word. Scripts without blanks have no such edges.
fn is_whole(text: &str, range: &Range<usize>) -> bool {
    let edge = |inside: Option<char>, outside: Option<char>| {
        let (Some(inside), Some(outside)) = (inside, outside) else { return true };
        !(inside.is_alphanumeric() && outside.is_alphanumeric()) || is_unspaced(inside)
    };
    edge(text[range.clone()].chars().next(), text[..range.start].chars().next_back())
        && edge(text[range.clone()].chars().next_back(), text[range.end..].chars().next())
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{ff66}'..='\u{ff9f}')
}

/// Bytes before a match in which a denial may stand.
const DENIAL_REACH: usize = 24;

fn is_denied(text: &str, range: &Range<usize>) -> bool {
    let from = text.floor_char_boundary(range.start.saturating_sub(DENIAL_REACH));
    let clause = text[from..range.start].rsplit([',', '.', ';', '(', '|', '\n']).next().unwrap_or_default();
    let mut words = clause.split_whitespace().rev().map(|word| word.trim_end_matches('-'));
    let (last, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let pair = format!("{second} {last}");
    let open = text[..range.start].ends_with([' ', '-']);
    let before =
        open && (DENIALS.contains(&last) || DENIALS.contains(&second) && last.len() <= 8 || DENIALS.contains(&&*pair));
    let rest = text[range.end..].trim_start_matches([' ', '-']);
    let next = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    before || (rest.len() < text.len() - range.end && DENIALS_AFTER.contains(&next) && !rest.starts_with("free shipping"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_values_are_whole_words_and_not_denied() {
        let cases: [(&str, &[(&str, &str)]); 14] = [
            ("Red Shirt", &[("color", "red")]),
            ("Redwood Blackberry", &[]),
            ("Kleid, schwarzes", &[("color", "black")]),
            ("Damen Bluse", &[("gender", "female")]),
            ("Women's boots without leather", &[("gender", "female")]),
            ("leather-free belt", &[]),
            ("Schuhe ohne Leder", &[]),
            ("No BPA bottle", &[("bpa_free", "yes")]),
            ("Drink without sugar", &[("sugar_free", "yes")]),
            ("not vegan", &[]),
            ("コットンシャツ レディース", &[("material", "cotton"), ("gender", "female")]),
            ("Robe à pois sans manches", &[("pattern", "polka dot"), ("sleeve_length", "sleeveless")]),
            ("Camiseta manga corta", &[("sleeve_length", "short")]),
            ("glutenfreie Nudeln", &[("gluten_free", "yes")]),
        ];
        for (text, expected) in cases {
            let hits = find(&lower(text));
            let sure = hits.iter().filter(|hit| !hit.ambiguous);
            let found: Vec<_> = sure.map(|hit| (VOCABULARY.entries[hit.entry].name, hit.value)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn lower_case_keeps_places() {
        for text in ["ÄÖÜ İstanbul ẞ ǅ Straße 🎉", ""] {
            assert_eq!(lower(text).len(), text.len());
        }
    }
}
