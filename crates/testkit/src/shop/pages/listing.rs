//! Category pages and the sale: cards with prices, facets, pagination. Discovery pages; never products themselves.

use super::{
    super::{
        dice::Dice,
        html::{each, escape},
        section::Section,
        special,
    },
    View, carousel,
    frame::{Page, document},
    listing_filters::Filters,
};

/// A section's listing, or one of its leaf categories'.
pub(crate) fn category(view: View<'_>, section: &'static Section, leaf: Option<usize>, query: Option<&str>) -> String {
    let language = section.language;
    let (path, title) = match leaf {
        Some(leaf) => (section.leaf_path(leaf), section.leaves[leaf].name),
        None => (section.path(), section.name),
    };
    let here = |at: &usize| view.place(*at).twist.listed() && leaf.is_none_or(|leaf| view.place(*at).leaf == leaf);
    let filters = Filters::parse(query);
    let chosen = filters.choose(view, view.catalogue.of_section(section.key).filter(here).collect());
    let pages = Filters::pages(chosen.len());
    let suffix = link_suffix(section, &filters.address(&path));
    let cards = each(filters.shown(&chosen).iter(), |at| carousel::card(view, *at, &suffix));
    let dead = if leaf.is_none() && filters.is_plain() && filters.page == 1 { dead_card(section) } else { String::new() };
    let main = format!(
        "<nav class=\"breadcrumbs\"><a href=\"/\">{home}</a> › <a href=\"{section_path}\">{section_name}</a></nav>\n<h1 class=\"listing-title\">{title}</h1>\n<p class=\"toolbar-amount\">{results}</p>\n\
         <div class=\"listing\">\n{facets}<div class=\"listing-main\">\n<ul class=\"product-grid {class}\">\n{cards}{dead}</ul>\n{pagination}</div>\n</div>\n",
        home = escape(language.home),
        section_path = section.path(),
        section_name = escape(section.name),
        title = escape(title),
        results = escape(&language.results.replace("{}", &chosen.len().to_string())),
        facets = filters.facets(section, &path),
        class = filters.class(),
        pagination = filters.pagination(&path, pages, language.previous, language.next),
    );
    let head = filters.head_links(view, &path, pages);
    document(view, &Page { section: Some(section), title: title.to_owned(), head, body_class: "template-collection", main })
}

/// What some sections append to every product link of a listing. A session id changes from listing to listing.
fn link_suffix(section: &Section, address: &str) -> String {
    let session = Dice::of(address, 0).roll(0, u64::MAX);
    match section.key {
        "kueche" => "#details".to_owned(),
        "beaute" => "?utm_source=listing&amp;utm_medium=card".to_owned(),
        "audio" => format!("?sid={session:016x}"),
        "ogrod" => format!("?PHPSESSID={session:016x}"),
        _ => String::new(),
    }
}

/// A card whose product is gone: one section links to a 404, another to a page that only says so.
fn dead_card(section: &Section) -> String {
    let (href, text) = match section.key {
        "outdoor" => (special::MISSING, "Retired Lantern"),
        "kueche" => (special::SOFT_MISSING, "Alte Bratreine"),
        _ => return String::new(),
    };
    format!(
        "<li class=\"grid__item\"><div class=\"card\"><h3 class=\"card__heading\"><a href=\"{href}\">{text}</a></h3></div></li>\n"
    )
}

/// Reduced products of all sections in one listing, some of them under their second path.
pub(crate) fn sale(view: View<'_>, query: Option<&str>) -> String {
    let filters = Filters::parse(query);
    let second_path = |at: usize| !view.product(at).other_paths.is_empty();
    let reduced =
        |at: &usize| view.place(*at).twist.listed() && (view.product(*at).full_price.is_some() || second_path(*at));
    // Those with a second path go first, so that a small crawl meets both paths.
    let mut positions: Vec<usize> = (0..view.catalogue.products.len()).filter(reduced).collect();
    positions.sort_by_key(|at| !second_path(*at));
    let chosen = filters.choose(view, positions);
    let pages = Filters::pages(chosen.len());
    let cards = each(filters.shown(&chosen).iter(), |at| {
        let product = view.product(*at);
        let card = carousel::card(view, *at, "");
        match product.other_paths.first() {
            Some(other) => card.replace(&format!("\"{}\"", escape(&product.path)), &format!("\"{}\"", escape(other))),
            None => card,
        }
    });
    let main = format!(
        "<h1 class=\"listing-title\">Sale</h1>\n<ul class=\"product-grid {}\">\n{cards}</ul>\n{}",
        filters.class(),
        filters.pagination("/sale", pages, "Previous", "Next")
    );
    let head = filters.head_links(view, "/sale", pages);
    document(view, &Page { section: None, title: "Sale".to_owned(), head, body_class: "template-collection", main })
}
