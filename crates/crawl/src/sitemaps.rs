//! Sitemaps: read for the pages and the further sitemaps that they list.

use std::io::Read;

use creel_fetch::Fetched;
use creel_frontier::{
    LinkContext, Sitemap,
    sitemap::{BYTES_MAX, NESTING_MAX},
};
use creel_store::{StoreError, pages::LeasedPage};
use creel_types::Host;
use url::Url;

use crate::{links::sitemap_page, run::Crawl};

/// Sitemaps that one run reads.
const SITEMAPS_MAX: usize = creel_frontier::sitemap::SITEMAPS_MAX;

/// Queues what a fetched sitemap lists. A file that is no sitemap lists nothing.
pub(crate) async fn queue_what_it_lists(crawl: &Crawl, page: &LeasedPage, fetched: &Fetched) -> Result<(), StoreError> {
    if !fetched.is_success() {
        return Ok(());
    }
    let sitemap = Sitemap::parse(&unpacked(&fetched.body));
    let here = &fetched.final_url;
    let context = LinkContext { depth: 1, from_sitemap: true, ..LinkContext::default() };
    let mut pages: Vec<_> = sitemap
        .pages
        .iter()
        .filter_map(|listed| here.join(&listed.url).ok())
        .filter_map(|url| crawl.new_page(&url, &context))
        .collect();
    if page.depth < NESTING_MAX {
        let children = sitemap.children.iter().take(SITEMAPS_MAX).filter_map(|child| here.join(&child.url).ok());
        // A sitemap may stand on another host of the shop; its pages are held to the scope all the same.
        pages.extend(children.filter(|url| Host::of(url).is_some()).map(|url: Url| sitemap_page(&url, page.depth + 1)));
    }
    crawl.queue_new(pages).await
}

/// The file itself where it came as .xml.gz, cut at the protocol's limit.
fn unpacked(body: &[u8]) -> Vec<u8> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return body.to_vec();
    }
    let mut file = Vec::new();
    let limit = u64::try_from(BYTES_MAX).unwrap_or(u64::MAX);
    // What was unpacked before an error is kept: half a sitemap is better than none.
    let _ = flate2::read::MultiGzDecoder::new(body).take(limit).read_to_end(&mut file);
    file
}
