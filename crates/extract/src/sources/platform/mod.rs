//! State that a shop's platform embeds for its own scripts: the exactest source for variants, if it is this page's product that is found in it.
//! Owns where state is looked for; `product` owns what an object of it says.

mod keys;
mod lists;
mod magento;
mod product;
mod scripts;
pub mod shown_values;
mod siblings;
mod woocommerce;

use creel_types::Source;

use crate::{
    json::{self, Json},
    reading::Reading,
    sources::facts::Facts,
    tape::{Attr, Document},
};

/// JSON in attributes that is looked at.
const ATTRIBUTES_MAX: usize = 40;

/// Bytes of one attribute's JSON.
const ATTRIBUTE_BYTES_MAX: usize = 1 << 20;

/// What the page's state says about its product.
#[must_use]
pub fn read(document: Document<'_>, facts: &Facts<'_>, names: &[&str]) -> Option<Reading> {
    let mut best: Option<(f32, Reading)> = None;
    let mut take = |found: Option<(f32, Reading)>| {
        if let Some(found) = found
            && best.as_ref().is_none_or(|known| found.0 > known.0)
        {
            best = Some(found);
        }
    };
    let page = product::Page::new(facts, names);
    scripts::each(document, |root: Json<'_>| {
        take(product::find(root, &page));
        take(magento::find(root, &page));
        take(lists::find(document, root, &page));
    });
    for attr in [
        Attr::DataProduct,
        Attr::DataProps,
        Attr::DataJson,
        Attr::DataState,
        Attr::DataConfig,
        Attr::DataOptions,
        Attr::DataVariants,
    ] {
        for node in document.with_attr(attr).take(ATTRIBUTES_MAX) {
            let raw = node.attr_raw(attr).unwrap_or_default();
            if raw.len() < 20 || raw.len() > ATTRIBUTE_BYTES_MAX || !raw.contains("price") {
                continue;
            }
            let value = node.attr(attr).unwrap_or_default();
            if let Some(parsed) = json::parse(&value) {
                take(product::find(parsed.root(), &page));
            }
        }
    }
    let woocommerce = woocommerce::read(document, facts);
    let mut reading = best.map(|(_, reading)| reading);
    if let Some(woocommerce) = woocommerce {
        reading = Some(match reading {
            Some(known) if known.skus.len() >= woocommerce.skus.len() => known,
            Some(known) => Reading { skus: woocommerce.skus, options: woocommerce.options, ..known },
            None => woocommerce,
        });
    }
    reading.map(|reading| Reading { source: Some(Source::Platform), ..reading })
}
