//! Compositions of materials: `80% cotton, 20% polyester`, `Baumwolle 95 %, Elasthan 5 %`.

use std::ops::Range;

use creel_types::Amount;
use rust_decimal::Decimal;

use super::words::{self, Hit};

/// Bytes between a percentage and its material.
const REACH: usize = 28;

/// Words between the two that make it a reduction: `20% off leather`.
const REDUCTIONS: [&str; 8] = ["off", "rabatt", "discount", "korting", "reduction", "réduction", "sconto", "descuento"];

/// Percentages of one text that are looked at.
const PARTS_MAX: usize = 40;

/// One material with its part of the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub material: &'static str,
    pub share: Amount,
    /// Percentage and material in the text.
    pub range: Range<usize>,
}

/// Every percentage that has a material beside it; `material` is the place of that attribute in the vocabulary.
#[must_use]
pub fn read(lower: &str, material: usize) -> Vec<Part> {
    let shares = percentages(lower);
    if shares.is_empty() {
        return Vec::new();
    }
    let hits: Vec<Hit> = words::find(lower).into_iter().filter(|hit| hit.entry == material).collect();
    // One way of writing holds for a whole text: the first percentage decides whether its material follows or leads.
    let follows = shares.iter().find_map(|(_, range)| {
        let after = nearest(lower, &hits, range, true).is_some();
        let before = nearest(lower, &hits, range, false).is_some();
        (after || before).then_some(after && (!before || starts_clause(lower, range)))
    });
    let Some(follows) = follows else { return Vec::new() };
    let parts = shares.into_iter().filter_map(|(share, range)| {
        let hit = nearest(lower, &hits, &range, follows)?;
        let whole = range.start.min(hit.range.start)..range.end.max(hit.range.end);
        Some(Part { material: hit.value, share: Amount::new(share)?, range: whole })
    });
    parts.collect()
}

/// Whether a percentage opens its clause: nothing but a mark, or the name of the part, stands before it.
fn starts_clause(lower: &str, range: &Range<usize>) -> bool {
    let before = lower[..range.start].trim_end();
    before.is_empty() || before.ends_with([',', ';', ':', '/', '(', '.', '|', '-', '–', '+', '&', '、'])
}

/// The material right behind, or right before, a percentage, with no other percentage between.
fn nearest<'a>(lower: &str, hits: &'a [Hit], range: &Range<usize>, follows: bool) -> Option<&'a Hit> {
    let gap = |hit: &Hit| if follows { range.end..hit.range.start } else { hit.range.end..range.start };
    let fits = |hit: &&Hit| {
        let gap = gap(hit);
        gap.start <= gap.end
            && gap.len() <= REACH
            && !lower[gap.clone()].contains(|c: char| c.is_ascii_digit() || matches!(c, ',' | ';' | '%' | '\n'))
            && !lower[gap].split_whitespace().any(|word| REDUCTIONS.contains(&word))
    };
    let mut near = hits.iter().filter(fits);
    if follows { near.next() } else { near.next_back() }
}

/// Numbers up to 100 with a per cent sign.
fn percentages(text: &str) -> Vec<(Decimal, Range<usize>)> {
    let mut all = Vec::new();
    for (at, sign) in text.match_indices(['%', '％']).take(PARTS_MAX) {
        let before = text[..at].trim_end();
        let digits = before.bytes().rev().take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b',')).take(6).count();
        let start = before.len() - digits;
        let number = before[start..].replace(',', ".");
        if let Ok(share) = number.trim_matches('.').parse::<Decimal>()
            && share > Decimal::ZERO
            && share <= Decimal::ONE_HUNDRED
        {
            all.push((share.normalize(), start..at + sign.len()));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes::vocabulary::VOCABULARY;

    #[test]
    fn compositions_are_read_in_both_orders() {
        let cases: [(&str, &[(&str, &str)]); 9] = [
            ("80% cotton, 20% polyester", &[("cotton", "80"), ("polyester", "20")]),
            ("Baumwolle 95 %, Elasthan 5 %", &[("cotton", "95"), ("elastane", "5")]),
            ("Shell: 100% recycled polyester. Lining: 100 % nylon", &[("polyester", "100"), ("polyamide", "100")]),
            ("62,5 % coton 37,5 % lin", &[("cotton", "62.5"), ("linen", "37.5")]),
            ("綿100%", &[("cotton", "100")]),
            ("60% bawełny / 40% wiskoza", &[("cotton", "60"), ("viscose", "40")]),
            ("20% off leather", &[]),
            ("100% satisfaction", &[]),
            ("", &[]),
        ];
        let material = VOCABULARY.place("material").unwrap();
        for (text, expected) in cases {
            let parts = read(&words::lower(text), material);
            let found: Vec<(&str, String)> = parts.iter().map(|part| (part.material, part.share.to_string())).collect();
            let found: Vec<(&str, &str)> = found.iter().map(|(material, share)| (*material, &**share)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
