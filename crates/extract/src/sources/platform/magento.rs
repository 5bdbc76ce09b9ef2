//! Magento: the configuration of a product with options (`jsonConfig`, `spConfig`): attributes, their values, and a price for each combination.

use creel_types::AvailabilityStatus;

use crate::{
    json::Json,
    prices::machine_amount,
    reading::{AvailabilityReading, OfferReading, Reading, SkuReading},
    sources::platform::product::Page,
};

/// Combinations of one product that are read.
const COMBINATIONS_MAX: usize = 500;

/// Magento's state is always the page's product, so it beats an object that a list may hold.
const SCORE: f32 = 3.2;

pub(super) fn find(root: Json<'_>, page: &Page<'_>) -> Option<(f32, Reading)> {
    let config = root.walk().filter(|value| value.is_object()).find(|value| {
        value.get("attributes").is_some_and(Json::is_object) && value.get_any(&["optionPrices", "prices"]).is_some()
    })?;
    let context = page.facts.prices();
    let mut options: Vec<(String, Vec<String>)> = Vec::new();
    // Which product has which value of which attribute.
    let mut values: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for attribute in config.get("attributes")?.values() {
        let Some(name) = attribute.get_any(&["label", "code"]).and_then(Json::filled) else { continue };
        let mut labels = Vec::new();
        for option in attribute.get("options").into_iter().flat_map(Json::values) {
            let Some(label) = option.get("label").and_then(Json::filled) else { continue };
            for product in option.get("products").into_iter().flat_map(Json::values).filter_map(Json::filled) {
                let at = values.iter().position(|(known, _)| *known == product).unwrap_or_else(|| {
                    if values.len() < COMBINATIONS_MAX {
                        values.push((product.clone(), Vec::new()));
                    }
                    values.len() - 1
                });
                if values[at].0 == product {
                    values[at].1.push((name.clone(), label.clone()));
                }
            }
            labels.push(label);
        }
        options.push((name, labels));
    }
    let amount = |value: Option<Json<'_>>| {
        value.and_then(|value| value.get("amount")).and_then(Json::text).and_then(|text| machine_amount(&text, &context))
    };
    let skus = values.into_iter().map(|(product, options)| {
        let prices = config.get("optionPrices").and_then(|prices| prices.get(&product));
        let price = prices.and_then(|prices| amount(prices.get("finalPrice")));
        let full =
            prices.and_then(|prices| amount(prices.get("oldPrice"))).filter(|full| price.is_some_and(|price| *full > price));
        let number = config.get_any(&["skus", "sku"]).and_then(|skus| skus.get(&product)).and_then(Json::filled);
        let availability = stock(config, &product);
        SkuReading {
            sku: number.or(Some(product)),
            options,
            offers: vec![OfferReading { amount: price, full_amount: full, availability, ..OfferReading::default() }],
            ..SkuReading::default()
        }
    });
    let skus: Vec<SkuReading> = skus.collect();
    let whole = config.get("prices");
    let price = whole.and_then(|prices| amount(prices.get("finalPrice")));
    let offer = OfferReading {
        amount: price,
        full_amount: whole
            .and_then(|prices| amount(prices.get("oldPrice")))
            .filter(|full| price.is_some_and(|price| *full > price)),
        ..OfferReading::default()
    };
    let product_id = config.get("productId").and_then(Json::filled);
    (!skus.is_empty() || price.is_some())
        .then(|| (SCORE, Reading { product_id, options, skus, offer, ..Reading::default() }))
}

/// What stock extensions add to the configuration: whether each product of it is in stock.
fn stock(config: Json<'_>, product: &str) -> Option<AvailabilityReading> {
    let said = config.get_any(&["stock", "stockStatus", "inventory"])?.get(product)?;
    let flags = ["is_in_stock", "isInStock", "in_stock", "is_salable"];
    let in_stock = said.as_bool().or_else(|| said.get_any(&flags).and_then(Json::as_bool))?;
    let status = if in_stock { AvailabilityStatus::InStock } else { AvailabilityStatus::OutOfStock };
    Some(AvailabilityReading { status, quantity: None, text: None })
}
