//! What is true about the demo shop: its products as a perfect reader of the pages would store them.
//! Refuses to know how pages look; a page shows what stands here and nothing here is read from a page.

use creel_types::{Amount, Currency, OptionAxis};
use serde::Serialize;

/// One product of the shop with what a crawl has to make of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShopProduct {
    /// The path under which the product must be captured; no query, no fragment.
    pub path: String,
    /// Other paths that show the same product and name [`ShopProduct::path`] as canonical.
    pub other_paths: Vec<String>,
    pub product_id: String,
    pub title: String,
    pub brand: String,
    /// Plain text, as the page shows it.
    pub description: String,
    /// From the section down to the leaf category; without the home page and without the product itself.
    pub breadcrumbs: Vec<String>,
    /// The price of the SKU that the page shows as chosen; `None` where the page shows no price.
    pub price: Option<Amount>,
    /// The higher price that the page strikes out.
    pub full_price: Option<Amount>,
    pub currency: Currency,
    /// Whether any SKU can be bought.
    pub available: bool,
    /// Paths of the gallery, in the page's order, without queries.
    pub images: Vec<String>,
    pub options: Vec<OptionAxis>,
    pub skus: Vec<ShopSku>,
    /// Position in `skus` of the one that the page shows as chosen.
    pub selected: usize,
    pub properties: Vec<(String, String)>,
    /// Mean of five and how many reviews; only the templates with markup show it.
    pub rating: Option<(Amount, i64)>,
    /// Primary tag of the page's language, such as `pt`.
    pub language: String,
    /// Key of the section (the category tree), such as `outdoor`.
    pub section: String,
    pub template: Template,
    pub expected: Expected,
}

/// One buyable variant; a product without options has exactly one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShopSku {
    pub sku: String,
    /// 14 digits, check digit right; pages show the last 13.
    pub gtin: Option<String>,
    /// One value per axis of [`ShopProduct::options`].
    pub options: Vec<String>,
    pub price: Option<Amount>,
    pub full_price: Option<Amount>,
    pub in_stock: bool,
    /// Pieces, where the page says so.
    pub quantity: Option<i64>,
}

impl ShopSku {
    /// The number as pages show it.
    #[must_use]
    pub fn gtin13(&self) -> Option<&str> {
        self.gtin.as_deref().and_then(|gtin| gtin.get(1..))
    }
}

/// How a section writes its product pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    JsonLd,
    Microdata,
    /// No markup at all: class names, pickers and labels only.
    Bare,
}

/// What a crawl from the home page, with sitemaps, must make of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// Exactly one capture.
    Capture,
    /// No capture, for this reason.
    Nothing(Reason),
}

/// Why an address of the shop gives no capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// "Price on request": the gate refuses it.
    NoPrice,
    /// The page shows no picture of the product: the gate refuses it.
    NoImage,
    /// Must not even be fetched.
    RobotsTxtForbids,
    /// Only links marked `nofollow` lead there: must not be fetched.
    OnlyNofollowLinks,
    /// A challenge instead of the page.
    Blocked,
    /// Answers 500 for ever.
    ServerError,
    /// An empty page whose script would fill it.
    #[serde(rename = "needs_javascript")]
    NeedsJavaScript,
    /// 404, or 200 that says so in words.
    NotFound,
    /// Redirects that lead back to themselves.
    RedirectLoop,
    /// Not a product page at all: article, calendar, contact, cart.
    NotAProduct,
}

/// An address of the shop that is neither a listing nor a product's own path, with what it must lead to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SpecialUrl {
    /// Path, with the query where that is the point.
    pub path: String,
    /// The status of its first answer.
    pub status: u16,
    pub leads_to: LeadsTo,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadsTo {
    /// The product with this canonical path, captured once however it was found.
    Product(String),
    Nothing(Reason),
}
