//! `/items/{id}`: one item beside the capture that it was made of: what it is, how sure each reading is, and the words that decided.

use askama::Template;
use axum::{extract::State, response::Response};
use creel_media::Width;
use creel_types::{Capture, EvidenceSource, Item, ItemContent, ItemId};
use uuid::Uuid;

use super::{
    quote::{Piece, pieces},
    readings::{Reading, evidence_of, readings},
    row::shown_title,
    words,
};
use crate::{
    Dashboard,
    figures::When,
    member::Member,
    page::render,
    pages::captures::json::{self, pieces as json_pieces},
    parts::{Badge, Curl, Flag},
    path::Id,
    place::Place,
    price,
    refusal::Refusal,
    shell::Shell,
};

/// Rows of one table that the page shows; the JSON has all.
const ROWS_MAX: usize = 60;
/// Pictures that the page shows.
const PICTURES_MAX: usize = 24;

#[derive(Template)]
#[template(path = "items/show.html")]
struct ItemPage<'a> {
    shell: Shell,
    id: ItemId,
    item: &'a Item,
    content: &'a ItemContent,
    title: &'a str,
    flag: String,
    made: When,
    enrichment: String,
    review: Badge,
    reasons: Vec<&'static str>,
    english: &'static str,
    signals: Vec<&'static str>,
    price: String,
    readings: Vec<Reading>,
    said_title: Vec<Piece<'a>>,
    said_description: Vec<Piece<'a>>,
    capture: &'a Capture,
    options: Vec<(&'a str, String)>,
    sizes: Vec<Size<'a>>,
    unit_prices: Vec<UnitPrice<'a>>,
    media: Vec<Medium>,
    offers: Vec<Offer>,
    identifiers: Vec<(String, String)>,
    others: bool,
    once: String,
    json: Vec<json::Piece<'a>>,
    curl: Curl,
}

struct Size<'a> {
    kind: &'static str,
    system: &'a str,
    value: &'a str,
    as_shown: &'a str,
    sure: String,
    sku: String,
}

struct UnitPrice<'a> {
    amount: String,
    unit: String,
    stated: &'static str,
    words: &'a str,
    sku: String,
}

struct Medium {
    picture: String,
    /// Why it is left out; empty where it is selected.
    dropped: &'static str,
}

struct Offer {
    sku: String,
    price: String,
    stock: Badge,
    seller: String,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ItemId>,
) -> Result<Response, Refusal> {
    let (store, base) = (dashboard.store(), dashboard.base());
    let item = store.get_item(member.organization, id).await?;
    let capture = store.get_capture(member.organization, item.capture_id).await?;
    let (content, product) = (&item.content, &capture.product);
    let json = serde_json::to_string_pretty(&item).map_err(|_| Refusal::internal())?;
    let now = store.clock.now();
    let description = product.description.as_deref().unwrap_or_default();
    Ok(render(&ItemPage {
        id,
        title: shown_title(content),
        flag: Flag::of(&base, item.country_code).to_string(),
        made: When::of(item.enriched_at, now),
        enrichment: enrichment(&dashboard, &member, &item).await,
        review: words::review(&content.review),
        reasons: content.review.reasons.iter().map(|reason| words::review_reason(*reason)).collect(),
        english: content.english.map_or("", words::english_reason),
        signals: content.signals.iter().map(|signal| words::signal(*signal)).collect(),
        price: price::range(content.min_price, content.max_price, content.currency),
        readings: readings(content),
        said_title: pieces(&product.title, &evidence_of(content, EvidenceSource::Title)),
        said_description: pieces(description, &evidence_of(content, EvidenceSource::Description)),
        options: product.options.iter().map(|axis| (axis.name.as_str(), axis.values.join(", "))).collect(),
        sizes: content.sizes.iter().take(ROWS_MAX).map(|size| self::size(content, size)).collect(),
        unit_prices: content.unit_prices.iter().take(ROWS_MAX).map(|price| unit_price(content, price)).collect(),
        media: media(&dashboard, &member, content),
        offers: offers(content),
        identifiers: identifiers(content),
        others: has_others(&dashboard, &member, &item).await?,
        once: store.random.id::<Uuid>(now).to_string(),
        json: json_pieces(&json),
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/enrich/items/{id}")),
        shell: Shell::new(&dashboard, &member, Place::Items).await?,
        capture: &capture,
        content,
        item: &item,
    }))
}

async fn enrichment(dashboard: &Dashboard, member: &Member, item: &Item) -> String {
    let found = dashboard.store().get_enrichment(member.organization, item.enrichment_id).await;
    found.map_or_else(|_| "an enrichment".to_owned(), |found| found.name)
}

/// Whether its capture has been enriched more than once.
async fn has_others(dashboard: &Dashboard, member: &Member, item: &Item) -> Result<bool, Refusal> {
    let filter = creel_store::items::ItemFilter { capture: Some(item.capture_id), ..Default::default() };
    let query = creel_store::items::ItemQuery { filter, before: None, limit: 2 };
    Ok(dashboard.store().list_items(member.organization, &query).await?.len() > 1)
}

/// A SKU as people know it: its number, or what was chosen; nothing for the whole product.
fn sku_name(content: &ItemContent, id: Option<Uuid>) -> String {
    let Some(sku) = id.and_then(|id| content.offers.iter().find(|sku| sku.sku_id == id)) else { return String::new() };
    let chosen: Vec<&str> = sku.options.iter().flatten().map(String::as_str).collect();
    if chosen.is_empty() { sku.sku.clone().unwrap_or_default() } else { chosen.join(", ") }
}

fn size<'a>(content: &ItemContent, size: &'a creel_types::Size) -> Size<'a> {
    Size {
        kind: words::size_kind(size.kind),
        system: &size.system,
        value: &size.value,
        as_shown: &size.as_shown,
        sure: words::confidence(size.confidence),
        sku: sku_name(content, size.sku_id),
    }
}

fn unit_price<'a>(content: &ItemContent, unit: &'a creel_types::ItemUnitPrice) -> UnitPrice<'a> {
    UnitPrice {
        amount: price::price(unit.amount, unit.currency),
        unit: words::of_unit(&unit.unit),
        stated: if unit.stated { "The shop says so" } else { "Follows from price and content" },
        words: &unit.evidence.text,
        sku: sku_name(content, unit.sku_id),
    }
}

/// Selected pictures first.
fn media(dashboard: &Dashboard, member: &Member, content: &ItemContent) -> Vec<Medium> {
    let (kept, left): (Vec<_>, Vec<_>) = content.media.iter().partition(|media| media.selected);
    let medium = |media: &creel_types::Media| Medium {
        picture: dashboard.media(&member.session, &media.url, Width::Thumbnail),
        dropped: if media.selected { "" } else { media.reason.map_or("Not selected", words::media_reason) },
    };
    kept.into_iter().chain(left).take(PICTURES_MAX).map(medium).collect()
}

fn offers(content: &ItemContent) -> Vec<Offer> {
    let of_sku = |sku: &creel_types::SkuOffers| {
        let name = sku_name(content, Some(sku.sku_id));
        sku.offers
            .iter()
            .map(|offer| Offer {
                sku: name.clone(),
                price: offer
                    .price
                    .as_ref()
                    .map(|of| price::price(of.amount, of.currency.or(content.currency)))
                    .unwrap_or_default(),
                stock: crate::pages::captures::stock(offer.availability.in_stock),
                seller: offer.seller.clone().unwrap_or_default(),
            })
            .collect::<Vec<_>>()
    };
    content.offers.iter().flat_map(of_sku).take(ROWS_MAX).collect()
}

fn identifiers(content: &ItemContent) -> Vec<(String, String)> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    content.identifiers.iter().take(ROWS_MAX).map(|one| (text(&one.gtin), text(&one.mpn))).collect()
}
