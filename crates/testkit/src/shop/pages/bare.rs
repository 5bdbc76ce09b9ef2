//! The product page of the sections without markup: class names, labels and data attributes are all that a reader has.

use super::{
    super::{
        html::{each, escape, shown},
        section::Section,
        truth::ShopProduct,
    },
    View, bare_options, carousel,
    frame::{Page, document},
};

/// What lazy loaders show until the picture comes: one transparent pixel.
const PIXEL: &str = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

pub(super) fn page(view: View<'_>, at: usize) -> String {
    let (product, section) = (view.product(at), view.place(at).section);
    let language = section.language;
    let strip = |from, count, heading, class, query| {
        carousel::strip(view, &carousel::neighbours(view, at, from, count), heading, class, query)
    };
    let main = format!(
        "{crumbs}{before}{detail}{tabs}{related}{recent}",
        crumbs = crumbs(view, at),
        before = strip(6, 3, language.also_bought, "angebote-leiste", ""),
        detail = detail(view, at),
        tabs = tabs(product, section),
        related = strip(1, 6, language.related, "similar", "?sid=a81c22f09b"),
        recent = strip(10, 4, language.recent, "history", "#top"),
    );
    let canonical = view.canonical(at).map_or(String::new(), |url| format!("<link rel=\"canonical\" href=\"{url}\">\n"));
    let head = format!("{canonical}<meta name=\"description\" content=\"{}\">\n", escape(&product.title));
    document(view, &Page { section: Some(section), title: product.title.clone(), head, body_class: "artikelseite", main })
}

fn crumbs(view: View<'_>, at: usize) -> String {
    let (product, place) = (view.product(at), view.place(at));
    let section = place.section;
    format!(
        "<div class=\"breadcrumb-nav\"><a href=\"/\">{}</a> <span class=\"sep\">›</span> <a href=\"{}\">{}</a> <span class=\"sep\">›</span> <a href=\"{}\">{}</a> <span class=\"sep\">›</span> <span class=\"current\">{}</span></div>\n",
        escape(section.language.home),
        section.path(),
        escape(section.name),
        section.leaf_path(place.leaf),
        escape(section.leaves[place.leaf].name),
        escape(&product.title)
    )
}

fn detail(view: View<'_>, at: usize) -> String {
    let (product, section) = (view.product(at), view.place(at).section);
    let language = section.language;
    format!(
        "<div class=\"product-detail\" id=\"artikel\">\n<div class=\"gallery\">\n{gallery}</div>\n<div class=\"info\">\n<h1 class=\"product-title\">{title}</h1>\n\
         <p class=\"manufacturer\">{brand_label}: <a class=\"brand-link\" href=\"{section_path}?brand={brand_query}\">{brand}</a></p>\n\
         <p class=\"artno\">{article} <span class=\"artno-value\">{id}</span></p>\n{price}<p class=\"taxnote\">{tax}</p>\n{stock}{form}\
         <div class=\"shorttext\"><p>{description}</p></div>\n</div>\n<div class=\"clear\"></div>\n</div>\n",
        gallery = gallery(product),
        title = escape(&product.title),
        brand_label = escape(language.brand),
        section_path = section.path(),
        brand_query = brand_query(&product.brand),
        brand = escape(&product.brand),
        article = escape(language.article_number),
        id = escape(&product.product_id),
        price = price(product, section),
        tax = escape(language.tax_note),
        stock = stock(product, section),
        form = bare_options::form(view, at),
        description = escape(&product.description),
    )
}

fn brand_query(brand: &str) -> String {
    url::form_urlencoded::byte_serialize(brand.as_bytes()).collect()
}

/// Nothing at all where there is no picture: a placeholder would be a picture to a reader.
fn gallery(product: &ShopProduct) -> String {
    let title = escape(&product.title);
    let Some((first, others)) = product.images.split_first() else {
        return String::new();
    };
    let thumbs = each(others, |image| {
        format!(
            "  <a href=\"{image}\" class=\"thumb\" data-large=\"{image}\"><img src=\"{PIXEL}\" data-src=\"{image}?w=64\" alt=\"{title}\"></a>\n"
        )
    });
    format!(
        "<a class=\"zoom\" href=\"{first}\"><img class=\"main-image lazyload\" id=\"mainimage\" src=\"{PIXEL}\" data-src=\"{first}\" data-srcset=\"{first}?w=480 480w, {first}?w=960 960w\" alt=\"{title}\"></a>\n<div class=\"thumbs\">\n{thumbs}</div>\n"
    )
}

fn price(product: &ShopProduct, section: &Section) -> String {
    let language = section.language;
    let Some(price) = product.price else {
        return format!(
            "<div class=\"price-area\"><span class=\"price-ask\">{}</span></div>\n",
            escape(language.price_on_request)
        );
    };
    let old = product.full_price.map_or(String::new(), |full| {
        format!("<span class=\"price-old\">{} <s>{}</s></span> ", escape(language.was), shown(section, full))
    });
    format!("<div class=\"price-area\">{old}<span class=\"price-now\" id=\"price\">{}</span></div>\n", shown(section, price))
}

fn stock(product: &ShopProduct, section: &Section) -> String {
    let (class, text) = match product.available {
        true => ("lager green", section.language.in_stock),
        false => ("lager red", section.language.out_of_stock),
    };
    format!("<p class=\"{class}\">{}</p>\n", escape(text))
}

fn tabs(product: &ShopProduct, section: &Section) -> String {
    let language = section.language;
    let gtin = match &product.skus[..] {
        [only] => only.gtin13().map(|gtin| ("EAN".to_owned(), gtin.to_owned())),
        _ => None,
    };
    let rows = each(product.properties.iter().cloned().chain(gtin), |(name, value)| {
        format!("<tr><td class=\"key\">{}</td><td class=\"val\">{}</td></tr>\n", escape(&name), escape(&value))
    });
    let list = |texts: &[&str]| each(texts, |text| format!("<li>{}</li>\n", escape(text)));
    format!(
        "<div class=\"tabs\">\n<a href=\"#tab1\" onclick=\"return showTab('tab1')\">{details}</a> <a href=\"#tab2\" onclick=\"return showTab('tab2')\">{shipping}</a> <a href=\"#tab3\" onclick=\"return showTab('tab3')\">{returns}</a>\n\
         <div class=\"tab\" id=\"tab1\">\n<h2>{details}</h2>\n<table class=\"datatable\">\n{rows}</table>\n</div>\n\
         <div class=\"tab\" id=\"tab2\">\n<h2>{shipping}</h2>\n<ul>\n{shipping_texts}</ul>\n</div>\n<div class=\"tab\" id=\"tab3\">\n<h2>{returns}</h2>\n<ul>\n{returns_texts}</ul>\n</div>\n</div>\n",
        details = escape(language.details),
        shipping = escape(language.shipping),
        returns = escape(language.returns),
        shipping_texts = list(&language.shipping_texts),
        returns_texts = list(&language.returns_texts),
    )
}
