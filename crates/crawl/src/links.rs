//! From the links of a page to rows of the queue: scope, patterns, traps, bounds, priority.

use std::sync::{Mutex, PoisonError};

use creel_extract::PageReading;
use creel_frontier::{LinkContext, Policy, find_trap, pattern_key, priority, queue_url};
use creel_store::{
    StoreError,
    pages::{LeasedPage, NewPage, PageRole},
};
use url::Url;

use crate::{
    crawler::PAGES_PER_RUN_MAX,
    run::{Crawl, Known, SEED_PRIORITY},
};

/// Sitemaps that one run reads, over all levels.
const SITEMAPS_MAX: usize = creel_frontier::sitemap::SITEMAPS_MAX;
/// Below addresses that look like products, above everything else.
const FURTHER_SITEMAP_PRIORITY: i64 = creel_frontier::priority::PRODUCT - 1;
/// The shape of pages that need no bound of their own.
const UNBOUNDED: &str = "";

impl Crawl {
    /// Queues what a page links to, as far as the run wants it.
    pub(crate) async fn queue_links(&self, page: &LeasedPage, at: &Url, reading: &PageReading) -> Result<(), StoreError> {
        if !self.run.settings.discover || reading.nofollow || !self.run.host_holds(at) {
            return Ok(());
        }
        let depth = page.depth + 1;
        let pages = reading.links.iter().filter(|link| !link.nofollow).filter_map(|link| {
            let context = LinkContext {
                depth,
                pagination: link.pagination,
                product_tile: link.product_card,
                from_sitemap: false,
                program_says_product: None,
            };
            self.new_page(&link.url, &context)
        });
        self.queue_new(pages.collect()).await
    }

    /// The row for a found address, or nothing where the run does not want it.
    pub(crate) fn new_page(&self, url: &Url, context: &LinkContext) -> Option<NewPage> {
        if self.run.settings.max_depth.is_some_and(|max| context.depth > max) {
            return None;
        }
        let url = queue_url(url);
        if self.scope.check(&url).is_err() || find_trap(&url).is_some() || !self.patterns.verdict(&url).allows_fetch() {
            return None;
        }
        let shape = pattern_key(&url).map_or(UNBOUNDED.to_owned(), |shape| shape.key);
        let priority = priority(&url, context);
        Some(NewPage { url: url.into(), role: PageRole::Page, priority, depth: context.depth, shape })
    }
}

/// Keeps the pages that the run does not know and that their shape's bound still lets in, and remembers them.
pub(crate) fn take_unknown(known: &Mutex<Known>, pages: Vec<NewPage>) -> Vec<NewPage> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    pages
        .into_iter()
        .filter(|page| {
            if known.urls.len() >= PAGES_PER_RUN_MAX || known.urls.contains(&page.url) {
                return false;
            }
            if page.role == PageRole::Sitemap {
                if known.sitemaps >= SITEMAPS_MAX {
                    return false;
                }
                known.sitemaps += 1;
            }
            if page.shape != UNBOUNDED {
                let bound =
                    Url::parse(&page.url).ok().and_then(|url| pattern_key(&url)).map_or(u32::MAX, |shape| shape.queued_max);
                let count = known.shapes.entry(page.shape.clone()).or_default();
                if *count >= bound {
                    return false;
                }
                *count += 1;
            }
            known.urls.insert(page.url.clone());
            true
        })
        .collect()
}

/// The sitemaps that robots.txt names, else the one that most shops have.
pub(crate) fn sitemap_seeds(policy: &Policy, start: &Url) -> Vec<NewPage> {
    let named: Vec<Url> = policy.sitemaps().iter().filter_map(|text| start.join(text).ok()).collect();
    let urls = if named.is_empty() { start.join("/sitemap.xml").into_iter().collect() } else { named };
    urls.into_iter().map(|url| sitemap_page(&url, 0)).collect()
}

/// The first sitemaps are read at once, they say where products are; further ones wait until no known product does.
pub(crate) fn sitemap_page(url: &Url, nesting: u32) -> NewPage {
    NewPage {
        url: url.to_string(),
        role: PageRole::Sitemap,
        priority: if nesting == 0 { SEED_PRIORITY - 1 } else { FURTHER_SITEMAP_PRIORITY },
        depth: nesting,
        shape: UNBOUNDED.to_owned(),
    }
}
