//! A naive crawler inside the process: what can be reached by obeying the rules is exactly what is expected.

use std::{
    collections::{BTreeSet, VecDeque},
    io::Read,
};

use flate2::read::GzDecoder;

use super::{
    super::{Expected, Reason, Shop, sitemap},
    get,
    pages::locations,
    text,
};

#[test]
fn a_polite_crawl_reaches_exactly_the_expected_products() {
    let shop = Shop::demo();
    let mut queue: VecDeque<String> = VecDeque::from(["/".to_owned()]);
    queue.extend(locations(&text(&get(&shop, sitemap::PLAIN))));
    let mut more = String::new();
    GzDecoder::new(&get(&shop, sitemap::GZIPPED).body[..]).read_to_string(&mut more).unwrap();
    queue.extend(locations(&more));
    let (mut seen, mut products) = (BTreeSet::new(), BTreeSet::new());
    while let Some(target) = queue.pop_front() {
        if !seen.insert(target.clone()) {
            continue;
        }
        let path = target.split('?').next().unwrap();
        products.extend(shop.product(path).map(|product| product.path.clone()));
        let mut answer = get(&shop, &target);
        if answer.status == 503 {
            answer = get(&shop, &target);
        }
        match answer.headers.iter().find(|(name, _)| *name == "location") {
            Some((_, to)) => queue.push_back(local(to)),
            None => queue.extend(links(&text(&answer))),
        }
    }
    for product in shop.products() {
        let fetched = products.contains(&product.path);
        let hidden =
            [Reason::RobotsTxtForbids, Reason::OnlyNofollowLinks].map(Expected::Nothing).contains(&product.expected);
        assert_eq!(fetched, !hidden, "{}", product.path);
    }
    assert_eq!(shop.hits_under("/private/"), shop.hits_under("/private/open/"));
    assert_eq!(shop.hits("/truth.json"), 0);
}

/// Links that a polite crawler without any memory of facets follows: no forbidden paths, no facets, no calendar.
fn links(html: &str) -> Vec<String> {
    if html.contains("content=\"noindex, nofollow\"") {
        return Vec::new();
    }
    let tags = html.split("<a ").skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag);
    let followed = tags.filter(|tag| !tag.contains("nofollow"));
    let hrefs = followed.filter_map(|tag| tag.split_once("href=\"")?.1.split_once('"')).map(|(href, _)| local(href));
    hrefs.filter(|href| href.starts_with('/') && wanted(href)).collect()
}

fn wanted(href: &str) -> bool {
    let forbidden = ["/private/", "/cart", "/checkout", "/truth.json", "/events/", "/media/"];
    let facet = ["color=", "size=", "brand=", "sort=", "view="].iter().any(|name| href.contains(name));
    href.starts_with("/private/open/") || (!facet && !forbidden.iter().any(|prefix| href.starts_with(prefix)))
}

/// The path and query of an address of this shop, without the parameters and fragments that change nothing.
fn local(href: &str) -> String {
    let href = href.strip_prefix(super::ORIGIN).unwrap_or(href).replace("&amp;", "&");
    let href = href.split('#').next().unwrap_or_default();
    match href.split_once('?') {
        Some((path, query)) if query.starts_with("page=") || query.starts_with("q=") => format!("{path}?{query}"),
        Some((path, query)) if ["color", "size", "brand", "sort", "view"].iter().any(|name| query.starts_with(name)) => {
            format!("{path}?{query}")
        }
        Some((path, _)) => path.to_owned(),
        None => href.to_owned(),
    }
}
