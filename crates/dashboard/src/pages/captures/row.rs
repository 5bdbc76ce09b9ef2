//! A capture as a row of the list.

use creel_media::Width;
use creel_types::{Capture, CaptureId, Product};

use super::columns::Column;
use crate::{
    Dashboard,
    figures::{Number, When},
    member::Member,
    parts::{Badge, Flag, Tone},
    price,
};

pub(super) struct Row {
    pub(super) id: CaptureId,
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) picture: String,
    pub(super) cells: Vec<Cell>,
}

pub(super) struct Cell {
    pub(super) class: &'static str,
    pub(super) value: Value,
}

/// What stands in a cell.
pub(super) enum Value {
    Text(String),
    Price(Price),
    Badge(Badge),
    Number(Number),
    /// The flag as it is written, and the host.
    Store(String, String),
    When(When),
}

/// What it costs now, and what it did before where it is reduced.
pub(super) struct Price {
    pub(super) now: String,
    pub(super) before: String,
}

impl Price {
    pub(super) fn of(product: &Product) -> Price {
        Price { now: price::of_product(product), before: reduced_from(product).unwrap_or_default() }
    }
}

/// The struck-out price of the offer that the lowest price is of.
fn reduced_from(product: &Product) -> Option<String> {
    let prices = product.skus.iter().flat_map(|sku| &sku.offers).filter_map(|offer| offer.price.as_ref());
    let lowest = prices.filter(|price| Some(price.amount) == product.min_price).find_map(|price| price.full_amount);
    lowest.filter(|full| Some(*full) > product.min_price).map(|full| price::number(full, product.currency))
}

/// Whether any of it can be bought.
pub(crate) fn stock(available: bool) -> Badge {
    if available { Badge::new(Tone::Good, "In stock") } else { Badge::new(Tone::Warn, "Out of stock") }
}

pub(super) fn row(dashboard: &Dashboard, member: &Member, columns: &[Column], capture: Capture) -> Row {
    let is_chosen = columns != Column::USUAL;
    let address = picture(&capture.product).unwrap_or_default().to_owned();
    let cells = columns
        .iter()
        .map(|column| Cell { class: column.class(is_chosen), value: value(dashboard, *column, &capture) })
        .collect();
    Row {
        id: capture.id,
        picture: dashboard.media(&member.session, &address, Width::Thumbnail),
        title: capture.product.title,
        subtitle: capture.product.subtitle.unwrap_or_default(),
        cells,
    }
}

/// The address of its main picture.
pub(super) fn picture(product: &Product) -> Option<&str> {
    product.image_url.as_deref().or_else(|| product.images.first().map(String::as_str))
}

fn value(dashboard: &Dashboard, column: Column, capture: &Capture) -> Value {
    let product = &capture.product;
    let text = |text: &Option<String>| Value::Text(text.clone().unwrap_or_default());
    match column {
        Column::Brand => text(&product.brand),
        Column::Price => Value::Price(Price::of(product)),
        Column::Stock => Value::Badge(stock(product.available)),
        Column::Skus => Value::Number(Number::of(i64::try_from(product.sku_count).unwrap_or(i64::MAX))),
        Column::Store => Value::Store(Flag::of(&dashboard.base(), capture.country_code).to_string(), capture.store.clone()),
        Column::Captured => Value::When(When::of(capture.extracted_at, dashboard.store().clock.now())),
        Column::ProductId => text(&product.product_id),
        Column::Rating => Value::Text(product.rating.as_ref().map(rating).unwrap_or_default()),
        Column::Language => text(&product.language),
        Column::Completeness => Value::Text(share(product.completeness)),
    }
}

/// `4.5 of 5`.
pub(super) fn rating(rating: &creel_types::Rating) -> String {
    format!("{} of {}", rating.value, rating.best)
}

/// `92 %`.
pub(super) fn share(share: f64) -> String {
    format!("{:.0} %", share.clamp(0.0, 1.0) * 100.0)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A product with one SKU for each price, which may be reduced from another.
    pub(in crate::pages::captures) fn product(currency: &str, prices: &[(&str, Option<&str>)]) -> Product {
        let skus: Vec<serde_json::Value> = prices
            .iter()
            .map(|(amount, full)| {
                let number = |text: &str| text.parse::<serde_json::Number>().unwrap();
                serde_json::json!({
                    "id": uuid::Uuid::nil(), "sku": amount, "selected": false, "identifiers": {"gtin": null, "mpn": null},
                    "image_url": null,
                    "offers": [{
                        "price": {"amount": number(amount), "full_amount": full.map(number), "currency": currency},
                        "availability": {"in_stock": true, "status": "in_stock", "quantity": null, "text": null},
                        "condition": "new", "seller": null, "seller_type": "store", "shipping": null, "tax": null,
                        "promotions": [], "unit_price": null,
                    }],
                })
            })
            .collect();
        let amounts = || prices.iter().filter_map(|(amount, _)| amount.parse().ok());
        Product {
            skus: serde_json::from_value(skus.into()).unwrap(),
            min_price: amounts().min(),
            max_price: amounts().max(),
            currency: creel_types::Currency::parse(currency),
            ..Product::default()
        }
    }

    #[test]
    fn a_reduced_price_shows_what_it_was() {
        for (currency, prices, now, before) in [
            ("USD", &[("41.97", Some("60"))][..], "41.97 USD", "60.00"),
            ("USD", &[("41.97", None)], "41.97 USD", ""),
            ("JPY", &[("3355", None), ("4000", Some("5000"))], "3,355 – 4,000 JPY", ""),
            ("KWD", &[("1.25", Some("1.25"))], "1.250 KWD", ""),
            ("EUR", &[], "", ""),
        ] {
            let price = Price::of(&product(currency, prices));
            assert_eq!((price.now.as_str(), price.before.as_str()), (now, before));
        }
    }
}
