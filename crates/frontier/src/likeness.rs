//! How much a URL looks like one product's page, from its shape alone: words in the path, numbers, the length of the slug. The
//! weights are those of a logistic regression over labelled URLs of 156 shops, rounded by hand; no shop is named.

use url::Url;

use crate::{percent, traps, url_words};

/// From this likeness on a URL counts as a product's.
pub const PRODUCT_LIKENESS_MIN: u8 = 50;

/// Whether the URL looks like one product's page.
#[must_use]
pub fn looks_like_product(url: &Url) -> bool {
    product_likeness(url) >= PRODUCT_LIKENESS_MIN
}

/// How much the URL looks like one product's page, 0 to 100.
#[must_use]
pub fn product_likeness(url: &Url) -> u8 {
    judge(url).likeness
}

/// What the shape of a URL says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judgement {
    pub likeness: u8,
    /// The path names a list of products: a category, a brand, a search.
    pub is_list: bool,
    /// The path speaks of the shop: blog, help, terms.
    pub is_info: bool,
}

pub(crate) fn judge(url: &Url) -> Judgement {
    let shape = Shape::of(url);
    let host = host_score(url);
    let score = BIAS + shape.path_score() + shape.slug_score() + query_score(url) + host;
    let holds = |words: &[&str]| shape.segments.iter().any(|segment| url_words::holds(words, segment));
    Judgement {
        // Eight points of score are one of likeness; the clamp makes the cast exact.
        likeness: (i32::from(PRODUCT_LIKENESS_MIN) + score.div_euclid(8)).clamp(0, 100) as u8,
        is_list: holds(url_words::CATEGORY) || shape.has_category_number(),
        is_info: host < 0
            || holds(url_words::INFO)
            || shape.tokens().any(|token| url_words::holds(url_words::INFO_IN_SLUG, token)),
    }
}

/// Scores are hundredths of log-odds.
const BIAS: i32 = -65;

/// A path taken apart: lower case, decoded, without a language part, an index file and an extension.
struct Shape {
    segments: Vec<String>,
    /// The last segment without its extension.
    slug: String,
    html: bool,
}

impl Shape {
    fn of(url: &Url) -> Shape {
        let path = percent::decode_lossy(url.path()).to_ascii_lowercase();
        let mut segments: Vec<String> = path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
        if segments.first().is_some_and(|first| is_language(first)) {
            segments.remove(0);
        }
        if segments.last().is_some_and(|last| last.split('.').next() == Some("index")) {
            segments.pop();
        }
        let last = segments.last().cloned().unwrap_or_default();
        let (slug, extension) = match last.rsplit_once('.') {
            Some((slug, extension)) if PAGE_EXTENSIONS.contains(&extension) && !slug.is_empty() => {
                (slug.to_owned(), extension)
            }
            _ => (last.clone(), ""),
        };
        Shape { segments, slug, html: matches!(extension, "html" | "htm") }
    }

    fn tokens(&self) -> impl Iterator<Item = &str> {
        tokens(&self.slug)
    }

    /// Words of the slug; of the segment before it when the slug is a bare number.
    fn words(&self) -> usize {
        let own = self.tokens().count();
        let numbered = !self.slug.is_empty() && self.slug.bytes().all(|byte| byte.is_ascii_digit());
        match self.segments.len().checked_sub(2).and_then(|at| self.segments.get(at)) {
            Some(before) if numbered => own.max(tokens(before).count()),
            _ => own,
        }
    }

    /// `c-231`, `c338`, `cat-1779` as a word of the slug, the number of a category.
    fn has_category_number(&self) -> bool {
        has_numbered_word(&self.slug, &["c", "cat", "category"], 1)
    }

    fn path_score(&self) -> i32 {
        let Some((last, before)) = self.segments.split_last() else { return -300 };
        let holds = |segments: &[String], words: &[&str]| segments.iter().any(|segment| url_words::holds(words, segment));
        let last = std::slice::from_ref(last);
        let mut score = 0;
        if holds(before, url_words::PRODUCT) {
            score += 230;
        } else if holds(before, url_words::CATEGORY) {
            score -= 130;
        }
        score -= if holds(last, url_words::PRODUCT) { 100 } else { 0 };
        score -= if holds(last, url_words::CATEGORY) { 150 } else { 0 };
        score -= if holds(last, url_words::INFO) { 150 } else { 0 };
        score -= if holds(before, url_words::INFO) { 280 } else { 0 };
        let segments: Vec<&str> = self.segments.iter().map(String::as_str).collect();
        score -= if segments.windows(2).any(traps::is_year_and_month) { 150 } else { 0 };
        score += match self.segments.len() {
            1 => -10,
            2 | 4.. => 20,
            _ => 0,
        };
        score + if self.html { 50 } else { 0 }
    }

    fn slug_score(&self) -> i32 {
        if self.slug.is_empty() {
            return 0;
        }
        let words = self.words();
        let mut score = match words {
            0 | 1 => -100,
            2 => -60,
            3 => 0,
            4 => 50,
            5 => 70,
            _ => 80,
        };
        score += if self.slug.len() >= 30 { 50 } else { 0 };
        score += match longest_number(&self.slug) {
            0 => 0,
            1..=3 => 70,
            _ => 170,
        };
        score += if self.tokens().any(is_article_number) { 30 } else { 0 };
        let tail = &self.segments[self.segments.len().saturating_sub(2)..];
        score += if tail.iter().any(|segment| has_numbered_word(segment, &["p"], 2)) { 130 } else { 0 };
        score -= if self.has_category_number() { 100 } else { 0 };
        score -= if self.tokens().any(|token| url_words::holds(url_words::INFO_IN_SLUG, token)) { 140 } else { 0 };
        let names_a_list = words <= 3 && self.tokens().any(|token| url_words::holds(url_words::LIST_IN_SLUG, token));
        score - if names_a_list { 100 } else { 0 }
    }
}

fn query_score(url: &Url) -> i32 {
    const PRODUCT: &[&str] = &[
        "id",
        "pid",
        "productid",
        "product_id",
        "sku",
        "itemid",
        "item_id",
        "item",
        "prod_id",
        "products_id",
        "idproduct",
        "id_product",
        "variant",
        "artnr",
        "article",
        "ean",
        "asin",
    ];
    const LIST: &[&str] = &[
        "page", "p", "sort", "q", "search", "filter", "start", "sz", "order", "cat", "category", "view", "s", "query",
        "orderby",
    ];
    let Some(query) = url.query() else { return 0 };
    let query = query.to_ascii_lowercase();
    let any = |says: &dyn Fn(&str) -> bool| query.split('&').filter_map(|pair| pair.split('=').next()).any(says);
    let mut score = 0;
    score += if any(&|name| PRODUCT.contains(&name) || name.starts_with("dwvar_")) { 150 } else { 0 };
    // A parameter that says product needs no path: `/index.php?product_id=40`.
    score += if any(&|name| name.contains("product") && name.ends_with("id")) { 240 } else { 0 };
    // A chosen variant, or the mark that a recommendation below another product leaves.
    score += if any(&|name| name == "variant" || name.starts_with("dwvar_") || name.starts_with("pr_")) { 70 } else { 0 };
    score - if any(&|name| LIST.contains(&name) || name.contains("filter") || name.starts_with("prefn")) { 60 } else { 0 }
}

fn host_score(url: &Url) -> i32 {
    const INFO: &[&str] = &["blog", "news", "help", "support", "community", "forum", "faq", "press", "careers"];
    let first = url.host_str().and_then(|host| host.split('.').next()).unwrap_or_default();
    if INFO.contains(&first) { -200 } else { 0 }
}

const PAGE_EXTENSIONS: &[&str] = &["html", "htm", "php", "asp", "aspx", "jsp", "do", "cfm", "xhtml", "shtml"];

/// `de`, `en-gb`, `eu_en`.
fn is_language(segment: &str) -> bool {
    let two_letters = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    // `/p/` and `/c/` have one letter; `dp`, `gp`, `ip`, `pd` mean products.
    !url_words::holds(url_words::PRODUCT, segment)
        && segment.split(['-', '_']).count() <= 2
        && segment.split(['-', '_']).all(two_letters)
}

fn tokens(segment: &str) -> impl Iterator<Item = &str> {
    segment.split(['-', '_', '+', ' ', ',', '.']).filter(|token| !token.is_empty())
}

fn longest_number(text: &str) -> usize {
    text.split(|char: char| !char.is_ascii_digit()).map(str::len).max().unwrap_or(0)
}

/// Letters and digits in one word: `rr187019cf`, `b66960568`.
fn is_article_number(token: &str) -> bool {
    token.len() >= 4
        && token.bytes().any(|byte| byte.is_ascii_alphabetic())
        && token.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether one of the words stands in the segment with a number of at least `digits` digits right behind it: `p-123`, `p123`.
fn has_numbered_word(segment: &str, words: &[&str], digits: usize) -> bool {
    let is_number = |text: &str| text.len() >= digits && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut before = "";
    tokens(segment).any(|token| {
        let joined = words.iter().filter_map(|word| token.strip_prefix(word)).any(is_number);
        let apart = words.contains(&before) && is_number(token);
        before = token;
        joined || apart
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_others() {
        for (url, product) in [
            ("https://s.example/product/blue-shirt", true),
            ("https://s.example/products/blue-shirt?variant=33503989530710", true),
            ("https://s.example/collections/men/products/blue-shirt", true),
            ("https://s.example/p/blue-shirt-12345", true),
            ("https://s.example/dp/B08N5WRWNW", true),
            ("https://s.example/de/produkt/blaues-hemd-42", true),
            ("https://s.example/artikel/kaffeemaschine-x200", true),
            ("https://s.example/blue-linen-shirt-with-pockets-p-20334.html", true),
            ("https://s.example/en/mens-genuine-leather-ankle-boots-web-2", true),
            ("https://s.example/catalog/product/view/id/1234", true),
            ("https://s.example/index.php?route=product/product&product_id=40", true),
            ("https://s.example/", false),
            ("https://s.example/de-de/", false),
            ("https://s.example/products", false),
            ("https://s.example/collections/men", false),
            ("https://s.example/c/shoes", false),
            ("https://s.example/category/shoes-and-boots-for-men", false),
            ("https://s.example/c-231-organic-spices.aspx", false),
            ("https://s.example/men/shoes", false),
            ("https://s.example/blog/ten-ways-to-wear-a-blue-shirt-in-2024", false),
            ("https://blog.s.example/2021/07/smallest-charger/", false),
            ("https://s.example/pages/shipping-and-returns", false),
            ("https://s.example/privacy-policy", false),
            ("https://s.example/brands/acme", false),
            ("https://s.example/search?q=blue+shirt", false),
        ] {
            let parsed = Url::parse(url).unwrap();
            assert_eq!(looks_like_product(&parsed), product, "{url}: {}", product_likeness(&parsed));
        }
    }
}
