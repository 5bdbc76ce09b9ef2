//! What only the page's address says: the product's number. Owns what in a path or query looks like one; the weakest of the sources that name it.

use creel_types::Source;
use url::Url;

use crate::reading::Reading;

/// Query parameters that hold a product's number, and not a variant's or a campaign's.
#[rustfmt::skip]
const ID_PARAMETERS: [&str; 16] = [
    "pid", "productid", "product_id", "product-id", "prodid", "itemid", "item_id", "item", "sku", "id_product",
    "products_id", "artnr", "article", "goods_id", "idproduct", "goodscode",
];

/// Path segments after which the product's number stands.
#[rustfmt::skip]
const ID_SEGMENTS: [&str; 19] = [
    "p", "dp", "gp", "ip", "item", "itm", "product", "products", "products_id", "prod", "pd", "pdp", "sku", "deal",
    "listing", "artikel", "article", "produkt", "goods",
];

#[must_use]
pub fn read(url: &Url) -> Reading {
    Reading { source: Some(Source::Url), product_id: product_id(url), ..Reading::default() }
}

fn product_id(url: &Url) -> Option<String> {
    let by_query = url
        .query_pairs()
        .find(|(name, value)| ID_PARAMETERS.contains(&name.to_ascii_lowercase().as_str()) && is_code(value))
        .map(|(_, value)| value.into_owned());
    if by_query.is_some() {
        return by_query;
    }
    let segments: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
    let last = segments.last()?;
    // "/dp/B07G2L3JMM/ref=x": the segment after a telling one.
    let after = segments
        .windows(2)
        .rev()
        .find(|pair| {
            ID_SEGMENTS.contains(&pair[0].to_ascii_lowercase().as_str()) && is_code(pair[1]) && !pair[1].contains('-')
        })
        .map(|pair| pair[1]);
    if let Some(id) = after {
        return Some(strip(id).to_owned());
    }
    let parts = segments.iter().rev().take(2).find_map(|segment| from_slug(segment));
    parts.or_else(|| is_code(strip(last)).then(|| strip(last).to_owned()))
}

/// The number in "name-of-it-p400105394.html", "name,p571345,l1646.html", "name-12185160.html", "M67296549.htm".
fn from_slug(segment: &str) -> Option<String> {
    let bare = strip(segment);
    let parts: Vec<&str> = bare.split(['-', '_', ',', '.']).filter(|part| !part.is_empty()).collect();
    let score = |at: usize, part: &str| -> u32 {
        let (head, digits) = split_letters(part);
        let count = digits.len();
        let edge = at + 1 == parts.len() || at == 0;
        let pure = head.is_empty();
        let prefixed = matches!(
            head.to_ascii_lowercase().as_str(),
            "p" | "a" | "i" | "id" | "sku" | "m" | "pd" | "x" | "s" | "iid" | "prd" | "art" | "dp"
        );
        if count < 4 || digits.bytes().any(|byte| !byte.is_ascii_digit()) || !(pure || prefixed) {
            return 0;
        }
        count as u32 + if edge { 4 } else { 0 } + if prefixed { 3 } else { 0 }
    };
    let best = parts
        .iter()
        .enumerate()
        .map(|(at, part)| (score(at, part), *part))
        .filter(|found| found.0 > 0)
        .max_by_key(|found| found.0)?;
    let (head, digits) = split_letters(best.1);
    // A letter that belongs to the number is upper case.
    let id = if head.chars().any(|letter| letter.is_ascii_uppercase()) { best.1 } else { digits };
    Some(id.to_owned())
}

fn split_letters(part: &str) -> (&str, &str) {
    let at = part.find(|letter: char| letter.is_ascii_digit()).unwrap_or(part.len());
    part.split_at(at)
}

fn strip(segment: &str) -> &str {
    [".html", ".htm", ".php", ".aspx", ".jsp", ".do"]
        .iter()
        .find_map(|ending| segment.strip_suffix(ending))
        .unwrap_or(segment)
}

fn is_code(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= 3
        && text.len() <= 32
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_only_the_address_has() {
        for (url, id) in [
            ("https://s.example/p/hose-848068924/", Some("848068924")),
            ("https://s.example/item/phone-iid-1021493409", Some("1021493409")),
            ("https://s.example/product_info.php/products_id/66868/led8-mini.html", Some("66868")),
            ("https://s.example/shelf-p400105394.html", Some("400105394")),
            ("https://s.example/panel,p466,l1646.html", None),
            ("https://s.example/panel,p571345,l1646.html", Some("571345")),
            ("https://s.example/cardigans/zipped-12185160.html?cgid=x", Some("12185160")),
            ("https://s.example/store/122725?pid=260591", Some("260591")),
            ("https://s.example/dp/B07G2L3JMM/ref=sr_1", Some("B07G2L3JMM")),
            ("https://s.example/deal/4548094738", Some("4548094738")),
            ("https://s.example/M67296549.htm", Some("M67296549")),
            ("https://s.example/blue-hose", None),
            ("https://s.example/", None),
        ] {
            assert_eq!(product_id(&Url::parse(url).unwrap()).as_deref(), id, "{url}");
        }
    }
}
