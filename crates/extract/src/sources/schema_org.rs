//! schema.org's vocabulary: which item is the page's product, and what its properties say. The same for JSON-LD, microdata and RDFa.
//! Refuses to believe an item because it is there: related products, lists and reviews are items too.

mod breadcrumbs;
mod offers;
mod variants;

use creel_types::{Amount, Source};

use crate::{
    reading::{RatingReading, Reading},
    sources::{
        facts::Facts,
        items::{ItemRef, Items, short_name},
    },
};

/// Candidates that are weighed; a catalogue has more, and its product is not among them.
const CANDIDATES_MAX: usize = 400;

/// Texts that are kept of one list-like property.
const LIST_MAX: usize = 100;

/// What a page's items say about its product, if one of them is it.
#[must_use]
pub fn read(items: &Items, facts: &Facts<'_>, source: Source) -> Option<Reading> {
    let breadcrumbs = breadcrumbs::breadcrumbs(items);
    let Some(product) = main_product(items, facts) else {
        let only = Reading { source: Some(source), breadcrumbs, ..Reading::default() };
        return (!only.breadcrumbs.is_empty()).then_some(only);
    };
    let mut reading = product_reading(product, facts);
    reading.source = Some(source);
    reading.breadcrumbs = breadcrumbs;
    if reading.breadcrumbs.is_empty() {
        reading.breadcrumbs = product.text("category").map(breadcrumbs::category_path).unwrap_or_default();
    }
    Some(reading)
}

/// Whether the items say that the page is an article and no product.
#[must_use]
pub fn is_article(items: &Items) -> bool {
    items.all().any(|item| {
        item.parent().is_none()
            && item.types().iter().any(|kind| {
                matches!(
                    kind.as_str(),
                    "Article"
                        | "NewsArticle"
                        | "BlogPosting"
                        | "TechArticle"
                        | "Report"
                        | "LiveBlogPosting"
                        | "OpinionNewsArticle"
                        | "ReportageNewsArticle"
                        | "AnalysisNewsArticle"
                        | "Recipe"
                        | "QAPage"
                        | "DiscussionForumPosting"
                        | "JobPosting"
                )
            })
    })
}

/// How many products the items list beside each other: many mean a listing.
#[must_use]
pub fn listed_products(items: &Items) -> usize {
    items
        .all()
        .filter(|item| is_product(*item) || item.is("ListItem") && (item.has("url") || item.has("item")))
        .filter(|item| {
            role(*item) == Role::Listed
                || item.parent().is_none() && is_product(*item)
                || item.is("ListItem") && !in_breadcrumbs(*item)
        })
        .count()
}

fn in_breadcrumbs(item: ItemRef<'_>) -> bool {
    item.parent().is_some_and(|(parent, _)| parent.is("BreadcrumbList") || parent.is("Breadcrumb"))
}

fn is_product(item: ItemRef<'_>) -> bool {
    item.types().iter().any(|kind| {
        matches!(
            kind.as_str(),
            "Product"
                | "ProductGroup"
                | "IndividualProduct"
                | "ProductModel"
                | "SomeProducts"
                | "Vehicle"
                | "Car"
                | "Motorcycle"
                | "Book"
                | "ProductCollection"
                | "BusOrCoach"
                | "MotorizedBicycle"
                | "product"
                | "PRODUCT"
        )
    })
}

/// Anything may be sold: events, courses, software. Organizations and pages that carry offers are not goods.
fn is_sold(item: ItemRef<'_>) -> bool {
    item.has("offers")
        && item.has("name")
        && !item.types().is_empty()
        && !item.types().iter().any(|kind| {
            kind.ends_with("Organization")
                || kind.ends_with("Store")
                || kind.ends_with("Page")
                || kind.ends_with("Article")
                || kind.ends_with("Business")
                || matches!(
                    kind.as_str(),
                    "Offer"
                        | "AggregateOffer"
                        | "ItemList"
                        | "WebSite"
                        | "OfferCatalog"
                        | "Person"
                        | "Service"
                        | "Restaurant"
                        | "BlogPosting"
                        | "Brand"
                )
        })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It may be the page's own.
    Own,
    /// One of a list.
    Listed,
    /// Shown beside the page's own.
    Related,
    /// A variant of another product.
    Variant,
}

/// What leads to an item.
fn role(item: ItemRef<'_>) -> Role {
    let mut at = item;
    // Nesting of items is bounded by the parsers; a loop would need an item above itself, which they do not make.
    for _ in 0..12 {
        let Some((parent, name)) = at.parent() else { return Role::Own };
        match name {
            "isRelatedTo"
            | "isSimilarTo"
            | "isAccessoryOrSparePartFor"
            | "isConsumableFor"
            | "itemReviewed"
            | "hasOfferCatalog"
            | "makesOffer"
            | "workExample"
            | "exampleOfWork"
            | "about"
            | "mentions"
            | "addOn"
            | "includesObject"
            | "typeOfGood"
            | "recommendation"
            | "relatedProducts"
            | "owns" => return Role::Related,
            "itemListElement" | "item" if !parent.is("WebPage") => return Role::Listed,
            "hasVariant" => return Role::Variant,
            "model" | "itemOffered" if is_product(parent) || parent.is("Offer") => return Role::Variant,
            "isVariantOf" => return Role::Related,
            _ => at = parent,
        }
    }
    Role::Related
}

/// The item that is the page's product.
fn main_product<'i>(items: &'i Items, facts: &Facts<'_>) -> Option<ItemRef<'i>> {
    let candidates: Vec<(ItemRef<'i>, Role)> = items
        .all()
        .filter(|item| is_product(*item) || is_sold(*item))
        .filter(|item| !item.properties().is_empty())
        .take(CANDIDATES_MAX)
        .map(|item| (item, role(item)))
        .filter(|(_, role)| matches!(role, Role::Own | Role::Listed))
        .collect();
    let own = candidates.iter().filter(|(_, role)| *role == Role::Own).count();
    let best = candidates
        .iter()
        .map(|(item, role)| (score(*item, *role, facts), *item))
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    let (score, item) = best?;
    // One of many must be named by the page; an only one need not be.
    let needed = if own == 1 && candidates.len() == 1 {
        0.0
    } else if (1..=2).contains(&own) {
        1.0
    } else {
        3.0
    };
    (score > needed).then_some(item)
}

fn score(item: ItemRef<'_>, role: Role, facts: &Facts<'_>) -> f32 {
    let mut score = 0.5;
    if item.text("name").is_some() {
        score += 4.0 * item.text("name").map_or(0.0, |name| facts.names_page(name));
    }
    let stated = item.text("url").or(item.id()).is_some_and(|url| facts.is_this_page(url));
    score += if stated { 2.0 } else { 0.0 };
    score += if item.has("offers") { 1.5 } else { 0.0 };
    score += if item.has("hasVariant") { 1.0 } else { 0.0 };
    score += if item.has("image") { 0.3 } else { 0.0 };
    score += if item.has("description") { 0.3 } else { 0.0 };
    score += if is_product(item) { 0.7 } else { 0.0 };
    for key in ["sku", "productID", "mpn"] {
        score += if item.text(key).is_some_and(|id| facts.is_in_url(id)) { 1.0 } else { 0.0 };
    }
    score - if role == Role::Listed { 3.0 } else { 0.0 }
}

fn product_reading(product: ItemRef<'_>, facts: &Facts<'_>) -> Reading {
    let mut reading = Reading {
        title: product.text("name").map(str::to_owned),
        brand: brand(product),
        description: product.text("description").map(str::to_owned),
        images: images(product),
        sku: product.text("sku").map(without_prefix),
        gtin: gtin(product),
        mpn: product.text("mpn").map(without_prefix),
        product_id: product_id(product),
        group_id: product.text("productGroupID").or_else(|| product.text("inProductGroupWithID")).map(str::to_owned),
        rating: rating(product),
        language: product.text("inLanguage").map(str::to_owned),
        url: product.text("url").map(str::to_owned),
        properties: properties(product),
        ..Reading::default()
    };
    offers::fill(product, facts, &mut reading);
    variants::fill(product, facts, &mut reading);
    reading
}

fn brand(product: ItemRef<'_>) -> Option<String> {
    ["brand", "manufacturer"].into_iter().find_map(|key| {
        let item = product.items(key).find_map(|brand| brand.text("name").or_else(|| brand.text("legalName")));
        item.or_else(|| product.texts(key).find(|text| !text.is_empty() && !text.starts_with("http"))).map(str::to_owned)
    })
}

fn images(product: ItemRef<'_>) -> Vec<String> {
    let mut images = Vec::new();
    for key in ["image", "images", "thumbnailUrl", "photo"] {
        if key == "thumbnailUrl" && !images.is_empty() {
            break;
        }
        let stated: Vec<ItemRef<'_>> = product.items(key).collect();
        images.extend(
            stated
                .iter()
                .filter_map(|image| {
                    image.text("contentUrl").or_else(|| image.text("url")).or_else(|| image.text("src")).or(image.id())
                })
                .map(str::to_owned),
        );
        if stated.is_empty() {
            images.extend(product.texts(key).filter(|text| !text.is_empty()).map(str::to_owned));
        }
    }
    images.truncate(LIST_MAX);
    images
}

pub(super) fn gtin(item: ItemRef<'_>) -> Option<String> {
    let keys = ["gtin13", "gtin", "gtin14", "gtin12", "gtin8", "ean", "ean13", "isbn", "upc"];
    let stated = keys.into_iter().find_map(|key| item.text(key)).map(str::to_owned);
    stated.or_else(|| {
        item.texts("productID")
            .find(|id| id.starts_with("isbn:") || id.starts_with("gtin") || id.starts_with("ean:"))
            .map(without_prefix)
    })
}

fn product_id(product: ItemRef<'_>) -> Option<String> {
    product
        .text("productID")
        .or_else(|| product.text("productId"))
        .or_else(|| product.text("identifier"))
        .filter(|id| !id.starts_with("http"))
        .map(without_prefix)
}

/// `sku:123`, `mpn:A-1` as shops of data-vocabulary days write them.
pub(super) fn without_prefix(text: &str) -> String {
    let known = ["sku:", "mpn:", "isbn:", "asin:", "upc:", "ean:", "gtin:", "gtin13:", "gtin14:", "gtin12:", "gtin8:"];
    let tail = known.iter().find_map(|prefix| {
        text.get(..prefix.len()).filter(|head| head.eq_ignore_ascii_case(prefix)).map(|_| &text[prefix.len()..])
    });
    tail.unwrap_or(text).trim().to_owned()
}

fn rating(product: ItemRef<'_>) -> Option<RatingReading> {
    let rating = product.items("aggregateRating").next()?;
    let amount = |key: &'static str| rating.text(key).and_then(|text| text.trim().replace(',', ".").parse::<Amount>().ok());
    let count = ["reviewCount", "ratingCount"].into_iter().find_map(|key| {
        let digits: String = rating.text(key)?.chars().filter(char::is_ascii_digit).collect();
        digits.parse().ok()
    });
    Some(RatingReading { value: amount("ratingValue")?, best: amount("bestRating"), count })
}

fn properties(product: ItemRef<'_>) -> Vec<(String, String)> {
    let mut properties = Vec::new();
    for property in product.items("additionalProperty") {
        if let (Some(name), Some(value)) = (property.text("name"), property.text("value")) {
            properties.push((name.to_owned(), value.to_owned()));
        }
    }
    for key in ["color", "material", "size", "pattern", "weight", "width", "height", "depth", "model"] {
        if let Some(value) = product.text(key).filter(|value| !value.starts_with("http")) {
            properties.push((key.to_owned(), value.to_owned()));
        }
    }
    properties.truncate(LIST_MAX);
    properties
}

/// The term without its vocabulary.
fn term(text: &str) -> &str {
    short_name(text.trim_end_matches('/'))
}
