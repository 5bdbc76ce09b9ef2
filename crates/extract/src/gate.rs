//! The quality gate: whether what was read may become a capture. The same gate judges crawled and imported products.
//! It changes nothing and knows no page; classification is not its business.

use std::fmt;

use creel_types::{PageKind, Product};

/// Letters or digits that a usable title has at least.
const TITLE_LETTERS_MIN: usize = 2;

/// Why a product is no capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GateFailure {
    /// The page is something else.
    NotProduct(PageKind),
    NoTitle,
    NoImage,
    NoIdentity,
    NoPrice,
    /// Sold out and without a price: there is nothing to keep.
    OutOfStockWithoutPrice,
    NoCurrency,
}

impl GateFailure {
    /// The word for machines.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            GateFailure::NotProduct(_) => "not_product",
            GateFailure::NoTitle => "no_title",
            GateFailure::NoImage => "no_image",
            GateFailure::NoIdentity => "no_identity",
            GateFailure::NoPrice => "no_price",
            GateFailure::OutOfStockWithoutPrice => "out_of_stock_without_price",
            GateFailure::NoCurrency => "no_currency",
        }
    }
}

impl fmt::Display for GateFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GateFailure::NotProduct(kind) => write!(f, "the page is no product page ({})", kind.as_str()),
            GateFailure::NoTitle => f.write_str("no usable title"),
            GateFailure::NoImage => f.write_str("no image"),
            GateFailure::NoIdentity => {
                f.write_str("no product id, SKU, GTIN or MPN, and the address does not match the shop's product pages")
            }
            GateFailure::NoPrice => f.write_str("no SKU has a positive price"),
            GateFailure::OutOfStockWithoutPrice => f.write_str("out of stock and without a price"),
            GateFailure::NoCurrency => f.write_str("no currency"),
        }
    }
}

/// Everything that keeps `product` from being a capture. `identified_by_url`: the page's address matches the program's product
/// pattern (crawled), or the row has an address (imported).
#[must_use]
pub fn judge(product: &Product, identified_by_url: bool) -> Vec<GateFailure> {
    let mut failures = Vec::new();
    if product.title.chars().filter(|letter| letter.is_alphanumeric()).count() < TITLE_LETTERS_MIN {
        failures.push(GateFailure::NoTitle);
    }
    if product.images.is_empty() && product.image_url.is_none() {
        failures.push(GateFailure::NoImage);
    }
    if !identified_by_url && !has_identity(product) {
        failures.push(GateFailure::NoIdentity);
    }
    if !has_price(product) {
        let gone = product.skus.iter().flat_map(|sku| &sku.offers).any(|offer| !offer.availability.status.in_stock());
        failures.push(if gone { GateFailure::OutOfStockWithoutPrice } else { GateFailure::NoPrice });
    }
    if product.currency.is_none() {
        failures.push(GateFailure::NoCurrency);
    }
    failures
}

fn has_identity(product: &Product) -> bool {
    product.product_id.is_some()
        || product
            .skus
            .iter()
            .any(|sku| sku.sku.is_some() || sku.identifiers.gtin.is_some() || sku.identifiers.mpn.is_some())
}

fn has_price(product: &Product) -> bool {
    product
        .skus
        .iter()
        .flat_map(|sku| &sku.offers)
        .any(|offer| offer.price.as_ref().is_some_and(|price| price.amount.is_positive()))
}

#[cfg(test)]
mod tests {
    use creel_types::{
        Amount, Availability, AvailabilityStatus, Condition, Currency, Identifiers, Offer, Price, SellerType, Sku,
    };

    use super::*;

    fn good() -> Product {
        let offer = Offer {
            price: Some(Price { amount: "9.99".parse().unwrap(), full_amount: None, currency: Currency::parse("EUR") }),
            availability: Availability { in_stock: true, status: AvailabilityStatus::InStock, quantity: None, text: None },
            condition: Condition::New,
            seller: None,
            seller_type: SellerType::Store,
            shipping: None,
            tax: None,
            promotions: vec![],
            unit_price: None,
        };
        let sku = Sku {
            id: uuid::Uuid::nil(),
            sku: Some("A1".into()),
            selected: true,
            options: vec![],
            identifiers: Identifiers::default(),
            image_url: None,
            offers: vec![offer],
        };
        Product {
            title: "Mug".into(),
            images: vec!["https://shop.example/a.jpg".into()],
            skus: vec![sku],
            currency: Currency::parse("EUR"),
            ..Product::default()
        }
    }

    /// What breaks a good product, whether its address names it, and the failures expected.
    type Case = (fn(&mut Product), bool, &'static [GateFailure]);

    #[test]
    fn what_keeps_a_product_out() {
        let cases: &[Case] = &[
            (|_| (), false, &[]),
            (|p| p.title = " - ".into(), false, &[GateFailure::NoTitle]),
            (|p| p.images.clear(), false, &[GateFailure::NoImage]),
            (|p| p.skus[0].sku = None, false, &[GateFailure::NoIdentity]),
            (|p| p.skus[0].sku = None, true, &[]),
            (|p| p.currency = None, false, &[GateFailure::NoCurrency]),
            (|p| p.skus[0].offers[0].price = None, false, &[GateFailure::NoPrice]),
            (|p| p.skus[0].offers[0].price.as_mut().unwrap().amount = Amount::ZERO, false, &[GateFailure::NoPrice]),
            (|p| p.skus[0].offers[0].availability.status = AvailabilityStatus::OutOfStock, false, &[]),
            (
                |p| {
                    p.skus[0].offers[0].availability.status = AvailabilityStatus::OutOfStock;
                    p.skus[0].offers[0].price = None;
                },
                false,
                &[GateFailure::OutOfStockWithoutPrice],
            ),
        ];
        for (at, (change, by_url, expected)) in cases.iter().enumerate() {
            let mut product = good();
            change(&mut product);
            assert_eq!(judge(&product, *by_url), *expected, "case {at}");
        }
    }
}
