//! A capture becomes an item: category, attributes, sizes, brand and clean text, each with the words it was read from.
//!
//! Pure: no clock, no network, no randomness. A capture that says little makes an item that says little and why; nothing
//! here fails. What a model adds, and what it costs, is `enrich`'s.

pub mod attributes;
pub mod category;
pub mod content;
pub mod model;
pub mod quantity;
mod reading;
pub mod tables;

pub use reading::Reading;

use creel_types::{Country, ItemContent, Lineage, Product, item::ITEM_VERSION};

/// What `product` means, as captured from a shop that serves `country`. The whole path of an item, in the order in which one reading helps the next.
#[must_use]
pub fn enrich(product: &Product, country: Option<Country>) -> ItemContent {
    let reading = Reading::of(product, country);
    let category = category::classify(&reading);
    let attributes = attributes::find(&reading, category.as_ref());
    let mut item = content::describe(&reading, category.as_ref(), &attributes);
    item.category = category;
    item.attributes = attributes;
    item.lineage = Lineage { version: ITEM_VERSION, taxonomy: category::TAXONOMY.into(), model: None };
    content::judge(&mut item);
    item
}
