//! Where a page leads: its links with what the page says of them, its canonical address, its other languages, and what robots may do. Owns how an
//! address is made absolute; whether a link is worth following is the frontier's question.

use rustc_hash::{FxHashMap, FxHashSet};
use url::Url;

use crate::{
    page::Link,
    tape::{Attr, Document, Mark, Marks, Node, Tag},
};

/// Links of one page that are kept.
pub const LINKS_MAX: usize = 5_000;

/// Links that most pages have fewer of; room is made for so many at once.
const LINKS_USUAL: usize = 512;

/// Letters of a link's words that are kept.
const TEXT_LETTERS_MAX: usize = 80;

/// Texts in one link that are looked at for words; most are white space between elements.
const TEXT_RUNS_MAX: usize = 12;

/// Bytes of an address.
const HREF_BYTES_MAX: usize = 2_048;

/// Alternate versions of one page that are kept.
const ALTERNATES_MAX: usize = 300;

const NAVIGATION: Marks = Marks::of(&[Mark::Nav, Mark::Menu, Mark::Footer]);

/// What `link` and `meta` say for robots.
#[derive(Clone, Debug, Default)]
pub struct Directives {
    pub alternates: Vec<(String, Url)>,
    pub nofollow: bool,
    pub noindex: bool,
}

#[must_use]
pub fn directives(document: Document<'_>, base: &Url) -> Directives {
    let mut found = Directives::default();
    for meta in document.metas() {
        if meta.key.eq_ignore_ascii_case("robots") {
            let content = meta.content.to_ascii_lowercase();
            let says = |word: &str| content.split([',', ' ']).any(|part| part.trim() == word);
            found.nofollow |= says("nofollow") || says("none");
            found.noindex |= says("noindex") || says("none");
        }
    }
    for link in document.elements(Tag::Link) {
        let Some(language) = link.attr(Attr::Hreflang) else { continue };
        let alternate = has_rel(link, "alternate");
        let address = link.attr(Attr::Href).and_then(|href| base.join(href.trim()).ok());
        if let Some(address) = address.filter(|_| alternate && found.alternates.len() < ALTERNATES_MAX) {
            found.alternates.push((language.trim().to_ascii_lowercase(), address));
        }
    }
    found
}

/// The links of a page, each address once, in page order.
#[must_use]
pub fn links(document: Document<'_>, base: &Url) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::with_capacity(LINKS_USUAL);
    let mut raw_seen: FxHashSet<&str> = FxHashSet::with_capacity_and_hasher(LINKS_USUAL, Default::default());
    let mut places = Places::with_capacity_and_hasher(LINKS_USUAL, Default::default());
    let mut frames = Frames::of(document);
    for node in document.elements(Tag::Link).filter(|node| has_rel(node.to_owned(), "next") || has_rel(*node, "prev")) {
        add(node, base, &mut links, &mut places, &mut frames, true);
    }
    for node in document.elements(Tag::A).chain(document.elements(Tag::Area)) {
        if links.len() >= LINKS_MAX {
            break;
        }
        let Some(raw) = node.attr_raw(Attr::Href) else { continue };
        // What follows `#` makes no other address; a `#` of a character reference is not one.
        let raw = if raw.contains('&') { raw } else { raw.split('#').next().unwrap_or(raw) };
        if raw.len() <= HREF_BYTES_MAX && raw_seen.insert(raw) {
            add(node, base, &mut links, &mut places, &mut frames, false);
        }
    }
    links
}

/// Where each address stands in the list, by its hash; of two with one hash the later counts.
type Places = FxHashMap<u64, usize>;

fn hash_of(text: &str) -> u64 {
    use std::hash::Hasher;
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

fn add(node: Node<'_>, base: &Url, links: &mut Vec<Link>, places: &mut Places, frames: &mut Frames, paging: bool) {
    let Some(url) = node.attr(Attr::Href).and_then(|href| absolute(&href, base)) else { return };
    let text = words_of(node);
    let rel = node.attr_raw(Attr::Rel).unwrap_or_default();
    let says = |wanted: &[&str]| {
        !rel.is_empty()
            && rel.split_ascii_whitespace().any(|word| wanted.iter().any(|wanted| word.eq_ignore_ascii_case(wanted)))
    };
    let link = Link {
        nofollow: says(&["nofollow", "ugc", "sponsored"]),
        pagination: paging || says(&["next", "prev"]) || is_paging(node, &url, &text),
        product_card: is_in_card(node),
        navigation: frames.hold(node),
        text,
        url,
    };
    let place = places.entry(hash_of(link.url.as_str())).or_insert(usize::MAX);
    match links.get_mut(*place).filter(|known| known.url == link.url) {
        // The same address again, under another fragment: what either says counts.
        Some(known) => {
            known.nofollow &= link.nofollow;
            known.pagination |= link.pagination;
            known.product_card |= link.product_card;
            known.navigation &= link.navigation;
        }
        None => {
            *place = links.len();
            links.push(link);
        }
    }
}

fn absolute(href: &str, base: &Url) -> Option<Url> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') {
        return None;
    }
    let scheme = href
        .split_once(':')
        .map(|(scheme, _)| scheme)
        .filter(|scheme| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if scheme.is_some_and(|scheme| !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https")) {
        return None;
    }
    let mut url = base.join(without_origin(href, base)).ok()?;
    if url.fragment().is_some() {
        url.set_fragment(None);
    }
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// An address of the same origin as a path: cheaper to resolve, as the host need not be read again.
fn without_origin<'h>(href: &'h str, base: &Url) -> &'h str {
    let origin = &base[..url::Position::BeforePath];
    let path = href
        .strip_prefix(origin)
        .filter(|path| path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\"));
    path.unwrap_or(href)
}

fn has_rel(node: Node<'_>, wanted: &str) -> bool {
    node.attr_raw(Attr::Rel).is_some_and(|rel| rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(wanted)))
}

/// The first text of a link.
fn words_of(node: Node<'_>) -> String {
    let first = node.texts().take(TEXT_RUNS_MAX).find(|run| !run.raw().trim_ascii().is_empty());
    let Some(first) = first.map(|run| run.text()) else { return String::new() };
    let text = first.trim();
    let cut = (text.len() > TEXT_LETTERS_MAX).then(|| text.char_indices().nth(TEXT_LETTERS_MAX)).flatten();
    let end = cut.map_or(text.len(), |(at, _)| at);
    text[..end].to_owned()
}

/// Part of a pager: the page says so, its box is called so, or it leads to a numbered page and is a number or an arrow.
fn is_paging(node: Node<'_>, url: &Url, text: &str) -> bool {
    if text.len() > 24 || !leads_to_numbered_page(url) {
        return false;
    }
    let bare = text.trim();
    let numbered = !bare.is_empty()
        && (bare.bytes().all(|byte| byte.is_ascii_digit()) || bare.chars().all(|letter| !letter.is_alphanumeric()));
    numbered
        || std::iter::once(node).chain(node.ancestors()).take(5).any(|at| {
            let says = |value: Option<&str>| {
                value.is_some_and(|value| {
                    memchr::memmem::find(value.as_bytes(), b"agin").is_some()
                        || memchr::memmem::find(value.as_bytes(), b"pager").is_some()
                })
            };
            says(at.attr_raw(Attr::Class)) || says(at.attr_raw(Attr::Id))
        })
}

fn leads_to_numbered_page(url: &Url) -> bool {
    let numbered = |value: &str| (1..=5).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
    url.query().is_some_and(|query| {
        query.split('&').filter_map(|pair| pair.split_once('=')).any(|(name, value)| {
            matches!(name, "page" | "p" | "pg" | "seite" | "pagina" | "start" | "offset" | "paged" | "pageNumber")
                && numbered(value)
        })
    }) || url.path().rsplit('/').find(|segment| !segment.is_empty()).is_some_and(|last| {
        numbered(last) && url.path().contains("/page/")
            || last.strip_prefix("page-").or_else(|| last.strip_prefix('p')).is_some_and(numbered)
    })
}

/// In a tile of one of several products.
fn is_in_card(node: Node<'_>) -> bool {
    if !(node.inherited_marks() | node.marks()).any(Marks::of(&[Mark::Card, Mark::Product])) {
        return false;
    }
    std::iter::once(node).chain(node.ancestors()).take(5).any(|at| {
        let marks = at.marks();
        marks.has(Mark::Card) || marks.has(Mark::Product) && matches!(at.tag(), Tag::Li | Tag::Article | Tag::A)
    })
}

/// Where header, footer and navigation stand: ranges of the page in order. Links come in order too, so each is found in passing.
struct Frames {
    ranges: Vec<(usize, usize)>,
    next: usize,
}

impl Frames {
    fn of(document: Document<'_>) -> Frames {
        let tags = [Tag::Nav, Tag::Header, Tag::Footer];
        let mut ranges: Vec<(usize, usize)> =
            tags.into_iter().flat_map(|tag| document.elements(tag)).map(|node| (node.index(), node.subtree_end())).collect();
        ranges.sort_unstable();
        // Only the outermost, so that the ranges follow one another.
        let mut end = 0;
        ranges.retain(|range| {
            let outer = range.0 >= end;
            end = end.max(range.1);
            outer
        });
        Frames { ranges, next: 0 }
    }

    fn hold(&mut self, node: Node<'_>) -> bool {
        let at = node.index();
        if self.next > 0 && self.ranges.get(self.next - 1).is_some_and(|range| at < range.0) {
            self.next = 0;
        }
        while self.ranges.get(self.next).is_some_and(|range| range.1 <= at) {
            self.next += 1;
        }
        let framed = self.ranges.get(self.next).is_some_and(|range| range.0 <= at);
        let body = node.document().body().map_or(Marks::NONE, Node::marks);
        framed || node.inherited_marks().without(body).any(NAVIGATION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::Parser;

    fn read(html: &str) -> Vec<Link> {
        let mut parser = Parser::new();
        links(parser.parse(html), &Url::parse("https://shop.example/c/").unwrap())
    }

    #[test]
    fn addresses_are_absolute_once_and_of_the_web() {
        let html = r##"<a href="/a">A</a><a href="b#x">B</a><a href="b#y">B</a><a href="mailto:x@y.example">m</a><a href="javascript:go()">j</a><a href="#top">t</a>
            <a href="//other.example/c?d=1&amp;e=2">C</a><a href="">e</a><a>n</a><a href="tel:1">p</a>"##;
        let urls: Vec<String> = read(html).into_iter().map(|link| String::from(link.url)).collect();
        assert_eq!(urls, ["https://shop.example/a", "https://shop.example/c/b", "https://other.example/c?d=1&e=2"]);
    }

    #[test]
    fn what_the_page_says_of_a_link() {
        let html = r#"<link rel="next" href="?page=2"><nav><a href="/n">N</a></nav><ul class="pagination"><li><a href="?page=3">3</a></ul>
            <div class="product-card"><a href="/p/1" rel="nofollow">Mug</a></div><a href="/x?p=7">7</a>"#;
        let flags: Vec<(bool, bool, bool, bool)> =
            read(html).iter().map(|link| (link.pagination, link.navigation, link.product_card, link.nofollow)).collect();
        assert_eq!(
            flags,
            [
                (true, false, false, false),
                (false, true, false, false),
                (true, false, false, false),
                (false, false, true, true),
                (true, false, false, false)
            ]
        );
    }

    #[test]
    fn robots_and_languages() {
        let mut parser = Parser::new();
        let html = r#"<meta name="ROBOTS" content="noindex, NOFOLLOW"><link rel="alternate" hreflang="de-AT" href="/at/"><link rel="alternate" href="/feed">"#;
        let found = directives(parser.parse(html), &Url::parse("https://shop.example/").unwrap());
        assert!(found.nofollow && found.noindex);
        assert_eq!(
            found.alternates.iter().map(|(language, url)| (language.as_str(), url.as_str())).collect::<Vec<_>>(),
            [("de-at", "https://shop.example/at/")]
        );
    }
}
