//! One spelling for every address: the form that a product is known and debited by, and the form in which links are queued.
//! Parameters are judged by general names only; what a single shop does with its own belongs in its robot program.

use creel_types::Host;
use url::Url;

use crate::{
    percent,
    query_parameters::{Purpose, purpose_of_pair},
};

/// The address that identifies a product within a run (SPEC 2.2): what only tracks, keeps a session, arranges the display or
/// preselects a variant is dropped, the rest is sorted.
#[must_use]
pub fn canonical_url(url: &Url) -> Url {
    rewrite(url, |purpose| matches!(purpose, Purpose::Identity | Purpose::Page | Purpose::Facet))
}

/// The address that a found link is queued by: as [`canonical_url`], and facets are dropped too, so that the combinations of a
/// shop's filters are one page. Pagination stays. Start pages are not queued by it: who names a filtered list means it.
#[must_use]
pub fn queue_url(url: &Url) -> Url {
    rewrite(url, |purpose| matches!(purpose, Purpose::Identity | Purpose::Page))
}

/// Whether the address that `page` states as canonical may stand for it: on the robot's host, of a product, and of the same one as
/// far as a URL tells. That it has not named another product in this run is checked where captures are stored.
#[must_use]
pub fn accept_canonical(page: &Url, stated: &Url, host: &Host, looks_like_product: impl Fn(&Url) -> bool) -> bool {
    // Shops that name their home page or a category as canonical of every product would turn all products into one.
    let a_page_of_its_own = stated.path() != "/" || stated.query().is_some() || page.path() == "/";
    host.holds(stated) && a_page_of_its_own && looks_like_product(stated)
}

fn rewrite(url: &Url, keep: impl Fn(Purpose) -> bool) -> Url {
    let mut out = url.clone();
    out.set_fragment(None);
    // Sign-in data in an address is never part of a product's name, and must not be stored.
    if !out.username().is_empty() || out.password().is_some() {
        let _ = out.set_username("");
        let _ = out.set_password(None);
    }
    let path = percent::normalize(without_session(url.path()));
    if path != url.path() {
        out.set_path(&path);
    }
    let query = url.query().and_then(|query| sorted_query(query, keep));
    out.set_query(query.as_deref());
    out
}

/// The path without `;jsessionid=…` and its kind. Other path parameters are kept: they can name the product.
fn without_session(path: &str) -> &str {
    const MARKS: [&str; 4] = [";jsessionid=", ";phpsessid=", ";sid=", ";sessionid="];
    let lower = path.to_ascii_lowercase();
    // Lower-casing ASCII keeps every offset. What follows the session id in the path is nothing in practice.
    MARKS.iter().filter_map(|mark| lower.find(mark)).min().map_or(path, |at| &path[..at])
}

/// The parameters to keep, normalized and in order; `None` when none is left.
fn sorted_query(query: &str, keep: impl Fn(Purpose) -> bool) -> Option<String> {
    let mut kept: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && *pair != "=")
        .map(percent::normalize)
        .filter(|pair| keep(purpose_of_pair(pair)))
        .collect();
    kept.sort_unstable();
    kept.dedup();
    (!kept.is_empty()).then(|| kept.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn canonical_form() {
        for (from, to) in [
            ("HTTPS://Shop.Example:443/A/b#top", "https://shop.example/A/b"),
            ("http://shop.example:8080/a?", "http://shop.example:8080/a"),
            ("https://shop.example/p?utm_source=x&id=7&gclid=1", "https://shop.example/p?id=7"),
            ("https://shop.example/p?b=2&a=1&a=0", "https://shop.example/p?a=0&a=1&b=2"),
            ("https://shop.example/p?PHPSESSID=1&sid=2&sort=price&view=grid&per_page=60", "https://shop.example/p"),
            ("https://shop.example/p;jsessionid=AB12?id=1", "https://shop.example/p?id=1"),
            ("https://shop.example/p;JSESSIONID=AB12", "https://shop.example/p"),
            ("https://shop.example/p;color=red", "https://shop.example/p;color=red"),
            ("https://shop.example/%7Eu/caf%c3%a9%2fx", "https://shop.example/~u/caf%C3%A9%2Fx"),
            ("https://shop.example/café", "https://shop.example/caf%C3%A9"),
            ("https://shop.example/p?variant=44&currency=EUR", "https://shop.example/p?currency=EUR"),
            ("https://shop.example/index.html", "https://shop.example/index.html"),
            ("https://shop.example/a/../b/", "https://shop.example/b/"),
            ("https://shop.example/p?&&id=1&", "https://shop.example/p?id=1"),
            ("https://shop.example/p?sku=%61b", "https://shop.example/p?sku=ab"),
            ("https://user:secret@shop.example/p", "https://shop.example/p"),
            ("https://shop.example/s?q=red+shoe&page=2", "https://shop.example/s?page=2&q=red+shoe"),
            ("https://shop.example/p?color=red&id=1", "https://shop.example/p?color=red&id=1"),
        ] {
            let canonical = canonical_url(&url(from));
            assert_eq!(canonical.as_str(), to, "{from}");
            assert_eq!(canonical_url(&canonical), canonical, "twice: {from}");
        }
    }

    #[test]
    fn filters_and_orders_are_one_page() {
        for (from, to) in [
            ("https://s.example/c/shoes?color=red&size=42&sort=price&page=2", "https://s.example/c/shoes?page=2"),
            ("https://s.example/c/shoes?filter.v.price.gte=10&sort_by=best", "https://s.example/c/shoes"),
            ("https://s.example/c/shoes?filter%5Bcolor%5D%5B%5D=3&p=4", "https://s.example/c/shoes?p=4"),
            ("https://s.example/c?cat=3&dir=asc&mode=list&limit=all", "https://s.example/c?cat=3"),
            (
                "https://s.example/index.php?option=com_shop&view=product&id=9",
                "https://s.example/index.php?id=9&option=com_shop&view=product",
            ),
            ("https://s.example/product.php?id=9&PHPSESSID=a", "https://s.example/product.php?id=9"),
        ] {
            assert_eq!(queue_url(&url(from)).as_str(), to, "{from}");
        }
    }

    #[test]
    fn a_stated_canonical_must_be_a_product_of_the_host() {
        let host = Host::of(&url("https://www.shop.example/")).unwrap();
        let product = |url: &Url| url.path().contains("/p/");
        for (stated, accepted) in [
            ("https://shop.example/p/1", true),
            ("https://www.shop.example/p/1", true),
            ("https://de.shop.example/p/1", false),
            ("https://other.example/p/1", false),
            ("https://shop.example/c/1", false),
            ("https://shop.example/", false),
        ] {
            assert_eq!(
                accept_canonical(&url("https://shop.example/p/1?x=2"), &url(stated), &host, product),
                accepted,
                "{stated}"
            );
        }
        assert!(!accept_canonical(&url("https://shop.example/p/1"), &url("https://shop.example/"), &host, |_| true));
    }

    proptest::proptest! {
        #[test]
        fn any_address_has_one_form(path in ".{0,40}", query in ".{0,40}") {
            let mut address = url("https://shop.example/");
            address.set_path(&path);
            address.set_query(Some(&query));
            let once = canonical_url(&address);
            proptest::prop_assert_eq!(canonical_url(&once), once.clone());
            let queued = queue_url(&address);
            proptest::prop_assert_eq!(queue_url(&queued), queued);
        }
    }
}
