//! Variants that the product's own pickers state: choices (`option`, radio buttons) that carry an article number each, with the price, the stock and
//! the number in attributes or in words. Owns how a choice's words are cut down to its value.

use creel_types::AvailabilityStatus;

use crate::{
    availability,
    prices::{machine_amount, parse},
    reading::{AvailabilityReading, OfferReading, SkuReading},
    sources::facts::Facts,
    tape::{Attr, Node},
};

/// Letters of a choice's words that are looked at.
const WORDS_BYTES_MAX: usize = 300;

/// Notes behind a value that are cut off: a price, a notice, both.
const NOTES_MAX: usize = 3;

/// Between the values of a choice that settles several options at once.
pub(super) const JOINT: &str = " / ";

/// Before a note behind a value.
const NOTE_MARKS: [&str; 8] = [" (", " [", " – ", " - ", " — ", " | ", ", ", ": "];

/// Attributes that hold the number of the choice's SKU.
const SKU_ATTRS: [Attr; 2] = [Attr::DataSku, Attr::DataProductSku];

const PRICE_ATTRS: [Attr; 4] = [Attr::DataSalePrice, Attr::DataPrice, Attr::DataPriceAmount, Attr::DataProductPrice];

/// The variant that a choice with a number stands for. `words` is what a buyer reads, `names` are the options that it settles.
pub(super) fn read(choice: Node<'_>, words: &str, names: &[&str], facts: &Facts<'_>) -> Option<SkuReading> {
    let context = facts.prices();
    let filled = |attr: Attr| choice.attr(attr).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let named = |name: &str| choice.attr_named(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let sku = SKU_ATTRS.into_iter().find_map(filled)?;
    let shown = || parse(words, &context).filter(|price| price.currency.is_some()).map(|price| price.amount);
    let amount = PRICE_ATTRS
        .into_iter()
        .find_map(filled)
        .and_then(|text| machine_amount(&text, &context))
        .or_else(shown)
        .filter(|amount| amount.is_positive());
    let full = ["data-old-price", "data-regular-price", "data-compare-at-price", "data-list-price"]
        .into_iter()
        .find_map(named)
        .and_then(|text| machine_amount(&text, &context));
    let value = value_of(choice, words, facts);
    let values: Vec<&str> = if names.len() > 1 { value.split(JOINT).collect() } else { vec![value.as_str()] };
    let options = if values.len() == names.len() {
        names.iter().zip(values).map(|(name, value)| ((*name).to_owned(), value.trim().to_owned())).collect()
    } else {
        Vec::new()
    };
    let offer = OfferReading {
        amount,
        full_amount: full.filter(|full| amount.is_some_and(|amount| *full > amount)),
        availability: Some(stock(choice, words)),
        ..OfferReading::default()
    };
    Some(SkuReading {
        sku: Some(sku),
        gtin: ["data-ean", "data-gtin", "data-barcode", "data-upc"].into_iter().find_map(named),
        options,
        selected: (choice.has_attr(Attr::Selected) || choice.has_attr(Attr::Checked)).then_some(true),
        offers: vec![offer],
        ..SkuReading::default()
    })
}

/// A choice that says nothing else can be bought.
fn stock(choice: Node<'_>, words: &str) -> AvailabilityReading {
    let quantity =
        choice.attr_raw(Attr::DataStock).and_then(|pieces| pieces.trim().parse::<i64>().ok()).filter(|pieces| *pieces >= 0);
    let said =
        availability::of_notice(words).or_else(|| choice.attr_raw(Attr::DataAvailability).and_then(availability::of_term));
    let gone = choice.has_attr(Attr::Disabled) || quantity == Some(0);
    let status = said.unwrap_or(if gone { AvailabilityStatus::OutOfStock } else { AvailabilityStatus::InStock });
    AvailabilityReading { status, quantity, text: None }
}

/// The value of a choice without the price and the notices behind it.
pub(super) fn value_of(choice: Node<'_>, words: &str, facts: &Facts<'_>) -> String {
    let words = if words.len() > WORDS_BYTES_MAX { &words[..words.floor_char_boundary(WORDS_BYTES_MAX)] } else { words };
    // Where the machine's value is what the words begin with, the rest is notes.
    let stated = choice.attr(Attr::Value).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    if let Some(stated) = stated
        .filter(|stated| words.strip_prefix(stated.as_str()).is_some_and(|rest| rest.is_empty() || is_note(rest, facts)))
    {
        return stated;
    }
    without_notes(words, facts).to_owned()
}

fn without_notes<'w>(words: &'w str, facts: &Facts<'_>) -> &'w str {
    let mut value = words.trim();
    for _ in 0..NOTES_MAX {
        let Some((at, mark)) =
            NOTE_MARKS.iter().filter_map(|mark| Some((value.rfind(mark)?, *mark))).max_by_key(|found| found.0)
        else {
            break;
        };
        if at == 0 || !is_note(&value[at + mark.len()..], facts) {
            break;
        }
        value = value[..at].trim_end();
    }
    value
}

/// Whether what stands behind a value is a price or a notice and no part of it.
fn is_note(text: &str, facts: &Facts<'_>) -> bool {
    parse(text, &facts.prices()).is_some_and(|price| price.currency.is_some()) || availability::of_notice(text).is_some()
}

#[cfg(test)]
mod tests {
    use creel_types::Country;
    use url::Url;

    use super::*;
    use crate::tape::Parser;

    #[test]
    fn values_without_their_notes() {
        let url = Url::parse("https://shop.example/p/1").unwrap();
        let mut parser = Parser::new();
        let facts = Facts::of(parser.parse("<html>"), &url, Country::US, None);
        for (words, expected) in [
            ("Black", "Black"),
            ("Black ($78.50)", "Black"),
            ("Black ($78.50) – Sold out", "Black"),
            ("Oak / Large – €8,588 (Out of stock)", "Oak / Large"),
            ("Black - matte", "Black - matte"),
            ("10 - 12 years", "10 - 12 years"),
        ] {
            assert_eq!(without_notes(words, &facts), expected, "{words}");
        }
    }
}
