//! Strips of other products with their prices, before and after the page's own product. Refuses to show what a listing
//! must not link to.

use super::{
    super::{
        html::{each, escape, shown},
        truth::Template,
    },
    View,
};

/// Positions of `count` listed products of the same section, beginning `from` places after the product at `at`.
pub(super) fn neighbours(view: View<'_>, at: usize, from: usize, count: usize) -> Vec<usize> {
    let section: Vec<usize> = view.catalogue.of_section(view.place(at).section.key).collect();
    let own = section.iter().position(|other| *other == at).unwrap_or(0);
    let others = (0..section.len()).map(|step| section[(own + from + step) % section.len()]);
    others.filter(|other| *other != at && view.place(*other).twist.listed()).take(count).collect()
}

/// One strip with a heading. `query` is appended to each link: a campaign, a session.
pub(super) fn strip(view: View<'_>, others: &[usize], heading: &str, class: &str, query: &str) -> String {
    let Some(template) = others.first().map(|first| view.place(*first).section.template) else {
        return String::new();
    };
    let cards = each(others, |other| card(view, *other, query));
    let heading = escape(heading);
    match template {
        Template::JsonLd => format!(
            "<section class=\"{class} product-recommendations\">\n  <h2 class=\"related-products__heading\">{heading}</h2>\n  <ul class=\"grid product-grid\" role=\"list\">\n{cards}  </ul>\n</section>\n"
        ),
        Template::Microdata => format!(
            "<div class=\"block {class}\">\n<div class=\"block-title title\"><strong>{heading}</strong></div>\n<div class=\"block-content content\">\n<ol class=\"products list items product-items\">\n{cards}</ol>\n</div>\n</div>\n"
        ),
        Template::Bare => {
            format!("<div class=\"{class}\">\n<h3>{heading}</h3>\n<div class=\"prodrow\">\n{cards}</div>\n</div>\n")
        }
    }
}

/// What a card says, ready for HTML.
struct Face<'a> {
    href: String,
    title: String,
    /// Path of the first picture; empty where there is none.
    image: &'a str,
    price: String,
    old: Option<String>,
}

/// A product as listings and strips show it, in its section's template.
pub(super) fn card(view: View<'_>, at: usize, query: &str) -> String {
    let (product, section) = (view.product(at), view.place(at).section);
    let price = product.price.map(|price| shown(section, price));
    let face = Face {
        href: format!("{}{query}", escape(&product.path)),
        title: escape(&product.title),
        image: product.images.first().map(String::as_str).unwrap_or_default(),
        price: price.unwrap_or_else(|| escape(section.language.price_on_request)),
        old: product.full_price.map(|full| shown(section, full)),
    };
    match section.template {
        Template::JsonLd => modern_card(&face),
        Template::Microdata => classic_card(&face),
        Template::Bare => plain_card(&face),
    }
}

fn modern_card(face: &Face<'_>) -> String {
    let Face { href, title, image, price, old } = face;
    let picture = match image.is_empty() {
        true => String::new(),
        false => format!(
            "<img src=\"{image}?w=320\" srcset=\"{image}?w=165 165w, {image}?w=360 360w\" alt=\"{title}\" loading=\"lazy\" width=\"320\" height=\"320\">"
        ),
    };
    let old = old.as_ref().map_or(String::new(), |old| format!(" <s class=\"price-item price-item--regular\">{old}</s>"));
    format!(
        "<li class=\"grid__item\">\n<div class=\"card card--product\">\n  <div class=\"card__media\">{picture}</div>\n  <div class=\"card__information\">\n    <h3 class=\"card__heading\"><a href=\"{href}\" class=\"full-unstyled-link\">{title}</a></h3>\n\
         <div class=\"price\"><span class=\"price-item price-item--sale\">{price}</span>{old}</div>\n  </div>\n</div>\n</li>\n"
    )
}

fn classic_card(face: &Face<'_>) -> String {
    let Face { href, title, image, price, old } = face;
    let picture = match image.is_empty() {
        true => String::new(),
        false => format!(
            "<img class=\"product-image-photo\" src=\"{image}?w=240\" alt=\"{title}\" width=\"240\" height=\"240\"/>"
        ),
    };
    let old = old
        .as_ref()
        .map_or(String::new(), |old| format!("<span class=\"old-price\"><span class=\"price\">{old}</span></span>"));
    format!(
        "<li class=\"item product product-item\">\n<div class=\"product-item-info\">\n<a href=\"{href}\" class=\"product photo product-item-photo\">{picture}</a>\n\
         <div class=\"product details product-item-details\">\n<strong class=\"product name product-item-name\"><a class=\"product-item-link\" href=\"{href}\">{title}</a></strong>\n\
         <div class=\"price-box price-final_price\"><span class=\"price-container\"><span class=\"price\">{price}</span></span>{old}</div>\n</div>\n</div>\n</li>\n"
    )
}

fn plain_card(face: &Face<'_>) -> String {
    let Face { href, title, image, price, old } = face;
    let picture = match image.is_empty() {
        true => String::new(),
        false => format!("<img data-src=\"{image}?w=200\" alt=\"{title}\">"),
    };
    let old = old.as_ref().map_or(String::new(), |old| format!(" <del>{old}</del>"));
    format!(
        "<div class=\"prod\">\n<a class=\"pic\" href=\"{href}\">{picture}</a>\n<a class=\"name\" href=\"{href}\">{title}</a>\n<div class=\"cost\">{price}{old}</div>\n</div>\n"
    )
}
