//! The addresses that are traps or detours, and what each must lead to. Refuses to answer; `answer` does.

use super::{
    catalogue::Catalogue,
    truth::{LeadsTo, Reason, SpecialUrl},
};

/// Linked from a listing, answers 404.
pub(crate) const MISSING: &str = "/products/retired-lantern-13999";
/// Linked from a listing, answers 200 and says that there is nothing.
pub(crate) const SOFT_MISSING: &str = "/kueche/kochen/alte-bratreine-23999.html";
/// The page whose robots meta says nofollow.
pub(crate) const WHOLESALE: &str = "/wholesale";
/// Where the calendar begins; each month links to the next, for ever.
pub(crate) const CALENDAR: &str = "/events/2026/01";

const MOVED: &str = "/old/outdoor/tent-2014.php";
const CHAIN: [&str; 3] = ["/go/pan-of-the-week", "/go/pan-2", "/go/pan-3"];
const LOOP: [&str; 2] = ["/go/round", "/go/and-round"];

/// Links of the page "Last season": every detour of the shop with the text of its link.
pub(crate) const LAST_SEASON: [(&str, &str); 4] = [
    (MOVED, "The tent from our first catalogue"),
    (CHAIN[0], "Pan of the week"),
    (LOOP[0], "The bag that never arrived"),
    (MISSING, "Retired lantern"),
];

/// Where a redirecting address leads, with its status.
pub(crate) fn redirect(catalogue: &Catalogue, path: &str) -> Option<(u16, String)> {
    let to_product = |section: &str, index: usize| {
        let at = catalogue.of_section(section).nth(index)?;
        Some(catalogue.products.get(at)?.path.clone())
    };
    match path {
        _ if path == MOVED => Some((301, to_product("outdoor", 0)?)),
        _ if path == CHAIN[0] => Some((302, CHAIN[1].to_owned())),
        _ if path == CHAIN[1] => Some((302, CHAIN[2].to_owned())),
        _ if path == CHAIN[2] => Some((302, to_product("kueche", 1)?)),
        _ if path == LOOP[0] => Some((302, LOOP[1].to_owned())),
        _ if path == LOOP[1] => Some((302, LOOP[0].to_owned())),
        _ => None,
    }
}

/// Every special address with what it must lead to.
pub(crate) fn special_urls(catalogue: &Catalogue) -> Vec<SpecialUrl> {
    let url = |path: &str, status: u16, leads_to: LeadsTo| SpecialUrl { path: path.to_owned(), status, leads_to };
    let nothing = |path: &str, status: u16, reason: Reason| url(path, status, LeadsTo::Nothing(reason));
    let product = |section: &str, index: usize| catalogue.of_section(section).nth(index).map(|at| &catalogue.products[at]);
    let mut urls = vec![
        nothing(MISSING, 404, Reason::NotFound),
        nothing(SOFT_MISSING, 200, Reason::NotFound),
        nothing(LOOP[0], 302, Reason::RedirectLoop),
        nothing(LOOP[1], 302, Reason::RedirectLoop),
        nothing(CALENDAR, 200, Reason::NotAProduct),
        nothing(WHOLESALE, 200, Reason::NotAProduct),
        nothing("/cart", 200, Reason::RobotsTxtForbids),
        nothing("/checkout", 200, Reason::RobotsTxtForbids),
        nothing("/truth.json", 200, Reason::RobotsTxtForbids),
    ];
    for page in ["/", "/about", "/contact", "/questions", "/blog", "/login", "/sale", "/search", "/last-season"] {
        urls.push(nothing(page, 200, Reason::NotAProduct));
    }
    if let Some(product) = product("outdoor", 0) {
        let target = || LeadsTo::Product(product.path.clone());
        urls.push(url(MOVED, 301, target()));
        urls.push(url(&format!("{}?utm_source=mail&utm_campaign=spring", product.path), 200, target()));
        urls.push(url(&format!("{}?sessionid=77aa01", product.path), 200, target()));
    }
    if let Some(product) = product("kueche", 1) {
        urls.extend(CHAIN.map(|step| url(step, 302, LeadsTo::Product(product.path.clone()))));
    }
    for product in &catalogue.products {
        urls.extend(product.other_paths.iter().map(|other| url(other, 200, LeadsTo::Product(product.path.clone()))));
    }
    urls
}
