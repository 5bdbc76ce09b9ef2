//! WooCommerce: the variations of a product, as JSON on its form (`data-product_variations`).

use creel_types::AvailabilityStatus;

use crate::{
    json::{self, Json},
    prices::machine_amount,
    reading::{AvailabilityReading, OfferReading, Reading, SkuReading},
    sources::facts::Facts,
    tape::{Attr, Document},
};

/// Variations of one product that are read.
const VARIATIONS_MAX: usize = 500;

pub(super) fn read(document: Document<'_>, facts: &Facts<'_>) -> Option<Reading> {
    let form = document.with_attr(Attr::DataProductVariations).next()?;
    let value = form.attr(Attr::DataProductVariations)?;
    let parsed = json::parse(&value)?;
    let skus: Vec<SkuReading> = parsed
        .root()
        .values()
        .filter(|value| value.is_object())
        .take(VARIATIONS_MAX)
        .map(|variation| sku(variation, facts))
        .collect();
    let product_id = form.attr_named("data-product_id").map(|id| id.into_owned());
    (!skus.is_empty()).then(|| {
        let mut options: Vec<(String, Vec<String>)> = Vec::new();
        for (name, value) in skus.iter().flat_map(|sku| &sku.options) {
            match options.iter().position(|(known, _)| known == name) {
                Some(at) if !options[at].1.contains(value) => options[at].1.push(value.clone()),
                None => options.push((name.clone(), vec![value.clone()])),
                _ => {}
            }
        }
        Reading { product_id, skus, options, ..Reading::default() }
    })
}

fn sku(variation: Json<'_>, facts: &Facts<'_>) -> SkuReading {
    let context = facts.prices();
    let amount = |key: &str| variation.get(key).and_then(Json::text).and_then(|text| machine_amount(&text, &context));
    let price = amount("display_price");
    let options = variation.get("attributes").into_iter().flat_map(Json::values).filter_map(|attribute| {
        let value = attribute.filled()?;
        Some((option_name(&attribute.key()), value))
    });
    let status = variation
        .get("is_in_stock")
        .and_then(Json::as_bool)
        .map(|yes| if yes { AvailabilityStatus::InStock } else { AvailabilityStatus::OutOfStock });
    let image = variation.get("image").and_then(|image| image.get_any(&["full_src", "src", "url"])).and_then(Json::filled);
    SkuReading {
        sku: variation.get("sku").and_then(Json::filled),
        gtin: variation.get_any(&["global_unique_id", "gtin", "ean"]).and_then(Json::filled),
        options: options.collect(),
        image,
        offers: vec![OfferReading {
            amount: price,
            full_amount: amount("display_regular_price").filter(|full| price.is_some_and(|price| *full > price)),
            availability: status.map(|status| AvailabilityReading { status, quantity: None, text: None }),
            ..OfferReading::default()
        }],
        ..SkuReading::default()
    }
}

/// `attribute_pa_frame-color` is "Frame color".
fn option_name(key: &str) -> String {
    let bare = key.trim_start_matches("attribute_").trim_start_matches("pa_").replace(['-', '_'], " ");
    let mut letters = bare.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
