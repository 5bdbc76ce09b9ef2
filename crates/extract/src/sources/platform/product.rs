//! A product in a platform's state: the object among all others that is this page's, and what its keys say. Keys are those that platforms share; none
//! is one shop's. Refuses an object that the page does not name by title, number or address.

use std::collections::BTreeSet;

use creel_types::{AvailabilityStatus, Currency};

use crate::{
    availability,
    json::Json,
    prices::machine_amount,
    reading::{AvailabilityReading, OfferReading, Reading, SkuReading},
    sources::{
        facts::{Facts, words},
        platform::{keys::*, siblings},
    },
};

/// Objects that may be products and are weighed.
const CANDIDATES_MAX: usize = 300;

/// Bytes of a product's name; more is a text.
const NAME_BYTES_MAX: usize = 400;

/// Variants of one product that are read.
const VARIANTS_MAX: usize = 500;

/// Options of one variant that are read.
const OPTIONS_MAX: usize = 5;

/// Images of one product that are read.
const IMAGES_MAX: usize = 40;

/// What an object must score to be this page's product.
const SCORE_MIN: f32 = 2.4;

/// From so many named and priced objects on, state is a list.
const LISTED_MIN: usize = 3;

/// What an object without price and variants loses.
const MENU_PENALTY: f32 = 2.0;

/// What the page is called, for telling its product from others.
pub(super) struct Page<'p> {
    pub facts: &'p Facts<'p>,
    /// The words of the names that other sources give the product.
    names: Vec<BTreeSet<String>>,
}

impl<'p> Page<'p> {
    pub fn new(facts: &'p Facts<'p>, names: &[&str]) -> Page<'p> {
        let names = names.iter().map(|name| words(name)).filter(|words| !words.is_empty()).collect();
        Page { facts, names }
    }

    /// 0 to 1.
    fn is_called(&self, name: &str) -> f32 {
        if name.len() > NAME_BYTES_MAX {
            return 0.0;
        }
        let theirs = words(name);
        if self.names.contains(&theirs) { 1.0 } else { self.facts.share_named(&theirs) }
    }
}

/// The object below `root` that is the page's product, with how sure that is.
pub(super) fn find(root: Json<'_>, page: &Page<'_>) -> Option<(f32, Reading)> {
    let mut best: Option<(Score, Json<'_>)> = None;
    let (mut products, mut weighed) = (0, 0);
    for object in root.walk().filter(|value| value.is_object() && value.weight() > 2 && is_named_and_priced(*value)) {
        products += 1;
        let Some(score) = score(object, page) else { continue };
        if best.as_ref().is_none_or(|(known, _)| score.value > known.value) {
            best = Some((score, object));
        }
        weighed += 1;
        if weighed >= CANDIDATES_MAX {
            break;
        }
    }
    let (score, object) = best.filter(|(score, _)| score.value >= SCORE_MIN)?;
    // A list of products, such as what a carousel shows, holds one with a similar name sooner or later.
    if !score.is_this_page && products >= LISTED_MIN {
        return None;
    }
    Some((score.value, reading(object, page)))
}

/// How likely an object is the page's product; `None` if it is no product.
/// How much an object looks like this page's product.
struct Score {
    value: f32,
    /// Its whole name, its number or its address is the page's.
    is_this_page: bool,
}

/// One look at the keys before anything is compared.
fn is_named_and_priced(object: Json<'_>) -> bool {
    let (mut named, mut priced) = (false, false);
    for member in object.values() {
        if let Some(names) = KEY_NAMES.get(member.raw_key()) {
            named |= *names && !member.is_null();
            priced |= !*names;
        }
    }
    named && priced
}

fn score(object: Json<'_>, page: &Page<'_>) -> Option<Score> {
    let name = NAME_KEYS.iter().find_map(|key| object.get(key).filter(|name| name.is_string()).and_then(Json::filled))?;
    let called = page.is_called(&name);
    let mut score = 3.0 * called;
    let id = first_text(object, &ID_KEYS);
    score += if id.as_deref().is_some_and(|id| page.facts.is_in_url(id)) { 1.5 } else { 0.0 };
    score += if first_text(object, &URL_KEYS).is_some_and(|url| {
        page.facts.is_this_page(&url) || url.len() > 5 && page.facts.url.path().contains(url.trim_matches('/'))
    }) {
        1.0
    } else {
        0.0
    };
    if called < 0.5 && score < 1.5 {
        return None;
    }
    let is_this_page = called > 0.99 || score > 3.0 * called;
    let (priced, varied) = (price(object, &PRICE_KEYS, page).is_some(), variants(object).is_some());
    score += if priced { 0.6 } else { 0.0 };
    score += if varied { 0.6 } else { 0.0 };
    // A step of a menu has name and address of the category that the product's address begins with, and "children".
    score -= if priced || varied || object.get("offers").is_some() { 0.0 } else { MENU_PENALTY };
    score += 0.1
        * [&IMAGE_KEYS[..], &DESCRIPTION_KEYS, &BRAND_KEYS, &SKU_KEYS]
            .iter()
            .filter(|keys| object.get_any(keys).is_some())
            .count() as f32;
    Some(Score { value: score, is_this_page })
}

fn reading(object: Json<'_>, page: &Page<'_>) -> Reading {
    let mut reading = Reading {
        title: NAME_KEYS.iter().find_map(|key| object.get(key).filter(|name| name.is_string()).and_then(Json::filled)),
        brand: BRAND_KEYS.iter().find_map(|key| label(object.get(key)?)),
        description: first_string(object, &DESCRIPTION_KEYS),
        product_id: first_text(object, &ID_KEYS).filter(|id| id.len() <= 60),
        sku: first_text(object, &SKU_KEYS),
        gtin: first_text(object, &GTIN_KEYS),
        mpn: first_text(object, &MPN_KEYS),
        images: images(object),
        offer: offer(object, page),
        ..Reading::default()
    };
    if let Some(list) = variants(object) {
        let names = option_names(object);
        let cents = in_cents(list);
        reading.skus = list
            .values()
            .filter(|variant| variant.is_object())
            .take(VARIANTS_MAX)
            .map(|variant| sku(variant, &names, cents, page))
            .collect();
        let currency = reading.offer.currency;
        for offer in reading.skus.iter_mut().flat_map(|sku| &mut sku.offers) {
            offer.currency = offer.currency.or(currency);
        }
        if cents || reading.offer.amount.is_none() {
            let first = reading
                .skus
                .iter()
                .find(|sku| sku.selected == Some(true))
                .or(reading.skus.first())
                .and_then(|sku| sku.offers.first())
                .cloned();
            if let Some(first) = first {
                reading.offer.amount = first.amount;
                reading.offer.full_amount = first.full_amount;
                reading.offer.availability = reading.offer.availability.take().or_else(|| any_availability(&reading.skus));
            }
        }
        reading.options = options(&names, &reading.skus);
        // A list of things that vary in nothing is no list of variants.
        if reading.skus.iter().all(|sku| sku.sku.is_none() && sku.gtin.is_none() && sku.options.is_empty()) {
            reading.skus.clear();
        }
    }
    if reading.skus.is_empty() {
        siblings::fill(object, &mut reading);
    }
    reading
}

/// A member of a list that can be nothing but a variant: it has a number of its own and a price.
pub(super) fn variant(object: Json<'_>, page: &Page<'_>) -> Option<SkuReading> {
    let is_variant = object.is_object() && object.get_any(&SKU_KEYS).is_some() && object.get_any(&PRICE_KEYS).is_some();
    is_variant.then(|| sku(object, &[], false, page)).filter(|sku| sku.sku.is_some())
}

fn any_availability(skus: &[SkuReading]) -> Option<AvailabilityReading> {
    let all = || skus.iter().flat_map(|sku| &sku.offers).filter_map(|offer| offer.availability.as_ref());
    all().find(|said| said.status.in_stock()).or_else(|| all().next()).cloned()
}

/// Members of a list of variants: objects with a number, a price or an option each.
fn variants(object: Json<'_>) -> Option<Json<'_>> {
    VARIANT_KEYS.iter().filter_map(|key| object.get(key)).find(|list| {
        list.is_array()
            && list.values().next().is_some_and(|first| {
                first.is_object()
                    && (first.get_any(&SKU_KEYS).is_some() || first.get("option1").is_some())
                    && (first.get_any(&PRICE_KEYS).is_some()
                        || first.get("available").is_some()
                        || first.get_any(&["size", "color", "inStock", "stock", "availability"]).is_some())
            })
    })
}

/// Shopify's product object gives whole cents where its feed gives decimals: told by whole numbers beside `compare_at_price` or `inventory_management`.
fn in_cents(list: Json<'_>) -> bool {
    let shopify = |variant: Json<'_>| {
        variant.get("option1").is_some()
            || variant.get("compare_at_price").is_some()
            || variant.get("public_title").is_some()
    };
    list.values().next().is_some_and(shopify)
        && list
            .values()
            .all(|variant| variant.get("price").is_none_or(|price| price.is_number() && !price.raw().contains('.')))
}

fn sku(variant: Json<'_>, names: &[String], cents: bool, page: &Page<'_>) -> SkuReading {
    let mut offer = offer(variant, page);
    if cents {
        offer.amount = offer.amount.and_then(hundredth);
        offer.full_amount = offer.full_amount.and_then(hundredth);
    }
    let id = first_text(variant, &["id", "variantId", "variant_id"]);
    let chosen = id.as_deref().is_some_and(|id| {
        page.facts.url.query_pairs().any(|(name, value)| name.contains("varia") && value == id)
            || page.facts.url.fragment().is_some_and(|fragment| fragment.contains(id) && id.len() > 4)
    });
    SkuReading {
        sku: first_text(variant, &SKU_KEYS),
        gtin: first_text(variant, &GTIN_KEYS),
        mpn: first_text(variant, &MPN_KEYS),
        options: variant_options(variant, names),
        image: images(variant).into_iter().next(),
        url: first_string(variant, &["url", "link", "canonicalUrl", "href"]),
        selected: chosen.then_some(true),
        offers: vec![offer],
    }
}

fn hundredth(amount: creel_types::Amount) -> Option<creel_types::Amount> {
    creel_types::Amount::new(amount.decimal() / rust_decimal::Decimal::ONE_HUNDRED)
}

/// Names of a product's options: `["Size"]` or `[{"name": "Size"}]`.
fn option_names(object: Json<'_>) -> Vec<String> {
    object.get("options").into_iter().flat_map(Json::values).filter_map(label).take(5).collect()
}

fn variant_options(variant: Json<'_>, names: &[String]) -> Vec<(String, String)> {
    let mut options = Vec::new();
    for (at, key) in ["option1", "option2", "option3"].iter().enumerate() {
        let value = variant.get(key).and_then(Json::filled).filter(|value| value != "Default Title");
        if let (Some(name), Some(value)) = (names.get(at).cloned().or_else(|| Some(format!("Option {}", at + 1))), value) {
            options.push((name, value));
        }
    }
    if options.is_empty() {
        for (key, name) in [
            ("color", "Color"),
            ("colour", "Color"),
            ("colorName", "Color"),
            ("size", "Size"),
            ("sizeName", "Size"),
            ("material", "Material"),
            ("flavor", "Flavor"),
            ("flavour", "Flavor"),
        ] {
            let value = variant.get(key).and_then(label);
            if let Some(value) = value.filter(|_| !options.iter().any(|(known, _)| known == name)) {
                options.push((name.to_owned(), value));
            }
        }
    }
    if options.is_empty() {
        // `{"attributes": {"Color": "Red"}}`
        let maps = ["attributes", "options", "optionValues"].iter().filter_map(|key| variant.get(key));
        let values = maps.filter(|map| map.is_object()).take(1).flat_map(Json::values).filter(|value| value.is_string());
        let pairs = values.take(OPTIONS_MAX).filter_map(|value| Some((value.key().into_owned(), value.filled()?)));
        options.extend(pairs.filter(|(name, _)| name.chars().any(char::is_alphabetic)));
    }
    options
}

pub(super) fn options(names: &[String], skus: &[SkuReading]) -> Vec<(String, Vec<String>)> {
    let mut axes: Vec<(String, Vec<String>)> = names.iter().map(|name| (name.clone(), Vec::new())).collect();
    for (name, value) in skus.iter().flat_map(|sku| &sku.options) {
        let at = axes.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            axes.push((name.clone(), Vec::new()));
            axes.len() - 1
        });
        if !axes[at].1.contains(value) {
            axes[at].1.push(value.clone());
        }
    }
    axes.retain(|(_, values)| !values.is_empty());
    axes
}

fn offer(object: Json<'_>, page: &Page<'_>) -> OfferReading {
    let amount = price(object, &PRICE_KEYS, page);
    let inside = PRICE_KEYS.iter().filter_map(|key| object.get(key)).find(|value| value.is_object());
    let full = price(object, &FULL_KEYS, page).or_else(|| price(inside?, &FULL_KEYS, page));
    let currency =
        first_string(object, &CURRENCY_KEYS).or_else(|| inside.and_then(|inside| first_string(inside, &CURRENCY_KEYS)));
    OfferReading {
        amount,
        full_amount: full.filter(|full| amount.is_none_or(|amount| *full > amount)),
        currency: currency.and_then(|code| Currency::parse(&code)),
        availability: stock(object),
        ..OfferReading::default()
    }
}

/// The amount under the first of `keys`; an object there holds it under another such key or one for amounts.
fn price(object: Json<'_>, keys: &[&str], page: &Page<'_>) -> Option<creel_types::Amount> {
    let context = page.facts.prices();
    let plain = |value: Json<'_>| {
        value.text().and_then(|text| machine_amount(&text, &context)).filter(|amount| amount.is_positive())
    };
    keys.iter().filter_map(|key| object.get(key)).find_map(|value| {
        if !value.is_object() {
            return plain(value);
        }
        let amounts = [
            "special",
            "current",
            "sale",
            "final",
            "now",
            "selling",
            "value",
            "amount",
            "price",
            "raw",
            "centAmount",
            "min",
            "low",
            "formatted",
            "display",
            "gross",
            "withTax",
            "with_tax",
            "regular",
        ];
        let nested = || keys.iter().chain(&amounts).filter_map(|key| value.get(key));
        nested().find_map(|inner| {
            if inner.is_object() { amounts.iter().filter_map(|key| inner.get(key)).find_map(plain) } else { plain(inner) }
        })
    })
}

fn stock(object: Json<'_>) -> Option<AvailabilityReading> {
    let yes_no = [
        "inStock",
        "in_stock",
        "isInStock",
        "is_in_stock",
        "instock",
        "available",
        "isAvailable",
        "purchasable",
        "isBuyable",
        "availableForSale",
        "isSellable",
        "orderable",
        "soldOut",
        "sold_out",
        "isSoldOut",
        "outOfStock",
        "isOutOfStock",
    ];
    let quantity = [
        "quantity",
        "stockLevel",
        "stock_quantity",
        "inventory_quantity",
        "stockQuantity",
        "availableQuantity",
        "qty",
        "availableStock",
        "inventoryQuantity",
    ]
    .iter()
    .find_map(|key| object.get(key)?.filled()?.parse::<f64>().ok())
    .filter(|quantity| (0.0..1e7).contains(quantity))
    .map(|quantity| quantity as i64);
    let said = yes_no.iter().find_map(|key| {
        let value = object.get(key)?.as_bool()?;
        let means_gone = key.to_ascii_lowercase().contains("out");
        Some(if value != means_gone { AvailabilityStatus::InStock } else { AvailabilityStatus::OutOfStock })
    });
    let term = || {
        ["availability", "stockStatus", "stock_status", "availabilityStatus", "inventoryStatus", "stock", "status"]
            .iter()
            .find_map(|key| {
                let value = object.get(key)?;
                let text = if value.is_object() {
                    first_string(value, &["status", "code", "availabilityStatus", "label"])?
                } else {
                    value.text().filter(|_| value.is_string())?.into_owned()
                };
                availability::of_term(&text).or_else(|| availability::of_notice(&text))
            })
    };
    let nested = || object.get("inventory").filter(|inner| inner.is_object()).and_then(stock).map(|inner| inner.status);
    let status = said.or_else(term).or_else(nested)?;
    Some(AvailabilityReading { status, quantity, text: None })
}

fn images(object: Json<'_>) -> Vec<String> {
    let mut images: Vec<String> = Vec::new();
    for key in IMAGE_KEYS {
        for value in object.get(key).into_iter().flat_map(Json::each).take(IMAGES_MAX) {
            let address = if value.is_object() {
                first_string(value, &["full_src", "src", "url", "large", "zoom", "original", "href", "imageUrl", "source"])
            } else {
                value.text().filter(|_| value.is_string()).map(|text| text.into_owned())
            };
            images.extend(
                address.filter(|address| address.contains('/') && address.contains('.') || address.starts_with("//")),
            );
        }
        if !images.is_empty() {
            break;
        }
    }
    images
}

/// A name: the value itself, or that of an object's name.
fn label(value: Json<'_>) -> Option<String> {
    if value.is_object() {
        first_string(value, &["name", "label", "title", "value", "displayName"])
    } else {
        value.filled().filter(|_| value.is_string())
    }
}

/// The first of `keys` that has a string or a number.
fn first_text(object: Json<'_>, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| object.get(key).and_then(Json::filled)).filter(|text| text.len() <= 500)
}

fn first_string(object: Json<'_>, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| object.get(key).filter(|value| value.is_string()).and_then(Json::filled))
}
