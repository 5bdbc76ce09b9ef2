//! The demo shop: a deterministic catalogue, its truth, and a web server that makes reading it as hard as real shops do.
//!
//! Ten sections, each with its own language, currency, number format, product address shape and one of three page
//! templates. Everything comes from word lists and a fixed seed: no clock, no randomness, no network.

mod answer;
mod catalogue;
mod charset;
mod dice;
mod gtin;
mod hits;
mod html;
mod image;
mod languages;
mod pages;
mod price_format;
mod section;
mod sections;
mod server;
mod sitemap;
mod slug;
mod special;
#[cfg(test)]
mod tests;
mod truth;
mod twist;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use self::{catalogue::Catalogue, hits::Hits};
pub use self::{
    server::{RunningShop, SLOW_MS, serve_forever, start},
    truth::{Expected, LeadsTo, Reason, ShopProduct, ShopSku, SpecialUrl, Template},
};

/// The shop: its truth, what it answers, and what it was asked. Clones share the counters.
#[derive(Clone, Debug)]
pub struct Shop(Arc<Inside>);

#[derive(Debug)]
struct Inside {
    catalogue: Catalogue,
    /// Every path of every product, the canonical one and the others, with the product's position.
    positions: HashMap<String, usize>,
    special_urls: Vec<SpecialUrl>,
    hits: Hits,
}

impl Inside {
    fn position(&self, path: &str) -> Option<usize> {
        self.positions.get(path).copied()
    }
}

impl Shop {
    /// The built-in shop; the same at every call, with counters at zero.
    #[must_use]
    pub fn demo() -> Shop {
        let catalogue = Catalogue::demo();
        let paths = |(at, product): (usize, &ShopProduct)| {
            let paths = std::iter::once(&product.path).chain(&product.other_paths);
            paths.map(|path| (path.clone(), at)).collect::<Vec<_>>()
        };
        let positions = catalogue.products.iter().enumerate().flat_map(paths).collect();
        let special_urls = special::special_urls(&catalogue);
        Shop(Arc::new(Inside { catalogue, positions, special_urls, hits: Hits::default() }))
    }

    /// Every product, also those that a crawl must not capture.
    #[must_use]
    pub fn products(&self) -> &[ShopProduct] {
        &self.0.catalogue.products
    }

    /// The product with this canonical path or one of its other paths.
    #[must_use]
    pub fn product(&self, path: &str) -> Option<&ShopProduct> {
        self.0.position(path).and_then(|at| self.products().get(at))
    }

    /// What a crawl from the home page, with sitemaps, must capture, each exactly once.
    #[must_use]
    pub fn expected_captures(&self) -> Vec<&ShopProduct> {
        self.products().iter().filter(|product| product.expected == Expected::Capture).collect()
    }

    /// Addresses that are neither listings nor products' own paths, each with what it must lead to.
    #[must_use]
    pub fn special_urls(&self) -> &[SpecialUrl] {
        &self.0.special_urls
    }

    /// How often a path was asked for, with whatever query.
    #[must_use]
    pub fn hits(&self, path: &str) -> u64 {
        self.0.hits.of_path(path)
    }

    /// How many requests went to paths that begin with `prefix`, for example `/private/`.
    #[must_use]
    pub fn hits_under(&self, prefix: &str) -> u64 {
        self.0.hits.under(prefix)
    }

    /// Every path and query that was asked for, with its count.
    #[must_use]
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.0.hits.all()
    }

    /// Sets every counter to zero; what fails only once fails once more.
    pub fn forget_requests(&self) {
        self.0.hits.clear();
    }
}
