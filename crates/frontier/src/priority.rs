//! Which address comes first. Judged from the URL's shape and from where its link stood, before anything of it was fetched.

use url::Url;

use crate::path_words;

/// From this likeness on a URL counts as a product's.
pub const PRODUCT_LIKENESS_MIN: u8 = 50;

/// What is known about a link besides its address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkContext {
    /// Links followed from a start page; a start page has 0.
    pub depth: u32,
    /// The link leads to another page of the list that it stands on (`rel=next`, or labelled so).
    pub pagination: bool,
    /// The link stands in a product tile: with a picture and a price.
    pub product_tile: bool,
    pub from_sitemap: bool,
    /// Whether the program's product patterns match; `None` while it has none.
    pub program_says_product: Option<bool>,
}

/// Whether the URL looks like one product's page.
#[must_use]
pub fn looks_like_product(url: &Url) -> bool {
    product_likeness(url) >= PRODUCT_LIKENESS_MIN
}

/// How much the URL looks like one product's page, 0 to 100.
#[must_use]
pub fn product_likeness(url: &Url) -> u8 {
    let _ = path_words::segments(url);
    0
}

/// The order of the queue: the larger number first.
#[must_use]
pub fn priority(url: &Url, link: &LinkContext) -> i64 {
    let _ = (url, link);
    0
}
