//! What the shop answers to one path and query, without any socket. Refuses to wait: a slow answer only says so.

use serde_json::json;

use super::{
    Shop,
    charset::windows_1252,
    image,
    pages::{self, View, article, home, listing, notice, search},
    section::{Charset, Section},
    sections::SECTIONS,
    sitemap, special,
    twist::Twist,
};

const HTML: &str = "text/html; charset=utf-8";

/// One answer, whole in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) slow: bool,
}

impl Answer {
    fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Answer {
        Answer { status, content_type, headers: Vec::new(), body: body.into(), slow: false }
    }

    fn html(status: u16, html: String) -> Answer {
        Answer::new(status, HTML, html)
    }

    /// A page of a section, in the section's charset.
    fn of_section(section: &Section, html: &str) -> Answer {
        match section.charset {
            Charset::Utf8 => Answer::new(200, HTML, html),
            Charset::HeaderLatin1 => Answer::new(200, "text/html; charset=ISO-8859-1", windows_1252(html)),
            Charset::MetaWindows1252 => Answer::new(200, "text/html", windows_1252(html)),
        }
    }

    /// Making a picture or a compressed file cannot fail in memory; if it did, the visitor would see a server error.
    fn made(content_type: &'static str, body: std::io::Result<Vec<u8>>) -> Answer {
        match body {
            Ok(body) => Answer::new(200, content_type, body),
            Err(_) => Answer::html(500, notice::broken(500)),
        }
    }
}

impl Shop {
    /// Counts the request and answers it. `origin` is what absolute addresses in the answer begin with.
    pub(crate) fn answer(&self, origin: &str, path: &str, query: Option<&str>) -> Answer {
        let seen = self.0.hits.count(path, query);
        let view = View { catalogue: &self.0.catalogue, origin };
        if let Some(at) = self.0.position(path) {
            return product(view, at, seen);
        }
        file(self, origin, path)
            .or_else(|| redirect(view, path))
            .or_else(|| category(view, path, query))
            .or_else(|| text(view, path, query).map(|html| Answer::html(200, html)))
            .unwrap_or_else(|| Answer::html(404, notice::missing(view)))
    }
}

/// A product's page or what its twist puts in its place. `seen` counts the earlier requests.
fn product(view: View<'_>, at: usize, seen: u64) -> Answer {
    let place = view.place(at);
    match place.twist {
        Twist::Challenge => {
            Answer { headers: vec![("cf-mitigated", "challenge".to_owned())], ..Answer::html(403, notice::challenge()) }
        }
        Twist::ServerError => Answer::html(500, notice::broken(500)),
        Twist::UnavailableOnce if seen == 0 => {
            Answer { headers: vec![("retry-after", "1".to_owned())], ..Answer::html(503, notice::broken(503)) }
        }
        Twist::NeedsJavaScript => Answer::html(200, notice::shell(&view.product(at).title, place.section)),
        twist => {
            let page = Answer::of_section(place.section, &pages::product_page(view, at));
            Answer { slow: twist == Twist::Slow, ..page }
        }
    }
}

/// robots_txt, sitemaps, pictures, stylesheet, truth.
fn file(shop: &Shop, origin: &str, path: &str) -> Option<Answer> {
    let catalogue = &shop.0.catalogue;
    Some(match path {
        "/robots.txt" => Answer::new(200, "text/plain; charset=utf-8", sitemap::robots_txt(origin)),
        sitemap::INDEX => Answer::new(200, "application/xml", sitemap::index(origin)),
        sitemap::PLAIN => Answer::new(200, "application/xml", sitemap::plain(catalogue, origin)),
        sitemap::GZIPPED => Answer::made("application/gzip", sitemap::gzipped(catalogue, origin)),
        "/static/shop.css" => Answer::new(200, "text/css; charset=utf-8", include_str!("static/shop.css")),
        "/static/shop.js" => Answer::new(200, "text/javascript; charset=utf-8", include_str!("static/shop.js")),
        "/static/app.js" => {
            Answer::new(200, "text/javascript; charset=utf-8", "document.getElementById('root').textContent = '…';\n")
        }
        "/static/logo.svg" => Answer::new(200, "image/svg+xml", include_str!("static/logo.svg")),
        "/truth.json" => Answer::new(200, "application/json", truth(shop)),
        _ if path.starts_with("/media/") && path.ends_with(".png") => Answer::made("image/png", image::png(path)),
        _ => return None,
    })
}

/// The truth as a person or a script may ask for it; robots_txt keeps crawlers away from it.
fn truth(shop: &Shop) -> String {
    let truth = json!({
        "expected_captures": shop.expected_captures().len(),
        "products": shop.products(),
        "special_urls": shop.special_urls(),
    });
    format!("{truth:#}\n")
}

fn redirect(view: View<'_>, path: &str) -> Option<Answer> {
    let (status, to) = special::redirect(view.catalogue, path)?;
    // One kind of redirect names the whole address and the other only the path, as servers differ.
    let location = if status == 301 { format!("{}{to}", view.origin) } else { to };
    Some(Answer { headers: vec![("location", location)], ..Answer::html(status, format!("<p>Moved ({status}).</p>\n")) })
}

fn category(view: View<'_>, path: &str, query: Option<&str>) -> Option<Answer> {
    let section =
        SECTIONS.into_iter().find(|section| path == section.path() || path.starts_with(&format!("/{}/", section.key)))?;
    if path == special::SOFT_MISSING {
        return Some(Answer::of_section(section, &notice::gone(view, section)));
    }
    let leaf = match path == section.path() {
        true => None,
        false => Some((0..section.leaves.len()).find(|leaf| path == section.leaf_path(*leaf))?),
    };
    Some(Answer::of_section(section, &listing::category(view, section, leaf, query)))
}

fn text(view: View<'_>, path: &str, query: Option<&str>) -> Option<String> {
    Some(match path {
        "/" => home::page(view),
        "/sale" => listing::sale(view, query),
        "/search" => search::page(view, query),
        "/about" => article::about(view),
        "/contact" => article::contact(view),
        "/questions" => article::questions(view),
        "/blog" => article::blog(view),
        "/login" => article::login(view),
        "/cart" | "/checkout" => article::cart(view),
        "/last-season" => article::last_season(view),
        special::WHOLESALE => article::wholesale(view),
        _ => match path.strip_prefix("/blog/") {
            Some(slug) => article::blog_article(view, slug)?,
            None => article::calendar(view, path)?,
        },
    })
}
