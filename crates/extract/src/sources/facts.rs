//! What is known of a page before any product is: its address, its headings, its language. Sources use it to tell the page's own product from the
//! others that it shows. Knows nothing of products.

use std::collections::BTreeSet;

use creel_types::{Country, Currency};
use url::Url;

use crate::{
    prices::PriceContext,
    tape::{Attr, Document, Tag},
};

/// Headings that are looked at; beyond them a page abuses `h1`.
const HEADINGS_MAX: usize = 50;

/// Words of a name that are compared.
const WORDS_MAX: usize = 40;

#[derive(Clone, Debug)]
pub struct Facts<'p> {
    pub url: &'p Url,
    /// What relative addresses are resolved against.
    pub base: Url,
    pub country: Country,
    /// The currency that the shop's program knows.
    pub currency: Option<Currency>,
    pub canonical: Option<Url>,
    pub title: String,
    pub og_title: Option<String>,
    pub headings: Vec<String>,
    pub language: Option<String>,
    prices: PriceContext,
    /// Words of title, og:title and first heading, for comparing names with.
    words: BTreeSet<String>,
}

impl<'p> Facts<'p> {
    #[must_use]
    pub fn of(document: Document<'_>, url: &'p Url, country: Country, currency: Option<Currency>) -> Facts<'p> {
        let base = document.base_href().and_then(|base| url.join(&base).ok()).unwrap_or_else(|| url.clone());
        let canonical = document
            .elements(Tag::Link)
            .filter(|link| {
                link.attr_raw(Attr::Rel)
                    .is_some_and(|rel| rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("canonical")))
            })
            .find_map(|link| base.join(link.attr(Attr::Href)?.trim()).ok());
        let og_title = document
            .metas()
            .find(|meta| meta.key.eq_ignore_ascii_case("og:title"))
            .map(|meta| meta.content.trim().to_owned());
        let headings: Vec<String> =
            document.elements(Tag::H1).take(HEADINGS_MAX).map(|h1| h1.text()).filter(|text| !text.is_empty()).collect();
        let title = document.title();
        let mut words = words(&title);
        words.extend(og_title.iter().flat_map(|title| self::words(title)));
        if let [only] = headings.as_slice() {
            words.extend(self::words(only));
        }
        words.extend(slug_words(url));
        let language = document.html_lang().map(|lang| primary_language(&lang)).filter(|lang| !lang.is_empty());
        Facts {
            url,
            base,
            country,
            currency,
            canonical,
            title,
            og_title,
            headings,
            language,
            prices: PriceContext::new(country, currency),
            words,
        }
    }

    #[must_use]
    pub fn prices(&self) -> PriceContext {
        self.prices
    }

    /// How much of `name` the page's title and heading say, 0 to 1.
    #[must_use]
    pub fn names_page(&self, name: &str) -> f32 {
        self.share_named(&words(name))
    }

    /// The share of `words` that the page's title, heading and address have.
    #[must_use]
    pub fn share_named(&self, words: &BTreeSet<String>) -> f32 {
        if words.is_empty() || self.words.is_empty() {
            return 0.0;
        }
        words.iter().filter(|word| self.words.contains(*word)).count() as f32 / words.len() as f32
    }

    /// Whether `address` is this page's, whatever its query.
    #[must_use]
    pub fn is_this_page(&self, address: &str) -> bool {
        let Ok(url) = self.base.join(address.trim()) else { return false };
        let same =
            |other: &Url| other.path().trim_end_matches('/') == url.path().trim_end_matches('/') && url.path().len() > 1;
        same(self.url) || self.canonical.as_ref().is_some_and(same)
    }

    /// Whether the page's address has `id` as a whole word.
    #[must_use]
    pub fn is_in_url(&self, id: &str) -> bool {
        let url = self.url.as_str();
        id.len() >= 3
            && url.match_indices(id).any(|(at, _)| {
                let edge = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
                let bytes = url.as_bytes();
                edge(at.checked_sub(1).and_then(|at| bytes.get(at))) && edge(bytes.get(at + id.len()))
            })
    }
}

/// The words of a name in lower case; where a script puts no spaces between words, its pairs of letters.
#[must_use]
pub fn words(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).take(WORDS_MAX) {
        let letters: Vec<char> = word.chars().collect();
        if letters.len() > 2 && letters.iter().all(|letter| is_unspaced(*letter)) {
            found.extend(letters.windows(2).take(WORDS_MAX).map(|pair| pair.iter().collect::<String>()));
        } else {
            found.insert(word.to_lowercase());
        }
    }
    found
}

/// The words of the address's last segments: "blue-garden-hose" names the product in most shops.
#[must_use]
pub fn slug_words(url: &Url) -> BTreeSet<String> {
    let segments = url.path_segments().into_iter().flatten().filter(|segment| segment.len() > 8).collect::<Vec<_>>();
    segments
        .iter()
        .rev()
        .take(2)
        .flat_map(|segment| words(segment))
        .filter(|word| word.chars().any(char::is_alphabetic) && word.len() > 2)
        .collect()
}

/// Letters of Chinese, Japanese and Thai.
fn is_unspaced(letter: char) -> bool {
    matches!(letter as u32, 0x0e00..=0x0e7f | 0x3040..=0x30ff | 0x3400..=0x9fff)
}

/// `en` of `en-GB`.
#[must_use]
pub fn primary_language(tag: &str) -> String {
    let primary = tag.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    if (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_lowercase()) {
        primary
    } else {
        String::new()
    }
}
