//! Prices per kilogram, litre, metre, square metre or piece.
//!
//! Stated by the shop, else price over content. Computed only where the content is sure: a net content that is named, or a
//! single quantity of something that is sold by measure. A screen of 27 inches and a laptop of 2 kg have none.

use std::sync::LazyLock;

use creel_types::{Amount, Category, Currency, Evidence, EvidenceSource, ItemUnitPrice, Offer, Sku};
use rust_decimal::{Decimal, RoundingStrategy};

use super::noise;
use crate::{
    Reading,
    quantity::{self, Kind, Quantity, Role},
};

/// SKUs that are priced.
const SKUS_MAX: usize = 300;
/// Places of amounts below one: a tea bag costs parts of a cent.
const SMALL_PLACES: u32 = 4;

/// One for each SKU that has a price and a content, or says so itself.
#[must_use]
pub fn of(reading: &Reading<'_>, category: Option<&Category>) -> Vec<ItemUnitPrice> {
    let sold = Sold::of(reading, category);
    let shared = shared_content(reading, sold);
    let prices = reading.product.skus.iter().take(SKUS_MAX).filter_map(|sku| {
        let offer = sku.offers.iter().find(|offer| offer.price.is_some()).or(sku.offers.first())?;
        stated(sku, offer, reading)
            .or_else(|| computed(sku, offer, option_content(sku, reading, sold).or_else(|| shared.clone())?))
    });
    prices.collect()
}

/// What the shop says, for one of the unit: 2.40 for 100 g is 24.00 for a kilogram.
fn stated(sku: &Sku, offer: &Offer, reading: &Reading<'_>) -> Option<ItemUnitPrice> {
    let shown = offer.unit_price.as_ref()?;
    let text = format!("{} {}", shown.quantity, shown.unit);
    let base = quantity::find(&text, None).next().or_else(|| quantity::find(&text, reading.language).next())?;
    let unit = unit(base.kind)?;
    let amount = shown.amount.decimal().checked_div(total(&base)?)?;
    let currency = offer.price.as_ref().and_then(|price| price.currency).or(reading.product.currency);
    let evidence = Evidence { source: EvidenceSource::Offers, text: format!("{} / {text}", shown.amount) };
    Some(ItemUnitPrice {
        sku_id: Some(sku.id),
        amount: rounded(amount, currency)?,
        currency,
        unit: unit.into(),
        stated: true,
        evidence,
    })
}

fn computed(sku: &Sku, offer: &Offer, content: Content) -> Option<ItemUnitPrice> {
    let price = offer.price.as_ref().filter(|price| price.amount.is_positive())?;
    let amount = price.amount.decimal().checked_div(content.total)?;
    let amount = rounded(amount, price.currency)?;
    let unit = unit(content.kind)?.into();
    Some(ItemUnitPrice {
        sku_id: Some(sku.id),
        amount,
        currency: price.currency,
        unit,
        stated: false,
        evidence: content.evidence,
    })
}

/// To the currency's places, halves up as on price tags; amounts below one keep four.
fn rounded(amount: Decimal, currency: Option<Currency>) -> Option<Amount> {
    let places = if amount < Decimal::ONE { SMALL_PLACES } else { currency.map_or(2, |currency| currency.places()) };
    let mut amount = amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero).normalize();
    amount.rescale(amount.scale().max(currency.map_or(2, |currency| currency.places())));
    let amount = Amount::new(amount)?;
    amount.is_positive().then_some(amount)
}

fn unit(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Mass => Some("kg"),
        Kind::Volume => Some("l"),
        Kind::Length => Some("m"),
        Kind::Area => Some("m2"),
        Kind::Count => Some("piece"),
        _ => None,
    }
}

fn total(one: &Quantity) -> Option<Decimal> {
    one.value.checked_mul(one.count.into()).filter(|total| !total.is_zero())
}

/// What one buys, all of it.
#[derive(Clone, Debug, PartialEq)]
struct Content {
    kind: Kind,
    total: Decimal,
    evidence: Evidence,
}

/// Whether a quantity of the title is what is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sold {
    ByMeasure,
    /// No category: small volumes only, and not of vessels.
    Unknown,
    Not,
}

impl Sold {
    fn of(reading: &Reading<'_>, category: Option<&Category>) -> Sold {
        match category.filter(|category| category.confidence >= 0.5) {
            Some(category) if NEVER.iter().any(|part| category.path.contains(part)) => Sold::Not,
            Some(category) if SOLD.iter().any(|part| category.path.contains(part)) => Sold::ByMeasure,
            // A root says too little to know.
            Some(category) if category.path.contains(" > ") => Sold::Not,
            _ if is_vessel(&reading.title) => Sold::Not,
            _ => Sold::Unknown,
        }
    }

    fn takes(self, one: &Quantity) -> bool {
        match self {
            Sold::ByMeasure => matches!(one.kind, Kind::Mass | Kind::Volume | Kind::Count),
            Sold::Unknown => one.kind == Kind::Volume && one.value <= Decimal::TWO,
            Sold::Not => false,
        }
    }
}

fn is_vessel(title: &str) -> bool {
    let lower = title.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).any(|word| VESSEL.contains(&word))
        || VESSEL.iter().any(|word| !word.is_ascii() && word.starts_with(|c| c > '\u{3000}') && lower.contains(word))
}

/// The content of the whole product: a property that names it, else the title's.
fn shared_content(reading: &Reading<'_>, sold: Sold) -> Option<Content> {
    let named =
        reading.properties().iter().take(60).filter(|one| one.value.len() <= 60 && NET.contains(&noise::key(&one.name)));
    let mut named = named.filter_map(|one| content(&one.value, EvidenceSource::Properties, reading, Sold::ByMeasure));
    if sold != Sold::Not
        && let Some(first) = named.next()
    {
        let agree = named.all(|other| other.kind != first.kind || same(other.total, first.total));
        return agree.then_some(first);
    }
    content(&reading.title, EvidenceSource::Title, reading, sold)
}

/// The content of one SKU, from the value of an option: `500 g`, `2 x 250 ml`.
fn option_content(sku: &Sku, reading: &Reading<'_>, sold: Sold) -> Option<Content> {
    if sold == Sold::Not {
        return None;
    }
    sku.options
        .iter()
        .flatten()
        .filter(|value| value.len() <= 60)
        .find_map(|value| content(value, EvidenceSource::Options, reading, sold))
}

/// The one content that `text` states; `None` where it states two.
fn content(text: &str, source: EvidenceSource, reading: &Reading<'_>, sold: Sold) -> Option<Content> {
    let all: Vec<Quantity> = quantity::find(text, reading.language).filter(|one| !one.side).take(12).collect();
    let (named, rest): (Vec<&Quantity>, Vec<&Quantity>) =
        all.iter().filter(|one| one.role == Role::Amount).partition(|one| is_named(text, one));
    let sure = |one: &&Quantity| matches!(one.kind, Kind::Mass | Kind::Volume) && !is_dose(text, one);
    if let Some(one) = named.into_iter().find(sure) {
        return one_content(text, source, one, 1);
    }
    if all.iter().any(|one| matches!(one.role, Role::Range { .. })) {
        return None;
    }
    let measures: Vec<&Quantity> = rest.iter().copied().filter(sure).filter(|one| sold.takes(one)).collect();
    let counts: Vec<&Quantity> = rest.iter().copied().filter(|one| one.kind == Kind::Count).collect();
    let Some(first) = measures.first() else { return pieces(text, source, &counts, sold) };
    let agree =
        measures.iter().all(|one| one.kind == first.kind && total(one).zip(total(first)).is_some_and(|(a, b)| same(a, b)));
    if !agree {
        return None;
    }
    match counts.as_slice() {
        [] => one_content(text, source, first, 1),
        // 12 fl oz (Pack of 6) is six times that; 500 g, 50 pads is not; other pieces leave it open.
        [count] if first.count == 1 => match pack(text, count) {
            Pack::Each => one_content(text, source, first, u32::try_from(count.value).ok()?),
            Pack::Inside => one_content(text, source, first, 1),
            Pack::Open => None,
        },
        [count] if Decimal::from(first.count) == count.value => one_content(text, source, first, 1),
        _ => None,
    }
}

/// So many pieces and no measure: tablets, nappies, tea bags.
fn pieces(text: &str, source: EvidenceSource, counts: &[&Quantity], sold: Sold) -> Option<Content> {
    let [count] = counts else { return None };
    (sold == Sold::ByMeasure && total(count)? > Decimal::ONE).then(|| one_content(text, source, count, 1)).flatten()
}

fn one_content(text: &str, source: EvidenceSource, one: &Quantity, times: u32) -> Option<Content> {
    let total = total(one)?.checked_mul(times.into())?;
    Some(Content { kind: one.kind, total, evidence: Evidence { source, text: text.get(one.range.clone())?.to_owned() } })
}

/// Whether two contents are the same said twice, as in `100 ml (3.4 fl oz)`.
fn same(a: Decimal, b: Decimal) -> bool {
    (a - b).abs() * Decimal::from(100) <= a.max(b) * Decimal::from(3)
}

/// `Inhalt: 500 g`
fn is_named(text: &str, one: &Quantity) -> bool {
    let before = text[..one.range.start].trim_end_matches([' ', ':', '.', '：']);
    let key: String = before
        .rsplit([',', '(', ';', '\n', '|', '-'])
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .rev()
        .take(2)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect::<Vec<_>>()
        .join(" ");
    NET.contains(&noise::key(&key)) || key.rsplit(' ').next().is_some_and(|word| NET.contains(&noise::key(word)))
}

/// Milligrams and micrograms are what a tablet holds.
fn is_dose(text: &str, one: &Quantity) -> bool {
    let shown = text.get(one.range.clone()).unwrap_or_default().to_lowercase();
    one.kind == Kind::Mass
        && (shown.ends_with("mg") || shown.ends_with("µg") || shown.ends_with("mcg") || shown.ends_with("мг"))
}

enum Pack {
    /// So many of the measure.
    Each,
    /// The measure holds so many.
    Inside,
    Open,
}

fn pack(text: &str, count: &Quantity) -> Pack {
    let shown = text.get(count.range.clone()).unwrap_or_default().to_lowercase();
    let word = shown.trim_start_matches(|c: char| !c.is_alphabetic());
    let bare = word.is_empty();
    if bare || EACH.contains(&word.replace('-', " ").trim()) {
        return Pack::Each;
    }
    let open = [
        "pcs", "pc", "pieces", "piece", "stück", "stk", "stk.", "szt", "szt.", "count", "ct", "pièces", "pezzi", "unidades",
        "uds", "шт", "st", "st.",
    ];
    if open.contains(&word) { Pack::Open } else { Pack::Inside }
}

fn words(kind: &str) -> Vec<&'static str> {
    let lines = include_str!("../../data/content.tsv").lines().filter_map(|line| line.split_once('\t'));
    lines.filter(|(of, _)| *of == kind).flat_map(|(_, words)| words.split('|')).collect()
}

static NET: LazyLock<rustc_hash::FxHashSet<String>> = LazyLock::new(|| words("net").into_iter().map(noise::key).collect());
static EACH: LazyLock<Vec<&'static str>> = LazyLock::new(|| words("each"));
static VESSEL: LazyLock<Vec<&'static str>> = LazyLock::new(|| words("vessel"));
static SOLD: LazyLock<Vec<&'static str>> = LazyLock::new(|| words("sold"));
static NEVER: LazyLock<Vec<&'static str>> = LazyLock::new(|| words("never"));

#[cfg(test)]
mod tests;
