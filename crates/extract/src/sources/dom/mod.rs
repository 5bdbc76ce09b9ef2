//! What the page shows: prices, availability, numbers, pictures, options and tables near the product's heading. The only source that a buyer sees,
//! so it settles disagreements; and the one most easily misled by what else stands on a page. Owns how far it can be trusted.

mod buttons;
mod crumbs;
mod gallery;
mod label_words;
mod labels;
mod options;
mod prices;
mod runs;
mod scene;
mod stock;
mod tables;
mod tiles;
mod variants;

use creel_types::{Amount, Currency, Source};

use crate::{
    reading::{AvailabilityReading, Reading},
    sources::facts::Facts,
    tape::Document,
};

pub use scene::{Context, Scene};

/// A price that the page shows for its product.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownPrice {
    pub amount: Amount,
    pub currency: Option<Currency>,
    /// Struck out, or called the old one.
    pub old: bool,
    /// How much speaks for it being the product's price.
    pub score: f32,
    pub high: Option<Amount>,
}

/// How much a shown availability is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// A notice somewhere near the product.
    Weak,
    /// The product's own notice, or its button.
    Strong,
}

/// What a page shows.
#[derive(Clone, Debug, Default)]
pub struct DomReading {
    pub reading: Reading,
    /// Best first.
    pub prices: Vec<ShownPrice>,
    /// The currency's sign can mean one currency only, or the country agrees with it.
    pub currency_is_sure: bool,
    pub stock: Option<(AvailabilityReading, Evidence)>,
    /// The product's heading was found for sure, so that what stands near it is the product's.
    pub is_certain: bool,
    /// A button that puts the product into the cart.
    pub can_buy: bool,
    /// More buttons sell than one product needs.
    pub sells_many: bool,
    /// Prices that stand in links or cards: other products.
    pub carded_prices: usize,
    /// Bytes of the page's visible text.
    pub text_bytes: usize,
    /// What choices are worth to a script, with what a buyer reads there: (`preto`, `Preto`).
    pub shown_values: Vec<(String, String)>,
    /// Numbers of the product with a label beside them, in page order.
    pub codes: Vec<String>,
}

/// Reads the page's product as shown. `stated` are the amounts that other sources state: agreement speaks for a shown price.
#[must_use]
pub fn read(document: Document<'_>, facts: &Facts<'_>, stated: &[Amount]) -> DomReading {
    let scene = Scene::of(document, facts);
    let mut found = DomReading::default();
    found.reading.source = Some(Source::Dom);
    found.reading.title = scene.title();
    found.is_certain = scene.is_certain;
    let runs = runs::collect(&scene, facts);
    found.text_bytes = runs.text_bytes;
    prices::fill(&scene, facts, &runs, stated, &mut found);
    let buttons = buttons::read(&scene);
    found.can_buy = buttons.can_buy;
    found.sells_many = buttons.count >= buttons::LISTING_BUTTONS_MIN;
    stock::fill(&scene, &runs, &buttons, &mut found);
    labels::fill(&scene, &runs, &mut found);
    found.reading.breadcrumbs = crumbs::read(document);
    found.reading.images = gallery::read(&scene, facts);
    options::fill(&scene, facts, &mut found);
    tables::fill(&scene, &mut found.reading);
    found
}
