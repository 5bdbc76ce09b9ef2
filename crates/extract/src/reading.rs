//! What one source says about the page's product, before sources are merged. Every field may be missing; nothing here is judged.

use creel_types::{Amount, Currency, Source};

/// The statement of one source. Texts are decoded and trimmed, addresses may still be relative.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    pub source: Option<Source>,
    pub product_id: Option<String>,
    pub group_id: Option<String>,
    pub title: Option<String>,
    pub subtitle: Option<String>,
    pub brand: Option<String>,
    pub description: Option<String>,
    pub breadcrumbs: Vec<String>,
    pub images: Vec<String>,
    /// Option names with their values in the source's order.
    pub options: Vec<(String, Vec<String>)>,
    pub skus: Vec<SkuReading>,
    /// The offer of the product as a whole: what a source says without naming a variant.
    pub offer: OfferReading,
    /// Identifiers of the product as a whole.
    pub sku: Option<String>,
    pub gtin: Option<String>,
    pub mpn: Option<String>,
    pub rating: Option<RatingReading>,
    pub properties: Vec<(String, String)>,
    pub language: Option<String>,
    pub url: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct SkuReading {
    pub sku: Option<String>,
    pub gtin: Option<String>,
    pub mpn: Option<String>,
    /// (option name, value); a source that has only positions uses the names of [`Reading::options`].
    pub options: Vec<(String, String)>,
    pub image: Option<String>,
    /// The variant's own address, which tells the selected one apart.
    pub url: Option<String>,
    /// `Some(true)` where the source says that the page shows this variant as chosen.
    pub selected: Option<bool>,
    pub offers: Vec<OfferReading>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct OfferReading {
    pub amount: Option<Amount>,
    pub full_amount: Option<Amount>,
    pub low_amount: Option<Amount>,
    pub high_amount: Option<Amount>,
    pub currency: Option<Currency>,
    pub availability: Option<AvailabilityReading>,
    pub condition: Option<creel_types::Condition>,
    pub seller: Option<String>,
    pub unit_price: Option<creel_types::UnitPrice>,
    pub tax_included: Option<bool>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AvailabilityReading {
    pub status: creel_types::AvailabilityStatus,
    pub quantity: Option<i64>,
    pub text: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RatingReading {
    pub value: Amount,
    pub best: Option<Amount>,
    pub count: Option<i64>,
}
