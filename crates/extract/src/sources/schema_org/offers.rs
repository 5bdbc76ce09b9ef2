//! Offers of schema.org: one, many, aggregated, with price specifications. Owns what each price of an offer is for.

use creel_types::{Amount, Condition, Currency, UnitPrice};

use crate::{
    availability,
    prices::{PriceContext, machine_amount, parse},
    reading::{AvailabilityReading, OfferReading, Reading, SkuReading},
    sources::{facts::Facts, items::ItemRef, schema_org},
};

/// Offers of one product that are read.
const OFFERS_MAX: usize = 500;

/// Fills in the offers of a product: those that name a variant become SKUs, the others the product's own offer.
pub(super) fn fill(product: ItemRef<'_>, facts: &Facts<'_>, reading: &mut Reading) {
    let mut offers = Vec::new();
    let mut ranges = Vec::new();
    for key in ["offers", "offer", "offerDetails"] {
        for item in product.items(key) {
            collect(item, &mut offers, &mut ranges, 0);
        }
    }
    let parsed: Vec<(ItemRef<'_>, OfferReading)> = offers
        .iter()
        .take(OFFERS_MAX)
        .filter(|item| !is_bulk(**item))
        .map(|item| (*item, offer_reading(*item, facts)))
        .collect();
    let named = parsed.iter().filter(|(item, _)| variant_key(*item).is_some()).count();
    if parsed.len() > 1 && named == parsed.len() && differ(&parsed) {
        reading.skus = parsed.iter().map(|(item, offer)| sku_of_offer(*item, offer.clone())).collect();
    }
    if let Some(first) = main_offer(&parsed, facts) {
        reading.offer = first.clone();
        if let [(item, _)] = parsed.as_slice() {
            reading.sku = reading.sku.take().or_else(|| item.text("sku").map(schema_org::without_prefix));
            reading.gtin = reading.gtin.take().or_else(|| schema_org::gtin(*item));
            reading.mpn = reading.mpn.take().or_else(|| item.text("mpn").map(schema_org::without_prefix));
        }
    }
    for range in ranges {
        merge_range(&mut reading.offer, offer_reading(range, facts));
    }
    // A price that stands at the product itself, as much microdata has it.
    if reading.offer.amount.is_none() && reading.offer.low_amount.is_none() && product.has("price") {
        merge_range(&mut reading.offer, offer_reading(product, facts));
    }
    if reading.offer.amount.is_none() {
        reading.offer.amount = reading.offer.low_amount;
    }
}

/// Sorts an item under `offers` into single offers and ranges; an aggregate may hold single ones.
fn collect<'i>(item: ItemRef<'i>, offers: &mut Vec<ItemRef<'i>>, ranges: &mut Vec<ItemRef<'i>>, depth: usize) {
    let nested: Vec<ItemRef<'i>> = item.items("offers").collect();
    if depth < 3 && !nested.is_empty() {
        nested.into_iter().for_each(|item| collect(item, offers, ranges, depth + 1));
        ranges.push(item);
    } else if item.is("AggregateOffer") || item.is("Offer-aggregate") {
        ranges.push(item);
    } else if offers.len() < OFFERS_MAX {
        offers.push(item);
    }
}

fn merge_range(offer: &mut OfferReading, range: OfferReading) {
    offer.low_amount = offer.low_amount.or(range.low_amount);
    offer.high_amount = offer.high_amount.or(range.high_amount);
    offer.amount = offer.amount.or(range.amount);
    offer.full_amount = offer.full_amount.or(range.full_amount);
    offer.currency = offer.currency.or(range.currency);
    offer.availability = offer.availability.take().or(range.availability);
    offer.condition = offer.condition.or(range.condition);
    offer.seller = offer.seller.take().or(range.seller);
}

/// A price for a dozen is not the price.
fn is_bulk(offer: ItemRef<'_>) -> bool {
    offer.items("eligibleQuantity").any(|quantity| {
        let least =
            quantity.text("minValue").or_else(|| quantity.text("value")).and_then(|text| text.trim().parse::<f64>().ok());
        least.is_some_and(|least| least > 1.0)
    })
}

/// What tells an offer's variant apart.
fn variant_key<'i>(offer: ItemRef<'i>) -> Option<&'i str> {
    ["sku", "gtin13", "gtin", "gtin12", "gtin14", "mpn"].into_iter().find_map(|key| offer.text(key)).or_else(|| {
        let goods = offer.items("itemOffered").next()?;
        ["sku", "gtin13", "gtin", "mpn", "name"].into_iter().find_map(|key| goods.text(key))
    })
}

fn differ(offers: &[(ItemRef<'_>, OfferReading)]) -> bool {
    let first = offers.first().and_then(|(item, _)| variant_key(*item));
    offers.iter().skip(1).any(|(item, _)| variant_key(*item) != first)
}

fn sku_of_offer(offer: ItemRef<'_>, reading: OfferReading) -> SkuReading {
    let goods = offer.items("itemOffered").next().unwrap_or(offer);
    let text = |key: &'static str| offer.text(key).or_else(|| goods.text(key)).map(schema_org::without_prefix);
    SkuReading {
        sku: text("sku"),
        gtin: schema_org::gtin(offer).or_else(|| schema_org::gtin(goods)),
        mpn: text("mpn"),
        options: super::variants::options_of(goods, &[]),
        image: offer.text("image").or_else(|| goods.text("image")).map(str::to_owned),
        url: offer.text("url").or_else(|| goods.text("url")).map(str::to_owned),
        selected: None,
        offers: vec![reading],
    }
}

/// The offer that the page's address names, else the first that has a price, those in stock first.
fn main_offer<'o>(offers: &'o [(ItemRef<'_>, OfferReading)], facts: &Facts<'_>) -> Option<&'o OfferReading> {
    let by_url = offers.iter().find(|(item, _)| {
        offers.len() > 1 && item.text("url").is_some_and(|url| facts.base.join(url).is_ok_and(|url| url == *facts.url))
    });
    let priced = || {
        offers
            .iter()
            .find(|(_, offer)| offer.amount.is_some() && offer.availability.as_ref().is_none_or(|a| a.status.in_stock()))
    };
    by_url
        .or_else(priced)
        .or_else(|| offers.iter().find(|(_, offer)| offer.amount.is_some()))
        .or(offers.first())
        .map(|(_, offer)| offer)
}

/// One offer's own statements.
pub(super) fn offer_reading(offer: ItemRef<'_>, facts: &Facts<'_>) -> OfferReading {
    let mut reading = OfferReading { currency: currency(offer), ..OfferReading::default() };
    let context = facts.prices().with_currency(reading.currency);
    let amount = |item: ItemRef<'_>, key: &'static str| item.texts(key).find_map(|text| machine_amount(text, &context));
    reading.amount = amount(offer, "price");
    reading.low_amount = amount(offer, "lowPrice");
    reading.high_amount = amount(offer, "highPrice");
    if reading.currency.is_none() {
        // "€ 12,50" in the place of a number.
        reading.currency =
            offer.text("price").and_then(|text| parse(text, &context)).and_then(|price| price.currency).map(|found| found.0);
    }
    for specification in offer.items("priceSpecification") {
        specify(specification, &context, &mut reading);
    }
    reading.availability = ["availability", "inventoryStatus"].into_iter().find_map(|key| {
        let stated = offer.text(key)?;
        let status = availability::of_term(stated).or_else(|| availability::of_notice(stated))?;
        Some(AvailabilityReading { status, quantity: quantity(offer), text: None })
    });
    reading.condition = offer.text("itemCondition").and_then(condition);
    reading.seller = offer
        .items("seller")
        .chain(offer.items("offeredBy"))
        .find_map(|seller| seller.text("name"))
        .or_else(|| offer.text("seller").filter(|text| !text.starts_with("http")))
        .map(str::to_owned);
    reading.full_amount = reading.full_amount.filter(|full| reading.amount.is_none_or(|amount| *full > amount));
    reading
}

fn currency(offer: ItemRef<'_>) -> Option<Currency> {
    let stated = offer.text("priceCurrency").or_else(|| offer.text("currency"));
    let specified = || offer.items("priceSpecification").find_map(|item| item.text("priceCurrency"));
    stated
        .or_else(specified)
        .and_then(|text| Currency::parse(text).or_else(|| crate::prices::currency_of(text, None, None).map(|found| found.0)))
}

fn quantity(offer: ItemRef<'_>) -> Option<i64> {
    let level =
        offer.items("inventoryLevel").find_map(|level| level.text("value")).or_else(|| offer.text("inventoryLevel"))?;
    level.trim().parse::<f64>().ok().filter(|level| *level >= 0.0 && *level < 1e9).map(|level| level as i64)
}

/// Takes a price specification in: the selling price, a struck-out one, or a price per unit.
fn specify(item: ItemRef<'_>, context: &PriceContext, reading: &mut OfferReading) {
    for nested in item.items("priceComponent") {
        specify(nested, context, reading);
    }
    let Some(amount) = item.texts("price").find_map(|text| machine_amount(text, context)) else {
        let bound = |key: &'static str| item.texts(key).find_map(|text| machine_amount(text, context));
        reading.low_amount = reading.low_amount.or_else(|| bound("minPrice"));
        reading.high_amount = reading.high_amount.or_else(|| bound("maxPrice"));
        return;
    };
    // Members' prices need a membership.
    if item.has("validForMemberTier") || is_bulk(item) {
        return;
    }
    match item.text("priceType").map(schema_org::term) {
        Some("ListPrice" | "StrikethroughPrice" | "MSRP" | "SRP" | "RegularPrice" | "RRP" | "MinimumAdvertisedPrice") => {
            reading.full_amount = reading.full_amount.or(Some(amount));
        }
        Some("InvoicePrice") => {}
        _ => match unit_price(item, amount, context) {
            Some(unit) => reading.unit_price = reading.unit_price.take().or(Some(unit)),
            None => reading.amount = reading.amount.or(Some(amount)),
        },
    }
    reading.tax_included = reading.tax_included.or_else(|| {
        item.text("valueAddedTaxIncluded").map(|text| text.eq_ignore_ascii_case("true") || text.ends_with("True"))
    });
}

/// A specification that refers to a quantity states a price per unit.
fn unit_price(item: ItemRef<'_>, amount: Amount, context: &PriceContext) -> Option<UnitPrice> {
    let reference = item.items("referenceQuantity").next()?;
    let unit = reference.text("unitText").or_else(|| reference.text("unitCode")).unwrap_or("unit");
    let quantity = reference
        .text("value")
        .and_then(|text| machine_amount(text, context))
        .or_else(|| Amount::new(rust_decimal::Decimal::ONE))?;
    let unit = match unit {
        "KGM" => "kg",
        "GRM" => "g",
        "LTR" => "l",
        "MLT" => "ml",
        "MTR" => "m",
        "MTK" => "m2",
        other => other,
    };
    Some(UnitPrice { amount, quantity, unit: unit.to_owned() })
}

fn condition(text: &str) -> Option<Condition> {
    Some(match schema_org::term(text).to_ascii_lowercase().as_str() {
        "newcondition" | "new" => Condition::New,
        "refurbishedcondition" | "refurbished" => Condition::Refurbished,
        "usedcondition" | "used" => Condition::Used,
        "damagedcondition" | "damaged" => Condition::Damaged,
        _ => return None,
    })
}
