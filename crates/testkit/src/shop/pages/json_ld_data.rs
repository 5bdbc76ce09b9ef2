//! The schema.org graph of a JSON-LD product page, also the two broken spellings of it. Prices here are plain decimals.

use serde_json::{Map, Value, json};

use super::{
    super::{
        section::VariantHabit,
        slug::slug,
        truth::{ShopProduct, ShopSku},
        twist::Twist,
    },
    View,
};

/// The content of the script element.
pub(super) fn script(view: View<'_>, at: usize) -> String {
    let text = format!("{:#}", graph(view, at));
    match view.place(at).twist {
        // What a template does that writes a comma after every member.
        Twist::TrailingComma => match text.strip_suffix("\n}") {
            Some(open) => format!("{open},\n}}"),
            None => text,
        },
        // What a template does that prints a text field without encoding it.
        Twist::RawNewline => {
            let description = &view.product(at).description;
            text.replacen(description.as_str(), &description.replacen(". ", ".\r\n", 1), 1)
        }
        _ => text,
    }
}

fn graph(view: View<'_>, at: usize) -> Value {
    let mut nodes = vec![organization(view), breadcrumbs(view, at), product_node(view, at)];
    // Real graphs have no agreed order: the product comes first on every third page.
    if at.is_multiple_of(3) {
        nodes.rotate_right(1);
    }
    json!({ "@context": "https://schema.org", "@graph": nodes })
}

fn organization(view: View<'_>) -> Value {
    json!({
        "@type": "Organization",
        "@id": view.absolute("/#organization"),
        "name": "Wicker & Tide",
        "url": view.absolute("/"),
        "logo": { "@type": "ImageObject", "url": view.absolute("/static/logo.svg") },
        "sameAs": ["https://social.example/creel-demo"],
    })
}

fn breadcrumbs(view: View<'_>, at: usize) -> Value {
    let (product, place) = (view.product(at), view.place(at));
    let item = |position: usize, name: &str, path: &str| json!({ "@type": "ListItem", "position": position, "name": name, "item": view.absolute(path) });
    json!({
        "@type": "BreadcrumbList",
        "itemListElement": [
            item(1, place.section.language.home, "/"),
            item(2, place.section.name, &place.section.path()),
            item(3, place.section.leaves[place.leaf].name, &place.section.leaf_path(place.leaf)),
            item(4, &product.title, &product.path),
        ],
    })
}

fn product_node(view: View<'_>, at: usize) -> Value {
    let product = view.product(at);
    let habit = view.place(at).section.variants;
    let group = habit == VariantHabit::ProductGroup && !product.options.is_empty();
    let mut node = Map::new();
    node.insert("@type".into(), if group { "ProductGroup" } else { "Product" }.into());
    node.insert("@id".into(), format!("{}#product", view.absolute(&product.path)).into());
    node.insert("name".into(), product.title.clone().into());
    node.insert("description".into(), product.description.clone().into());
    node.insert("url".into(), view.absolute(&product.path).into());
    node.insert("brand".into(), json!({ "@type": "Brand", "name": product.brand }));
    if !product.images.is_empty() {
        node.insert("image".into(), product.images.iter().map(|image| view.absolute(image)).collect());
    }
    if let Some((value, count)) = product.rating {
        node.insert("aggregateRating".into(), rating(value, count));
        node.insert("review".into(), reviews(view, at));
    }
    if group {
        node.insert("productGroupID".into(), product.product_id.clone().into());
        node.insert("variesBy".into(), varies_by(product));
        node.insert("hasVariant".into(), product.skus.iter().map(|sku| variant(view, at, sku)).collect());
    } else {
        node.insert("productID".into(), product.product_id.clone().into());
        node.insert("sku".into(), product.product_id.clone().into());
        if let [sku] = &product.skus[..]
            && let Some(gtin) = sku.gtin13()
        {
            node.insert("gtin13".into(), gtin.into());
        }
        if let Some(offers) = offers(view, at) {
            node.insert("offers".into(), offers);
        }
    }
    Value::Object(node)
}

fn rating(value: creel_types::Amount, count: i64) -> Value {
    json!({ "@type": "AggregateRating", "ratingValue": value, "bestRating": 5, "reviewCount": count })
}

fn reviews(view: View<'_>, at: usize) -> Value {
    let texts = &view.place(at).section.language.review_texts;
    let review = |(text, author): (&&str, &str)| {
        json!({
            "@type": "Review",
            "author": { "@type": "Person", "name": author },
            "reviewRating": { "@type": "Rating", "ratingValue": 5, "bestRating": 5 },
            "reviewBody": text,
        })
    };
    texts.iter().zip(super::json_ld::REVIEWERS).take(2).map(review).collect()
}

/// Colour and size are schema.org's own words; anything else is a property with a name.
fn axis_word(code: &str) -> Option<&'static str> {
    match code {
        "color" | "colour" | "farbe" | "cor" => Some("color"),
        "size" | "groesse" | "tamanho" => Some("size"),
        _ => None,
    }
}

fn varies_by(product: &ShopProduct) -> Value {
    let words = product.options.iter().map(|axis| {
        let code = slug(&axis.name);
        axis_word(&code).map_or_else(|| axis.name.clone(), |word| format!("https://schema.org/{word}"))
    });
    words.collect()
}

fn variant(view: View<'_>, at: usize, sku: &ShopSku) -> Value {
    let product = view.product(at);
    let mut node = Map::new();
    node.insert("@type".into(), "Product".into());
    node.insert("name".into(), format!("{} - {}", product.title, sku.options.join(" / ")).into());
    node.insert("sku".into(), sku.sku.clone().into());
    if let Some(gtin) = sku.gtin13() {
        node.insert("gtin13".into(), gtin.into());
    }
    for (axis, value) in product.options.iter().zip(&sku.options) {
        if let Some(word) = axis_word(&slug(&axis.name)) {
            node.insert(word.into(), value.clone().into());
        }
    }
    if let Some(image) = product.images.first() {
        node.insert("image".into(), view.absolute(image).into());
    }
    if let Some(offer) = offer(view, at, sku) {
        node.insert("offers".into(), offer);
    }
    Value::Object(node)
}

/// The offers of a product that is not a group; `None` without a price.
fn offers(view: View<'_>, at: usize) -> Option<Value> {
    let product = view.product(at);
    match &product.skus[..] {
        [only] => offer(view, at, only),
        skus if view.place(at).section.variants == VariantHabit::FormVariations => {
            let prices = || skus.iter().filter_map(|sku| sku.price);
            Some(json!({
                "@type": "AggregateOffer",
                "lowPrice": prices().min()?,
                "highPrice": prices().max()?,
                "offerCount": skus.len(),
                "priceCurrency": product.currency,
                "availability": availability(product.available),
            }))
        }
        skus => skus.iter().map(|sku| offer(view, at, sku)).collect::<Option<Vec<_>>>().map(Value::from),
    }
}

fn offer(view: View<'_>, at: usize, sku: &ShopSku) -> Option<Value> {
    let product = view.product(at);
    let price = sku.price?;
    let mut node = Map::new();
    node.insert("@type".into(), "Offer".into());
    node.insert("sku".into(), sku.sku.clone().into());
    node.insert("url".into(), view.absolute(&format!("{}?variant={}", product.path, sku.sku)).into());
    // Some systems write numbers, some strings; both are in use.
    node.insert("price".into(), if at.is_multiple_of(2) { price.to_string().into() } else { json!(price) });
    node.insert("priceCurrency".into(), json!(product.currency));
    node.insert("availability".into(), availability(sku.in_stock).into());
    node.insert("itemCondition".into(), "https://schema.org/NewCondition".into());
    node.insert("seller".into(), json!({ "@type": "Organization", "name": "Wicker & Tide" }));
    if let (Some(full), "outdoor") = (sku.full_price, product.section.as_str()) {
        let list = json!({
            "@type": "UnitPriceSpecification",
            "priceType": "https://schema.org/StrikethroughPrice",
            "price": full,
            "priceCurrency": product.currency,
        });
        node.insert("priceSpecification".into(), list);
    }
    Some(Value::Object(node))
}

pub(super) fn availability(in_stock: bool) -> &'static str {
    if in_stock { "https://schema.org/InStock" } else { "https://schema.org/OutOfStock" }
}
