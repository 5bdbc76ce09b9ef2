//! Variants of a ProductGroup (`hasVariant`, `variesBy`) and of products that list models. Owns which properties are options.

use crate::{
    reading::{Reading, SkuReading},
    sources::{
        facts::Facts,
        items::ItemRef,
        schema_org::{self, offers},
    },
};

/// Variants of one product that are read.
const VARIANTS_MAX: usize = 500;

/// Properties that options are made of where `variesBy` does not say.
const OPTION_KEYS: [&str; 6] = ["color", "size", "material", "pattern", "suggestedAge", "suggestedGender"];

/// Fills in the variants that a product names.
pub(super) fn fill(product: ItemRef<'_>, facts: &Facts<'_>, reading: &mut Reading) {
    let varies: Vec<&str> = product.texts("variesBy").map(schema_org::term).collect();
    let variants: Vec<ItemRef<'_>> = product
        .items("hasVariant")
        .chain(product.items("model").filter(|model| model.has("offers")))
        .take(VARIANTS_MAX)
        .collect();
    if variants.is_empty() {
        return;
    }
    let skus: Vec<SkuReading> = variants.iter().map(|variant| sku_reading(*variant, &varies, facts)).collect();
    for sku in &skus {
        for (name, value) in &sku.options {
            let at = reading.options.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
                reading.options.push((name.clone(), Vec::new()));
                reading.options.len() - 1
            });
            if !reading.options[at].1.contains(value) {
                reading.options[at].1.push(value.clone());
            }
        }
    }
    if reading.images.is_empty() {
        reading.images = skus.iter().filter_map(|sku| sku.image.clone()).collect();
    }
    reading.skus = skus;
}

fn sku_reading(variant: ItemRef<'_>, varies: &[&str], facts: &Facts<'_>) -> SkuReading {
    let mut inner = Reading::default();
    offers::fill(variant, facts, &mut inner);
    SkuReading {
        sku: variant.text("sku").map(schema_org::without_prefix).or(inner.sku),
        gtin: schema_org::gtin(variant).or(inner.gtin),
        mpn: variant.text("mpn").map(schema_org::without_prefix).or(inner.mpn),
        options: options_of(variant, varies),
        image: variant.text("image").map(str::to_owned),
        url: variant
            .text("url")
            .or_else(|| variant.items("offers").find_map(|offer| offer.text("url")))
            .or(variant.id())
            .map(str::to_owned),
        selected: None,
        offers: vec![inner.offer],
    }
}

/// The options of a variant: what the group varies by, else the usual properties.
pub(super) fn options_of(variant: ItemRef<'_>, varies: &[&str]) -> Vec<(String, String)> {
    let usable = |value: &&str| !value.is_empty() && !value.starts_with("http");
    let mut options: Vec<(String, String)> = Vec::new();
    let keys: Vec<&'static str> = if varies.is_empty() {
        OPTION_KEYS.to_vec()
    } else {
        OPTION_KEYS.into_iter().filter(|key| varies.iter().any(|name| name.eq_ignore_ascii_case(key))).collect()
    };
    for key in keys {
        if let Some(value) = variant.texts(key).find(usable) {
            options.push((capitalized(key), value.to_owned()));
        }
    }
    for property in variant.items("additionalProperty") {
        if let (Some(name), Some(value)) = (property.text("name"), property.text("value"))
            && varies.iter().any(|varied| varied.eq_ignore_ascii_case(name))
        {
            options.push((name.to_owned(), value.to_owned()));
        }
    }
    options
}

fn capitalized(key: &str) -> String {
    let mut letters = key.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
