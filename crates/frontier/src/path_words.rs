//! Reading a URL's shape: its segments, its pages of lists, and the parameters that name a thing.

use url::Url;

/// The path's segments that are not empty.
pub(crate) fn segments(url: &Url) -> impl Iterator<Item = &str> {
    url.path().split('/').filter(|segment| !segment.is_empty())
}

/// Whether a parameter of this name says which product or category is meant: `id`, `product_id`, `cat`, `sku`.
pub(crate) fn names_a_thing(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "id", "pid", "sku", "cat", "category", "c", "product", "item", "article", "artnr", "code", "model", "prod", "cid",
        "cgid", "ean", "gtin", "isbn", "asin", "pn", "partno", "n",
    ];
    let lower = name.to_ascii_lowercase();
    // The capital in `productId`, `itemID` starts the last word; `paid` has none.
    NAMES.contains(&lower.as_str())
        || ["_id", "-id", "productid"].iter().any(|end| lower.ends_with(end))
        || ["Id", "ID"].iter().any(|end| name.ends_with(end))
}

/// For `/c/shoes/page/7/` and its kind the list that it is a part of, and the page's number.
pub(crate) fn list_of_page_path(url: &Url) -> Option<(String, u32)> {
    const WORDS: &[&str] = &["page", "pagina", "seite", "pg", "strana", "strona", "sida", "sivu", "sayfa", "p"];
    let segments: Vec<&str> = segments(url).collect();
    let (list, [word, number]) = segments.split_last_chunk::<2>()?;
    let counts = WORDS.contains(&word.to_ascii_lowercase().as_str()) && !list.is_empty();
    // `/x/p/123456` is a product: a list has at most a few thousand pages, and seldom a thousand where `p` must mean page.
    if !counts || number.len() > if word.len() == 1 { 3 } else { 4 } {
        return None;
    }
    Some((format!("/{}", list.join("/")), number.parse().ok()?))
}
