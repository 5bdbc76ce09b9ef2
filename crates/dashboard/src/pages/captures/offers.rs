//! Offers of a product: who sells it, for how much, in which condition, and what comes on top.

use creel_types::{AvailabilityStatus, Condition, Offer, Product, SellerType, Sku};

use super::row::Price;
use crate::{
    figures::grouped,
    parts::{Badge, Tone},
    price,
};

/// Offers that a page shows; files have all of them.
const OFFERS_MAX: usize = 200;

pub(super) struct Offers {
    pub(super) rows: Vec<Row>,
    pub(super) rest: usize,
    /// Whether they are of several SKUs.
    pub(super) has_skus: bool,
}

pub(super) struct Row {
    pub(super) sku: String,
    pub(super) price: Price,
    pub(super) stock: Badge,
    pub(super) seller: String,
    pub(super) condition: &'static str,
    /// Delivery, tax, promotions, price by unit: what the page says of them.
    pub(super) details: Vec<String>,
}

impl Offers {
    /// Those of the SKU that the page shows first.
    pub(super) fn of(product: &Product) -> Offers {
        let mut skus: Vec<&Sku> = product.skus.iter().collect();
        skus.sort_by_key(|sku| !sku.selected);
        let all = skus.iter().flat_map(|sku| sku.offers.iter().map(|offer| (*sku, offer)));
        let count = all.clone().count();
        Offers {
            rows: all.take(OFFERS_MAX).map(|(sku, offer)| row(product, sku, offer)).collect(),
            rest: count.saturating_sub(OFFERS_MAX),
            has_skus: product.skus.len() > 1,
        }
    }
}

fn row(product: &Product, sku: &Sku, offer: &Offer) -> Row {
    let currency = offer.price.as_ref().and_then(|price| price.currency).or(product.currency);
    let options: Vec<&str> = sku.options.iter().flatten().map(String::as_str).collect();
    let price = offer.price.as_ref();
    Row {
        sku: if options.is_empty() { sku.sku.clone().unwrap_or_default() } else { options.join(" / ") },
        price: Price {
            now: price.map(|price| price::price(price.amount, currency)).unwrap_or_default(),
            before: price.and_then(|price| price.full_amount).map(|full| price::number(full, currency)).unwrap_or_default(),
        },
        stock: badge(offer),
        seller: seller(offer),
        condition: condition(offer.condition),
        details: details(offer, |amount| price::price(amount, currency)),
    }
}

fn details(offer: &Offer, priced: impl Fn(creel_types::Amount) -> String) -> Vec<String> {
    let mut details = Vec::new();
    if let Some(shipping) = &offer.shipping {
        details.extend(shipping.amount.map(|amount| match amount.is_positive() {
            true => format!("Delivery {}", priced(amount)),
            false => "Free delivery".to_owned(),
        }));
        details.extend(shipping.free_over.map(|amount| format!("Free delivery over {}", priced(amount))));
    }
    if let Some(tax) = &offer.tax {
        let said = match tax.included {
            Some(true) => "tax included",
            Some(false) => "tax on top",
            None => "tax",
        };
        details.push(tax.rate.map_or_else(|| said.to_owned(), |rate| format!("{said}, {rate} %")));
    }
    if let Some(unit) = &offer.unit_price {
        details.push(format!("{} for {} {}", priced(unit.amount), unit.quantity, unit.unit));
    }
    details.extend(offer.promotions.iter().map(|promotion| promotion.text.clone()));
    details
}

fn seller(offer: &Offer) -> String {
    let kind = match offer.seller_type {
        SellerType::Store => "the store itself",
        SellerType::Marketplace => "on the marketplace",
        SellerType::Unknown => "",
    };
    match (&offer.seller, kind) {
        (Some(name), "") => name.clone(),
        (Some(name), kind) => format!("{name}, {kind}"),
        (None, kind) => kind.to_owned(),
    }
}

const fn condition(condition: Condition) -> &'static str {
    match condition {
        Condition::New => "New",
        Condition::Refurbished => "Refurbished",
        Condition::Used => "Used",
        Condition::Damaged => "Damaged",
        Condition::Unknown => "",
    }
}

pub(super) fn badge(offer: &Offer) -> Badge {
    let tone = match offer.availability.status {
        AvailabilityStatus::InStock => Tone::Good,
        AvailabilityStatus::Limited | AvailabilityStatus::Preorder | AvailabilityStatus::Backorder => Tone::Warn,
        AvailabilityStatus::OutOfStock | AvailabilityStatus::Discontinued => Tone::Bad,
        AvailabilityStatus::Unknown => Tone::Plain,
    };
    Badge::new(tone, stock_text(offer))
}

/// With how many are left, where the page says so.
pub(super) fn stock_text(offer: &Offer) -> String {
    let status = match offer.availability.status {
        AvailabilityStatus::InStock => "In stock",
        AvailabilityStatus::OutOfStock => "Out of stock",
        AvailabilityStatus::Preorder => "Preorder",
        AvailabilityStatus::Backorder => "Backorder",
        AvailabilityStatus::Limited => "Few left",
        AvailabilityStatus::Discontinued => "Discontinued",
        AvailabilityStatus::Unknown => "Not said",
    };
    match offer.availability.quantity {
        Some(quantity) if offer.availability.in_stock => format!("{status}: {}", grouped(quantity)),
        _ => status.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use creel_types::{Shipping, Tax};

    use super::*;
    use crate::pages::captures::row::tests::product;

    #[test]
    fn what_comes_on_top_is_said_in_words() {
        let mut product = product("EUR", &[("10", Some("12"))]);
        let offer = &mut product.skus[0].offers[0];
        offer.shipping = Some(Shipping { amount: "0".parse().ok(), free_over: "50".parse().ok() });
        offer.tax = Some(Tax { included: Some(true), rate: "19".parse().ok() });
        offer.seller = Some("Acme".to_owned());
        (offer.availability.quantity, offer.availability.status) = (Some(3), AvailabilityStatus::Limited);
        let offers = Offers::of(&product);
        let row = &offers.rows[0];
        assert_eq!(row.details, ["Free delivery", "Free delivery over 50.00 EUR", "tax included, 19 %"]);
        assert_eq!((row.seller.as_str(), row.stock.text(), row.condition), ("Acme, the store itself", "Few left: 3", "New"));
        assert_eq!((row.price.now.as_str(), row.price.before.as_str()), ("10.00 EUR", "12.00"));
        assert!(!offers.has_skus);
    }
}
