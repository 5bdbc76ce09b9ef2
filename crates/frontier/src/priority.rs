//! Which address comes first: what looks like a product, then further pages of lists, then lists near the home page, then the rest.
//! So a run with a small budget has captures early.

use url::Url;

use crate::{
    likeness::{PRODUCT_LIKENESS_MIN, judge},
    path_words,
    query_parameters::{Purpose, purpose},
};

/// What is known about a link besides its address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkContext {
    /// Links followed from a start page; a start page has 0.
    pub depth: u32,
    /// The link leads to another page of the list that it stands on (`rel=next`, or labelled so).
    pub pagination: bool,
    /// The link stands in a product tile: with a picture and a price.
    pub product_tile: bool,
    pub from_sitemap: bool,
    /// Whether the program's product patterns match; `None` while it has none.
    pub program_says_product: Option<bool>,
}

const START: i64 = 1_000_000;
/// Every address that looks like a product's has at least this priority.
pub const PRODUCT: i64 = 600_000;
const PAGINATION: i64 = 500_000;
const LIST: i64 = 400_000;
const OTHER: i64 = 200_000;
const INFO: i64 = 100_000;
/// Depths and page numbers beyond it do not lower a priority further, so that bands never overlap.
const STEPS_MAX: i64 = 1_000;

/// The order of the queue: the larger number first. Only the order has a meaning.
#[must_use]
pub fn priority(url: &Url, link: &LinkContext) -> i64 {
    let depth = i64::from(link.depth).min(STEPS_MAX);
    if link.depth == 0 && !link.from_sitemap {
        return START;
    }
    let judgement = judge(url);
    let likeness = likeness_in_context(judgement.likeness, link);
    if likeness >= PRODUCT_LIKENESS_MIN {
        return PRODUCT + i64::from(likeness) * 1_000 - depth;
    }
    if let Some(page) = page_number(url, link) {
        // The second page of every list comes before the third of one.
        return PAGINATION - page.min(STEPS_MAX) * 50 - depth.min(49);
    }
    let band = if judgement.is_info {
        INFO
    } else if judgement.is_list {
        LIST
    } else {
        OTHER
    };
    band + i64::from(likeness) - depth * 50
}

fn likeness_in_context(shape: u8, link: &LinkContext) -> u8 {
    match link.program_says_product {
        Some(true) => 100,
        // The program has seen this shop's product pages; the general shape only breaks ties.
        Some(false) => shape.min(PRODUCT_LIKENESS_MIN - 1),
        None if link.product_tile => shape.max(90),
        None if link.pagination => 0,
        None => shape,
    }
}

/// The number of the list's page that the URL names; 2 for a pagination link without a number.
fn page_number(url: &Url, link: &LinkContext) -> Option<i64> {
    let in_query =
        url.query_pairs().find(|(name, _)| purpose(name) == Purpose::Page).and_then(|(_, value)| value.parse().ok());
    let in_path = || path_words::list_of_page_path(url).map(|(_, page)| i64::from(page));
    in_query.map(|page: i64| page.max(0)).or_else(in_path).or(link.pagination.then_some(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_then_pages_then_lists_then_the_rest() {
        let link = LinkContext { depth: 1, ..LinkContext::default() };
        let tile = LinkContext { product_tile: true, ..link };
        let deep = LinkContext { depth: 4, ..link };
        let order = [
            ("/help", LinkContext::default()),
            ("/x", LinkContext { program_says_product: Some(true), ..link }),
            ("/a", tile),
            ("/unnamed/thing-one-two-three", link),
            ("/c/shoes?page=2", link),
            ("/c/shoes/page/3/", link),
            ("/c/shoes?page=3", deep),
            ("/c/shoes", link),
            ("/c/shoes", deep),
            ("/shoes", link),
            ("/product/thing", LinkContext { program_says_product: Some(false), ..deep }),
            ("/blog/ten-ways", link),
        ];
        let values: Vec<i64> = order
            .iter()
            .map(|(path, link)| priority(&Url::parse("https://s.example").unwrap().join(path).unwrap(), link))
            .collect();
        assert!(values.is_sorted_by(|a, b| a > b), "{values:?}");
    }

    #[test]
    fn bands_never_overlap() {
        let far = LinkContext { depth: u32::MAX, ..LinkContext::default() };
        let url = |path: &str| Url::parse("https://s.example").unwrap().join(path).unwrap();
        assert!(priority(&url("/products/x-y-z"), &far) > priority(&url("/c/x?page=1"), &far));
        assert!(priority(&url("/c/x?page=999999999999"), &far) > priority(&url("/c/x"), &LinkContext { depth: 1, ..far }));
        assert!(priority(&url("/c/x"), &far) > priority(&url("/x"), &LinkContext { depth: 1, ..far }));
    }
}
