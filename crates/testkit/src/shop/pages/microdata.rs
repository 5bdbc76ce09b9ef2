//! The product page of the microdata sections: the same facts as attributes of the visible elements.

use super::{
    super::{
        html::{each, escape, shown},
        section::{Section, VariantHabit},
        truth::ShopProduct,
    },
    View, carousel,
    frame::{Page, alternates, document},
    json_ld_data::availability,
    microdata_options,
};

pub(super) fn page(view: View<'_>, at: usize) -> String {
    let (product, section) = (view.product(at), view.place(at).section);
    let language = section.language;
    let strip = |from, count, heading, class, query| {
        carousel::strip(view, &carousel::neighbours(view, at, from, count), heading, class, query)
    };
    let main = format!(
        "{before}{crumbs}{detail}{related}{recent}",
        before = strip(4, 3, language.also_bought, "deal-of-the-day", "?utm_campaign=deal"),
        crumbs = crumbs(view, at),
        detail = detail(view, at),
        related = strip(1, 6, language.related, "related", ""),
        recent = strip(8, 4, language.recent, "viewed", "?SID=5f2c8a1b9e0d4c7f"),
    );
    let page = Page {
        section: Some(section),
        title: product.title.clone(),
        head: head(view, at),
        body_class: "catalog-product-view",
        main,
    };
    document(view, &page)
}

fn head(view: View<'_>, at: usize) -> String {
    let product = view.product(at);
    let canonical = view.canonical(at).map_or(String::new(), |url| format!("<link rel=\"canonical\" href=\"{url}\"/>\n"));
    let image = product
        .images
        .first()
        .map_or(String::new(), |image| format!("<meta property=\"og:image\" content=\"{}\"/>\n", view.absolute(image)));
    format!(
        "<meta name=\"description\" content=\"{}\"/>\n{canonical}<meta property=\"og:type\" content=\"product\"/>\n<meta property=\"og:title\" content=\"{}\"/>\n{image}\
         <meta property=\"og:url\" content=\"{}\"/>\n{}",
        escape(&product.description),
        escape(&product.title),
        view.absolute(&product.path),
        alternates(&product.path),
    )
}

fn crumbs(view: View<'_>, at: usize) -> String {
    let (product, place) = (view.product(at), view.place(at));
    let section = place.section;
    let links = [(section.path(), section.name), (section.leaf_path(place.leaf), section.leaves[place.leaf].name)];
    let items = each(links.iter().enumerate(), |(n, (path, name))| {
        format!(
            "<li class=\"item\" itemprop=\"itemListElement\" itemscope itemtype=\"https://schema.org/ListItem\">\n<a itemprop=\"item\" href=\"{path}\"><span itemprop=\"name\">{}</span></a>\n<meta itemprop=\"position\" content=\"{}\"/>\n</li>\n",
            escape(name),
            n + 1
        )
    });
    format!(
        "<div class=\"breadcrumbs\">\n<ul class=\"items\" itemscope itemtype=\"https://schema.org/BreadcrumbList\">\n<li class=\"item home\"><a href=\"/\">{}</a></li>\n{items}<li class=\"item product\"><strong>{}</strong></li>\n</ul>\n</div>\n",
        escape(section.language.home),
        escape(&product.title)
    )
}

fn detail(view: View<'_>, at: usize) -> String {
    let (product, section) = (view.product(at), view.place(at).section);
    let language = section.language;
    let group = section.variants == VariantHabit::MicrodataGroup && !product.options.is_empty();
    let (kind, id_property) = if group { ("ProductGroup", "productGroupID") } else { ("Product", "productID") };
    let own_sku = if group {
        String::new()
    } else {
        format!("<meta itemprop=\"sku\" content=\"{}\"/>\n", escape(&product.product_id))
    };
    let gtin = match &product.skus[..] {
        [only] => only.gtin13().map_or(String::new(), |gtin| format!("<meta itemprop=\"gtin13\" content=\"{gtin}\"/>\n")),
        _ => String::new(),
    };
    format!(
        "<div class=\"column main\" itemscope itemtype=\"https://schema.org/{kind}\">\n<div class=\"product-info-main\">\n<div class=\"page-title-wrapper product\">\n\
         <h1 class=\"page-title\"><span class=\"base\" data-ui-id=\"page-title-wrapper\" itemprop=\"name\">{title}</span></h1>\n</div>\n\
         <div class=\"product attribute brand\" itemprop=\"brand\" itemscope itemtype=\"https://schema.org/Brand\"><span class=\"type\">{brand_label}</span> <span itemprop=\"name\">{brand}</span></div>\n\
         <div class=\"product-info-price\">\n{price}{stock}<div class=\"product attribute sku\"><strong class=\"type\">{article}</strong> <div class=\"value\" itemprop=\"{id_property}\">{id}</div></div>\n</div>\n\
         {own_sku}{gtin}<p class=\"tax-details\">{tax}</p>\n{options}\
         <div class=\"product attribute overview\"><div class=\"value\" itemprop=\"description\">{description}</div></div>\n</div>\n\
         <div class=\"product media\">\n{gallery}</div>\n{specs}{reviews}</div>\n",
        title = escape(&product.title),
        brand_label = escape(language.brand),
        brand = escape(&product.brand),
        price = price(product, section),
        stock = stock(product, section),
        article = escape(language.article_number),
        id = escape(&product.product_id),
        tax = escape(language.tax_note),
        options = microdata_options::form(view, at),
        description = escape(&product.description),
        gallery = gallery(product),
        specs = specs(product, section),
        reviews = reviews(product, section),
    )
}

/// The shown price. Where each SKU has an offer of its own, the visible price carries no properties.
fn price(product: &ShopProduct, section: &Section) -> String {
    let language = section.language;
    let Some(price) = product.price else {
        return format!(
            "<div class=\"price-box price-on-request\"><span>{}</span></div>\n",
            escape(language.price_on_request)
        );
    };
    let visible = shown(section, price).replace('\u{a0}', "&nbsp;");
    let old = product.full_price.map_or(String::new(), |full| {
        format!(
            "<span class=\"old-price\"><span class=\"price-label\">{}</span> <del class=\"price\">{}</del></span>\n",
            escape(language.was),
            shown(section, full).replace('\u{a0}', "&nbsp;")
        )
    });
    if !product.options.is_empty() && section.variants != VariantHabit::SwatchConfig {
        return format!(
            "<div class=\"price-box price-final_price\">\n{old}<span class=\"special-price\"><span class=\"price\">{visible}</span></span>\n</div>\n"
        );
    }
    format!(
        "<div class=\"price-box price-final_price\" itemprop=\"offers\" itemscope itemtype=\"https://schema.org/Offer\">\n{old}\
         <span class=\"special-price\"><span class=\"price-container\"><span class=\"price-wrapper\"><span class=\"price\">{visible}</span></span></span></span>\n\
         <meta itemprop=\"price\" content=\"{price}\"/>\n<meta itemprop=\"priceCurrency\" content=\"{currency}\"/>\n<link itemprop=\"availability\" href=\"{availability}\"/>\n\
         <link itemprop=\"itemCondition\" href=\"https://schema.org/NewCondition\"/>\n</div>\n",
        currency = product.currency,
        availability = availability(product.available),
    )
}

fn stock(product: &ShopProduct, section: &Section) -> String {
    let (class, text) = match product.available {
        true => ("stock available", section.language.in_stock),
        false => ("stock unavailable", section.language.out_of_stock),
    };
    format!("<div class=\"product-info-stock-sku\"><div class=\"{class}\"><span>{}</span></div></div>\n", escape(text))
}

fn gallery(product: &ShopProduct) -> String {
    each(product.images.iter().enumerate(), |(n, image)| {
        format!(
            "<div class=\"gallery-placeholder\" data-index=\"{n}\"><img class=\"gallery-placeholder__image\" itemprop=\"image\" src=\"{image}\" alt=\"{}\" width=\"480\" height=\"480\"/></div>\n",
            escape(&product.title)
        )
    })
}

fn specs(product: &ShopProduct, section: &Section) -> String {
    let rows = each(&product.properties, |(name, value)| {
        format!(
            "<tr><th class=\"col label\" scope=\"row\">{0}</th><td class=\"col data\" data-th=\"{0}\">{1}</td></tr>\n",
            escape(name),
            escape(value)
        )
    });
    format!(
        "<div class=\"product info detailed\">\n<div class=\"data item title\">{}</div>\n<table class=\"data table additional-attributes\" id=\"product-attribute-specs-table\">\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n",
        escape(section.language.details)
    )
}

fn reviews(product: &ShopProduct, section: &Section) -> String {
    let Some((value, count)) = product.rating else {
        return String::new();
    };
    let texts = each(section.language.review_texts.iter().zip(super::json_ld::REVIEWERS), |(text, author)| {
        format!(
            "<li class=\"item review-item\" itemprop=\"review\" itemscope itemtype=\"https://schema.org/Review\">\n<div class=\"review-content\" itemprop=\"reviewBody\">{}</div>\n\
             <p class=\"review-author\"><strong itemprop=\"author\" itemscope itemtype=\"https://schema.org/Person\"><span itemprop=\"name\">{author}</span></strong></p>\n</li>\n",
            escape(text)
        )
    });
    format!(
        "<div class=\"review-summary\" id=\"reviews\" itemprop=\"aggregateRating\" itemscope itemtype=\"https://schema.org/AggregateRating\">\n<strong>{}</strong> <span itemprop=\"ratingValue\">{value}</span> / <span itemprop=\"bestRating\">5</span> (<span itemprop=\"reviewCount\">{count}</span>)\n</div>\n<ol class=\"items review-items\">\n{texts}</ol>\n",
        escape(section.language.reviews)
    )
}
