//! Quantities with units as shops write them, in SI with exact decimals: `6x330ml`, `0,75 l`, `1 1/2 in`, `2er-Pack`.
//!
//! Owns what a number and the unit behind it mean. Whether `500 g` is the content, the weight or the load is the reader's.
//! Spellings are data (`data/units.tsv`). Linear in the text: what is looked at behind a number has a fixed length.

mod number;
mod units;

use std::ops::Range;

use number::Number;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use units::Unit;

/// What a quantity measures; the unit is fixed by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `kg`
    Mass,
    /// `l`
    Volume,
    /// `m`
    Length,
    /// `m2`
    Area,
    /// `piece`
    Count,
    /// `W`
    Power,
    /// `V`
    Voltage,
    /// `A`
    Current,
    /// `Ah`
    Charge,
    /// `Wh`
    Energy,
    /// `Hz`
    Frequency,
    /// `GB`, decimal: a terabyte is a thousand.
    Data,
    /// `s`
    Duration,
    /// `%`
    Percent,
    /// What else has a unit; [`Quantity::unit`] tells which.
    Other,
}

/// What the number says of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Amount,
    /// `3-6 kg`: the lower end is `from`.
    Range {
        from: Decimal,
    },
    /// The base of a price or share: `2,40 €/100 g`, `1 kg = 3,99 €`, `per 100 ml`.
    Per,
}

/// One quantity of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    pub kind: Kind,
    /// In `unit`, exact, without trailing zeros; of one piece where there are several.
    pub value: Decimal,
    pub unit: &'static str,
    /// How many of it: 6 in `6 x 330 ml`.
    pub count: u32,
    pub role: Role,
    /// Whether it is one side of `10 x 20 x 5 cm`, in the order written.
    pub side: bool,
    /// Where it stands in the text, in bytes. Sides share the unit's place: theirs ends with their number.
    pub range: Range<usize>,
}

/// Numbers that one `a x b x c` may join.
const CHAIN_MAX: usize = 5;
/// Largest count of a multipack that is believed.
const COUNT_MAX: u32 = 10_000;

/// Every quantity in `text`, in its order. `language` (a primary tag) decides between decimal and thousands marks and
/// opens spellings that are words elsewhere.
pub fn find(text: &str, language: Option<&str>) -> impl Iterator<Item = Quantity> + use<> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text.as_bytes()[at..].iter().position(u8::is_ascii_digit).map(|step| at + step) {
        at = match number::starts(text, start) {
            true => read(text, start, language, &mut found),
            false => number::digits_end(text, start),
        };
    }
    found.into_iter()
}

/// One number of a chain with the unit that stands behind it.
#[derive(Clone)]
struct Link {
    number: Number,
    unit: Option<(&'static Unit, usize)>,
}

impl Link {
    fn at(text: &str, start: usize, language: Option<&str>) -> Option<Link> {
        let number = number::read(text, start, language)?;
        let unit = units::behind(text, number.range.end, &number, language);
        Some(Link { number, unit })
    }

    fn end(&self) -> usize {
        self.unit.map_or(self.number.range.end, |(_, end)| end)
    }
}

/// Reads what begins at `start` and answers where to go on.
fn read(text: &str, start: usize, language: Option<&str>, found: &mut Vec<Quantity>) -> usize {
    let Some(first) = Link::at(text, start, language) else { return number::digits_end(text, start) };
    if first.unit.is_none()
        && let Some(next) = number::behind_dash(text, first.number.range.end)
        && let Some(Link { number, unit: Some((unit, end)) }) = Link::at(text, next, language)
    {
        let from = first.number.in_unit(unit);
        found.extend(quantity(unit, &number, start..end, Role::Range { from }));
        return end;
    }
    let mut chain = vec![first];
    while chain.len() < CHAIN_MAX
        && let Some(next) = number::behind_times(text, chain[chain.len() - 1].end())
        && let Some(link) = Link::at(text, next, language)
    {
        chain.push(link);
    }
    let end = chain[chain.len() - 1].end();
    let role = role(text, start, end, found.last());
    if chain.iter().all(|link| link.unit.is_none()) {
        found.extend(pack_of(text, &chain[0]));
        return chain[0].number.range.end;
    }
    found.extend(read_chain(chain, end, role));
    end
}

/// `6 x 330 ml`, `330 ml x 6`, `10 x 20 x 5 cm`, `8 GB x 2 TB`.
fn read_chain(mut chain: Vec<Link>, end: usize, role: Role) -> Vec<Quantity> {
    let lone = chain.len() == 1;
    // 2 L × 6本: pieces of something measured only say how many.
    if chain.iter().any(|link| link.unit.is_some_and(|(unit, _)| unit.kind != Kind::Count)) {
        for link in &mut chain {
            link.unit = link.unit.filter(|(unit, _)| unit.kind != Kind::Count);
        }
    }
    let mut units = chain.iter().filter_map(|link| link.unit);
    let Some((unit, _)) = units.next_back() else { return Vec::new() };
    let several = units.next().is_some();
    if unit.kind == Kind::Length && !lone {
        let mut next = Some(unit);
        for link in chain.iter_mut().rev() {
            match link.unit {
                Some((own, _)) => next = Some(own),
                None => link.unit = next.map(|unit| (unit, link.number.range.end)),
            }
        }
    }
    if several || (unit.kind == Kind::Length && !lone) {
        let side = unit.kind == Kind::Length;
        let each = |link: &Link| {
            let (unit, end) = link.unit?;
            quantity(unit, &link.number, link.number.range.start..end, role).map(|one| Quantity { side, ..one })
        };
        return chain.iter().filter_map(each).collect();
    }
    let start = chain[0].number.range.start;
    let Some(measured) = chain.iter().find(|link| link.unit.is_some()) else { return Vec::new() };
    let times = chain.iter().filter(|link| link.unit.is_none());
    let count = times.map(|link| link.number.value.to_u32().filter(|_| link.number.whole)).try_fold(1_u32, |all, one| {
        one.filter(|one| *one > 0).and_then(|one| all.checked_mul(one)).filter(|all| *all <= COUNT_MAX)
    });
    let one = quantity(unit, &measured.number, start..end, role);
    one.map(|one| Quantity { count: count.unwrap_or(1), ..one }).into_iter().collect()
}

fn quantity(unit: &'static Unit, number: &Number, range: Range<usize>, role: Role) -> Option<Quantity> {
    let value = number.in_unit(unit);
    (!value.is_zero()).then_some(Quantity { kind: unit.kind, value, unit: unit.si, count: 1, role, side: false, range })
}

/// Whether what stands around the quantity makes it the base of a price.
fn role(text: &str, start: usize, end: usize, last: Option<&Quantity>) -> Role {
    let before = text[..start].trim_end();
    if before.ends_with('/') && last.is_none_or(|last| last.range.end + 1 < before.len()) {
        return Role::Per;
    }
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let worded = !word.is_empty() && word.len() <= 8 && before.len() < start && units::is_per(&word.to_lowercase());
    let after = text[end..].trim_start_matches([' ', '\u{a0}']);
    if worded || after.starts_with('=') { Role::Per } else { Role::Amount }
}

/// `pack of 6`, `Lot de 3`: a bare number behind the words for a pack.
fn pack_of(text: &str, link: &Link) -> Option<Quantity> {
    let range = link.number.range.clone();
    let before = units::before(text, range.start);
    let edge = !text[range.end..].starts_with(|c: char| c.is_alphanumeric() || c == '-');
    let count = link.number.value.to_u32().filter(|count| link.number.whole && (1..=COUNT_MAX).contains(count))?;
    (edge && units::is_pack_of(&before)).then(|| Quantity {
        kind: Kind::Count,
        value: count.into(),
        unit: "piece",
        count: 1,
        role: Role::Amount,
        side: false,
        range,
    })
}

#[cfg(test)]
mod tests;
