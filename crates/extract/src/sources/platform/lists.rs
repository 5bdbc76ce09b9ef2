//! A bare list of variants in a script (`var variants = [{sku, price, …}, …]`): it names no product, so it is this page's only if its numbers stand
//! in the page's address or its options are the choices that the page offers.

use rustc_hash::FxHashSet;

use crate::{
    json::Json,
    reading::Reading,
    sources::platform::product::{self, Page},
    tape::{Document, Tag},
};

/// Variants of one list that are read.
const VARIANTS_MAX: usize = 500;

/// Choices of the page that are compared with.
const CHOICES_MAX: usize = 1_000;

/// Letters and digits of a number that its variants share with the address.
const SHARED_MIN: usize = 4;

/// Below an object that names this page's product.
const SCORE: f32 = 2.5;

pub(super) fn find(document: Document<'_>, root: Json<'_>, page: &Page<'_>) -> Option<(f32, Reading)> {
    if !root.is_array() {
        return None;
    }
    let skus: Vec<_> =
        root.values().take(VARIANTS_MAX).map(|variant| product::variant(variant, page)).collect::<Option<_>>()?;
    let numbers: FxHashSet<&str> = skus.iter().filter_map(|sku| sku.sku.as_deref()).collect();
    let priced = skus.iter().any(|sku| sku.offers.iter().any(|offer| offer.amount.is_some()));
    if skus.is_empty() || !priced || numbers.len() != skus.len() {
        return None;
    }
    let shared = shared_start(&numbers);
    let by_address = shared.len() >= SHARED_MIN
        && shared.bytes().any(|byte| byte.is_ascii_digit())
        && page.facts.url.path().to_lowercase().contains(&shared.to_lowercase());
    let choices: FxHashSet<String> = document.elements(Tag::Option).take(CHOICES_MAX).map(|option| option.text()).collect();
    let by_choices =
        || skus.iter().all(|sku| !sku.options.is_empty() && sku.options.iter().all(|(_, value)| choices.contains(value)));
    if !(by_address || by_choices()) {
        return None;
    }
    let options = product::options(&[], &skus);
    Some((SCORE, Reading { options, skus, ..Reading::default() }))
}

/// What all numbers begin with, without a separator and what may follow it.
fn shared_start<'n>(numbers: &FxHashSet<&'n str>) -> &'n str {
    let mut numbers = numbers.iter();
    let Some(first) = numbers.next() else { return "" };
    let mut end = first.len();
    for other in numbers {
        end = first.bytes().zip(other.bytes()).take(end).take_while(|(one, two)| one == two).count();
    }
    let shared = first.get(..end).unwrap_or_default();
    shared.rfind(['-', '_', '.', '/']).map_or(shared, |at| &shared[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_numbers_share() {
        for (numbers, expected) in [
            (vec!["OG1054-01", "OG1054-02"], "OG1054"),
            (vec!["A1", "B2"], ""),
            (vec!["7781S", "7781M"], "7781"),
            (vec![], ""),
        ] {
            assert_eq!(shared_start(&numbers.into_iter().collect()), expected);
        }
    }
}
