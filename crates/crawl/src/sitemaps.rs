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

/// Queues what a fetched sitemap lists. A file that is no sitemap lists nothing.
pub(crate) async fn queue_what_it_lists(crawl: &Crawl, page: &LeasedPage, fetched: &Fetched) -> Result<(), StoreError> {
    if !fetched.is_success() {
        return Ok(());
    }
    let body = fetched.body.clone();
    let Ok(_turn) = crawl.crawler.shared().sitemap_turn.acquire().await else { return Ok(()) };
    let parsing = tokio::task::spawn_blocking(move || Sitemap::parse(&unpacked(&body)));
    let Ok(sitemap) = parsing.await else { return Ok(()) };
    let here = &fetched.final_url;
    let context = LinkContext { depth: 1, from_sitemap: true, ..LinkContext::default() };
    let mut pages: Vec<_> = sitemap
        .pages
        .iter()
        .filter_map(|listed| here.join(&listed.url).ok())
        .filter_map(|url| crawl.new_page(&url, &context))
        .collect();
    if page.depth < NESTING_MAX {
        // An index speaks for its own host; what it lists elsewhere would send us to people who have no part in this.
        let host = Host::of(here);
        let children = sitemap.children.iter().filter_map(|child| here.join(&child.url).ok());
        pages.extend(children.filter(|url| Host::of(url) == host).map(|url: Url| sitemap_page(&url, page.depth + 1)));
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
