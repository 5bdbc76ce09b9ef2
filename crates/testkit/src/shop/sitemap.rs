//! robots_txt and the sitemaps. They name only part of the products: the rest is found through links, and a few products
//! only here.

use std::io::{self, Write};

use flate2::{Compression, GzBuilder};

use super::{catalogue::Catalogue, html::escape, sections::SECTIONS, twist::Twist};

pub(crate) const INDEX: &str = "/sitemap_index.xml";
pub(crate) const PLAIN: &str = "/sitemaps/products-1.xml";
pub(crate) const GZIPPED: &str = "/sitemaps/products-2.xml.gz";

pub(crate) fn robots_txt(origin: &str) -> String {
    format!(
        "# The demo shop of Creel\nUser-agent: GreedyBot\nDisallow: /\n\nUser-agent: *\nDisallow: /private/\nAllow: /private/open/\nDisallow: /cart\nDisallow: /checkout\nDisallow: /truth.json\n\nSitemap: {origin}{INDEX}\n"
    )
}

pub(crate) fn index(origin: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n\
         <sitemap><loc>{origin}{PLAIN}</loc><lastmod>2026-01-31</lastmod></sitemap>\n<sitemap><loc>{origin}{GZIPPED}</loc></sitemap>\n</sitemapindex>\n"
    )
}

/// The home page, the sections and every fourth listed product.
pub(crate) fn plain(catalogue: &Catalogue, origin: &str) -> String {
    let sections = SECTIONS.iter().map(|section| section.path());
    url_set(origin, std::iter::once("/".to_owned()).chain(sections).chain(every_fourth(catalogue, 0)))
}

/// Another fourth of the products, those that nothing links to, and a few pages that are no products.
pub(crate) fn gzipped(catalogue: &Catalogue, origin: &str) -> io::Result<Vec<u8>> {
    let unlinked = (0..catalogue.products.len()).filter(|at| catalogue.places[*at].twist == Twist::SitemapOnly);
    let unlinked = unlinked.map(|at| catalogue.products[at].path.clone());
    let pages = ["/about", "/blog"].map(str::to_owned);
    let xml = url_set(origin, every_fourth(catalogue, 1).chain(unlinked).chain(pages));
    // No time and no name in the header: the same bytes at every call.
    let mut file = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    file.write_all(xml.as_bytes())?;
    file.finish()
}

/// Never what robots_txt forbids: no shop is that inconsistent on purpose.
fn every_fourth(catalogue: &Catalogue, remainder: usize) -> impl Iterator<Item = String> {
    let named = move |at: &usize| {
        let twist = catalogue.places[*at].twist;
        at % 4 == remainder && twist.listed() && twist != Twist::Private
    };
    (0..catalogue.products.len()).filter(named).map(move |at| catalogue.products[at].path.clone())
}

fn url_set(origin: &str, paths: impl Iterator<Item = String>) -> String {
    let mut xml =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
            .to_owned();
    for path in paths {
        xml.push_str(&format!("<url>\n  <loc>{origin}{}</loc>\n  <lastmod>2026-01-31</lastmod>\n</url>\n", escape(&path)));
    }
    xml.push_str("</urlset>\n");
    xml
}
