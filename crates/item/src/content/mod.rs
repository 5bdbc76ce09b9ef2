//! The rest of an item: plain text, language, brand, sizes, unit prices, pictures, signals and whether a person should look.

pub mod brand;
mod casing;
mod judge;
pub mod language;
mod markup;
pub mod media;
mod noise;
pub mod plain;
pub mod sizes;
pub mod title;
pub mod unit_price;

use creel_types::{Attribute, Category, EnglishReason, Identifiers, ItemContent, Product, Review, ReviewReason, SkuOffers};

use crate::Reading;
pub use judge::judge;

/// Everything but category and attributes, which help here.
#[must_use]
pub fn describe(reading: &Reading<'_>, category: Option<&Category>, _attributes: &[Attribute]) -> ItemContent {
    let product = reading.product;
    let brand = brand::find(reading);
    let title = title::of(reading, brand.as_ref().map(|brand| brand.name.as_str()));
    let description = reading.whole_description();
    let sizes = sizes::find(reading, category);
    let mut item = ItemContent {
        language: reading.language.map(str::to_owned),
        brand,
        unit_prices: unit_price::of(reading, category),
        media: media::of(reading),
        offers: offers(product),
        identifiers: identifiers(product),
        min_price: product.min_price,
        max_price: product.max_price,
        currency: product.currency,
        available: product.available,
        review: Review {
            reasons: if sizes.unread > 0 { vec![ReviewReason::UnreadSizes] } else { vec![] },
            ..Review::default()
        },
        sizes: sizes.sizes,
        title,
        description,
        ..ItemContent::default()
    };
    in_english(&mut item);
    item
}

/// English texts are the page's own where it is English; a model may fill them elsewhere.
fn in_english(item: &mut ItemContent) {
    match item.language.as_deref() {
        Some("en") => {
            item.title_en = Some(item.title.clone());
            item.description_en = item.description.clone();
        }
        Some(_) => item.english = Some(EnglishReason::NoModel),
        None => item.english = Some(EnglishReason::UnknownLanguage),
    }
}

fn offers(product: &Product) -> Vec<SkuOffers> {
    let sku = |sku: &creel_types::Sku| SkuOffers {
        sku_id: sku.id,
        sku: sku.sku.clone(),
        options: sku.options.clone(),
        offers: sku.offers.clone(),
    };
    product.skus.iter().map(sku).collect()
}

/// Identifiers of the SKUs, each once; an MPN without a GTIN counts too.
fn identifiers(product: &Product) -> Vec<Identifiers> {
    let mut all: Vec<Identifiers> = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    for one in product.skus.iter().map(|sku| &sku.identifiers).filter(|one| one.gtin.is_some() || one.mpn.is_some()) {
        if seen.insert((&one.gtin, &one.mpn)) {
            all.push(one.clone());
        }
    }
    all
}
