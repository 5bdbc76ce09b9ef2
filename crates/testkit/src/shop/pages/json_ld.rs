//! The product page of the JSON-LD sections: its head, gallery, price and tabs.

use serde_json::{Value, json};

use super::{
    super::{
        html::{each, escape, shown},
        section::Section,
        truth::ShopProduct,
    },
    View, carousel,
    frame::{Page, alternates, document},
    json_ld_data, json_ld_form,
};

/// Initials only: enough to see that no reviewer is ever stored.
pub(super) const REVIEWERS: [&str; 4] = ["M.", "K.", "S.", "T."];

pub(super) fn page(view: View<'_>, at: usize) -> String {
    let (product, section) = (view.product(at), view.place(at).section);
    let language = section.language;
    let strip = |from, count, heading, class, query| {
        carousel::strip(view, &carousel::neighbours(view, at, from, count), heading, class, query)
    };
    let main = format!(
        "{crumbs}{before}{detail}{reviews}{related}{recent}",
        crumbs = crumbs(view, at),
        before = strip(5, 3, language.also_bought, "upsell-bar", "?ref=upsell"),
        detail = detail(view, at),
        reviews = reviews(product, section),
        related = strip(1, 6, language.related, "related-products", ""),
        recent = strip(9, 4, language.recent, "recently-viewed", "?utm_source=recent&amp;utm_medium=carousel"),
    );
    let page = Page {
        section: Some(section),
        title: product.title.clone(),
        head: head(view, at),
        body_class: "template-product",
        main,
    };
    document(view, &page)
}

fn head(view: View<'_>, at: usize) -> String {
    let product = view.product(at);
    let canonical = view.canonical(at).map_or(String::new(), |url| format!("<link rel=\"canonical\" href=\"{url}\">\n"));
    let image = product
        .images
        .first()
        .map_or(String::new(), |image| format!("<meta property=\"og:image\" content=\"{}\">\n", view.absolute(image)));
    format!(
        "{canonical}<meta name=\"description\" content=\"{description}\">\n<meta property=\"og:site_name\" content=\"Wicker &amp; Tide\">\n<meta property=\"og:type\" content=\"product\">\n\
         <meta property=\"og:title\" content=\"{title}\">\n{image}{alternates}<script type=\"application/ld+json\">\n{data}\n</script>\n{layer}",
        description = escape(&product.description),
        title = escape(&product.title),
        alternates = alternates(&product.path),
        data = json_ld_data::script(view, at),
        layer = data_layer(view, at),
    )
}

/// What an analytics tool is told: this product, and the recommended ones with their prices.
fn data_layer(view: View<'_>, at: usize) -> String {
    let item = |at: usize| {
        let product = view.product(at);
        json!({ "item_id": product.product_id, "item_name": product.title, "item_brand": product.brand, "price": product.price })
    };
    let impressions: Vec<Value> = carousel::neighbours(view, at, 1, 6).into_iter().map(item).collect();
    let currency = view.product(at).currency;
    format!(
        "<script>\nwindow.dataLayer = window.dataLayer || [];\nwindow.dataLayer.push({});\nwindow.dataLayer.push({});\n</script>\n",
        json!({ "event": "view_item_list", "ecommerce": { "currency": currency, "items": impressions } }),
        json!({ "event": "view_item", "ecommerce": { "currency": currency, "items": [item(at)] } }),
    )
}

fn crumbs(view: View<'_>, at: usize) -> String {
    let (product, place) = (view.product(at), view.place(at));
    let section = place.section;
    format!(
        "<nav class=\"breadcrumbs\" aria-label=\"breadcrumbs\">\n<ol>\n  <li><a href=\"/\">{}</a></li>\n  <li><a href=\"{}\">{}</a></li>\n  <li><a href=\"{}\">{}</a></li>\n  <li aria-current=\"page\">{}</li>\n</ol>\n</nav>\n",
        escape(section.language.home),
        section.path(),
        escape(section.name),
        section.leaf_path(place.leaf),
        escape(section.leaves[place.leaf].name),
        escape(&product.title),
    )
}

fn detail(view: View<'_>, at: usize) -> String {
    let (product, section) = (view.product(at), view.place(at).section);
    let language = section.language;
    format!(
        "<section class=\"product-section page-width\" id=\"product-{id}\">\n<div class=\"product product--medium grid\">\n{gallery}<div class=\"product__info-wrapper\">\n\
         <p class=\"product__vendor caption\">{brand}</p>\n<h1 class=\"product__title\">{title}</h1>\n{price}<p class=\"product__tax caption\">{tax}</p>\n{stock}{form}\
         <p class=\"product__sku caption\">{article}: <span class=\"sku\">{id}</span></p>\n\
         <div class=\"product__description rte\">\n<h2>{description_label}</h2>\n<p>{description}</p>\n</div>\n{tabs}</div>\n</div>\n</section>\n",
        id = escape(&product.product_id),
        gallery = gallery(product),
        brand = escape(&product.brand),
        title = escape(&product.title),
        price = price(product, section),
        tax = escape(language.tax_note),
        stock = stock(product, section),
        form = json_ld_form::form(view, at),
        article = escape(language.article_number),
        description_label = escape(language.description),
        description = escape(&product.description),
        tabs = tabs(product, section),
    )
}

fn gallery(product: &ShopProduct) -> String {
    let items = each(product.images.iter().enumerate(), |(n, image)| {
        format!(
            "<li class=\"product__media-item\" data-media-id=\"{n}\">\n  <img src=\"{image}?width=1024\" srcset=\"{image}?width=246 246w, {image}?width=493 493w, {image}?width=1024 1024w\" alt=\"{}\" width=\"480\" height=\"480\">\n</li>\n",
            escape(&product.title)
        )
    });
    format!(
        "<div class=\"product__media-wrapper\">\n<ul class=\"product__media-list\" role=\"list\">\n{items}</ul>\n</div>\n"
    )
}

fn price(product: &ShopProduct, section: &Section) -> String {
    let language = section.language;
    match (product.price, product.full_price) {
        (Some(price), Some(full)) => format!(
            "<div class=\"price price--large price--sale\">\n  <span class=\"visually-hidden\">{}</span> <s class=\"price-item price-item--regular\">{}</s>\n  <span class=\"price-item price-item--last\">{}</span>\n  <span class=\"badge\">%</span>\n</div>\n",
            escape(language.was),
            shown(section, full),
            shown(section, price)
        ),
        (Some(price), None) => {
            format!(
                "<div class=\"price price--large\">\n  <span class=\"price-item price-item--last\">{}</span>\n</div>\n",
                shown(section, price)
            )
        }
        (None, _) => {
            format!("<div class=\"price price--ask\">\n  <span>{}</span>\n</div>\n", escape(language.price_on_request))
        }
    }
}

fn stock(product: &ShopProduct, section: &Section) -> String {
    let (class, text) = match product.available {
        true => ("product__inventory product__inventory--in", section.language.in_stock),
        false => ("product__inventory product__inventory--out", section.language.out_of_stock),
    };
    format!("<p class=\"{class}\">{}</p>\n", escape(text))
}

fn tabs(product: &ShopProduct, section: &Section) -> String {
    let language = section.language;
    let rows =
        each(&product.properties, |(name, value)| format!("<tr><th>{}</th><td>{}</td></tr>\n", escape(name), escape(value)));
    let list = |texts: &[&str]| each(texts, |text| format!("<p>{}</p>\n", escape(text)));
    format!(
        "<details class=\"accordion\" open><summary>{}</summary>\n<table class=\"product-specs\">\n{rows}</table>\n</details>\n\
         <details class=\"accordion\"><summary>{}</summary>\n{}</details>\n<details class=\"accordion\"><summary>{}</summary>\n{}</details>\n",
        escape(language.details),
        escape(language.shipping),
        list(&language.shipping_texts),
        escape(language.returns),
        list(&language.returns_texts),
    )
}

fn reviews(product: &ShopProduct, section: &Section) -> String {
    let Some((value, count)) = product.rating else {
        return String::new();
    };
    let texts = each(section.language.review_texts.iter().zip(REVIEWERS), |(text, author)| {
        format!(
            "<li class=\"review\">\n  <p class=\"review__stars\">★★★★★</p>\n  <p class=\"review__body\">{}</p>\n  <p class=\"review__author\">{author}</p>\n</li>\n",
            escape(text)
        )
    });
    format!(
        "<section class=\"reviews\" id=\"reviews\">\n<h2>{} <span class=\"reviews__mean\">{value} / 5</span> <span class=\"reviews__count\">({count})</span></h2>\n<ul>\n{texts}</ul>\n</section>\n",
        escape(section.language.reviews)
    )
}
