//! The home page: where a crawl begins. Shows one product of each section and a sponsored one that may not be followed.

use super::{
    super::{
        html::{each, escape},
        sections::SECTIONS,
        twist::Twist,
    },
    View, carousel,
    frame::{Page, document},
};

pub(crate) fn page(view: View<'_>) -> String {
    let sections = each(SECTIONS, |section| {
        let leaves = section.leaves.iter().map(|leaf| escape(leaf.name)).collect::<Vec<_>>().join(" · ");
        format!(
            "<li class=\"collection-card\"><a href=\"{}\" lang=\"{}\"><strong>{}</strong></a><p>{leaves}</p></li>\n",
            section.path(),
            section.html_lang,
            escape(section.name)
        )
    });
    let featured = each(SECTIONS, |section| {
        let mut ordinary = view.catalogue.of_section(section.key).filter(|at| view.place(*at).twist == Twist::Ordinary);
        ordinary.next().map_or(String::new(), |at| carousel::card(view, at, ""))
    });
    let sponsored = view.catalogue.places.iter().position(|place| place.twist == Twist::NofollowLink);
    let sponsored = sponsored.map_or(String::new(), |at| {
        let product = view.product(at);
        format!(
            "<p class=\"sponsored\">Sponsored: <a rel=\"sponsored nofollow\" href=\"{}\">{}</a></p>\n",
            escape(&product.path),
            escape(&product.title)
        )
    });
    let main = format!(
        "<section class=\"hero\">\n<h1>Things worth repairing</h1>\n<p>Ten small departments from ten countries, each with its own prices, language and manners.</p>\n<p><a class=\"button\" href=\"/sale\">See the sale</a> <a class=\"button button--secondary\" href=\"/blog\">Read the journal</a></p>\n</section>\n\
         <section>\n<h2>Departments</h2>\n<ul class=\"collections\">\n{sections}</ul>\n</section>\n<section>\n<h2>From each department</h2>\n<ul class=\"product-grid\">\n{featured}</ul>\n</section>\n{sponsored}\
         <p class=\"more\"><a href=\"/search?q=tent\">tent</a> <a href=\"/search?q=headphones\">headphones</a> <a href=\"#top\">↑</a></p>\n"
    );
    let head = "<meta property=\"og:type\" content=\"website\">\n<meta property=\"og:title\" content=\"Wicker &amp; Tide\">\n<meta property=\"og:image\" content=\"/static/logo.svg\">\n".to_owned();
    document(view, &Page { section: None, title: "Home".to_owned(), head, body_class: "template-index", main })
}
