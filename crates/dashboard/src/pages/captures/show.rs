//! `/captures/{id}`: one capture: what the page said of the product, where each value came from, and how its price went.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use creel_media::Width;
use creel_store::{
    StoreError,
    items::{ItemFilter, ItemQuery},
    product_history::SeenProduct,
};
use creel_types::{Amount, Capture, CaptureId, Currency, ItemId, Product, Property};
use uuid::Uuid;

use super::{
    course::{Course, Moment},
    grid::Skus,
    json::{Piece, pieces},
    offers::Offers,
    origin::{Origin, missing, origins},
    row::{Price, picture, rating, share, stock},
};
use crate::{
    Dashboard,
    figures::{When, count},
    member::Member,
    page::render,
    parts::{Badge, Confirm, Curl, Flag},
    path::Id,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

/// Pictures that a page shows.
const PICTURES_MAX: usize = 30;

#[derive(Template)]
#[template(path = "captures/show.html")]
struct CapturePage<'a> {
    shell: Shell,
    id: CaptureId,
    product: &'a Product,
    price: Price,
    stock: Badge,
    /// How much it is reduced; empty where it is not.
    reduced: String,
    store: &'a str,
    flag: String,
    when: When,
    /// At the shop; empty where it is no address of the web.
    outside: &'a str,
    pictures: Vec<Picture>,
    facts: Vec<(&'static str, String)>,
    skus: Skus,
    offers: Offers,
    origins: Vec<Origin>,
    missing: String,
    run: Option<(String, String)>,
    robot: Option<(String, String)>,
    course: Course,
    times_seen: String,
    json: Vec<Piece<'a>>,
    custom: Vec<(String, String)>,
    item: Option<ItemId>,
    /// Of the form that enriches it: one form, one enrichment.
    once: String,
    delete: Confirm,
    curl: Curl,
}

struct Picture {
    small: String,
    large: String,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<CaptureId>,
) -> Result<Response, Refusal> {
    let capture = match dashboard.store().get_capture(member.organization, id).await {
        Err(StoreError::NotFound { .. }) => return Err(gone(&dashboard, &member, id).await?),
        other => other?,
    };
    let shell = Shell::new(&dashboard, &member, Place::Captures).await?;
    let history = dashboard.store().capture_history(member.organization, id).await?;
    let json = serde_json::to_string_pretty(&capture).map_err(|_| Refusal::internal())?;
    let (base, product) = (dashboard.base(), &capture.product);
    Ok(render(&CapturePage {
        id,
        price: Price::of(product),
        stock: stock(product.available),
        reduced: reduced(product),
        store: &capture.store,
        flag: Flag::of(&base, capture.country_code).to_string(),
        when: When::of(capture.extracted_at, dashboard.store().clock.now()),
        outside: if capture.url.starts_with("http") { &capture.url } else { "" },
        pictures: pictures(&dashboard, &member, product),
        facts: facts(&capture),
        skus: Skus::of(product),
        offers: Offers::of(product),
        origins: origins(product),
        missing: missing(product).join(", "),
        run: run(&dashboard, &member, &capture).await,
        robot: robot(&dashboard, &member, &capture).await,
        times_seen: count(i64::try_from(history.len()).unwrap_or(i64::MAX), "capture"),
        course: course(&base, product.currency, history),
        json: pieces(&json),
        custom: product.custom.iter().map(|(name, value)| (name.clone(), said(value))).collect(),
        item: newest_item(&dashboard, &member, id).await?,
        once: dashboard.store().random.id::<Uuid>(dashboard.store().clock.now()).to_string(),
        delete: delete(&base, &capture, &shell.form_token),
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/extract/captures/{id}")),
        product,
        shell,
    }))
}

/// The newest item that was made of it.
async fn newest_item(dashboard: &Dashboard, member: &Member, id: CaptureId) -> Result<Option<ItemId>, StoreError> {
    let filter = ItemFilter { capture: Some(id), ..ItemFilter::default() };
    let found = dashboard.store().list_items(member.organization, &ItemQuery { filter, before: None, limit: 1 }).await?;
    Ok(found.first().map(|item| item.id))
}

/// Whoever follows a link to a capture that was deleted is told so; of what is another organization's nothing is said.
async fn gone(dashboard: &Dashboard, member: &Member, id: CaptureId) -> Result<Refusal, StoreError> {
    let deleted_at = dashboard.store().find_deleted_capture(member.organization, id).await?;
    Ok(deleted_at.map_or_else(Refusal::not_found, |at| {
        let when = When::of(at, dashboard.store().clock.now()).words();
        let message = format!(
            "This capture was deleted ({when}): what it held is erased. That it was made and debited stays in its run's counts and in \
             the ledger."
        );
        Refusal::new(StatusCode::NOT_FOUND, message)
    }))
}

fn pictures(dashboard: &Dashboard, member: &Member, product: &Product) -> Vec<Picture> {
    let mut addresses: Vec<&str> = picture(product).into_iter().collect();
    for image in product.images.iter().map(String::as_str) {
        if !addresses.contains(&image) && addresses.len() < PICTURES_MAX {
            addresses.push(image);
        }
    }
    let media = |address: &str, width| dashboard.media(&member.session, address, width);
    addresses
        .into_iter()
        .map(|address| Picture { small: media(address, Width::Thumbnail), large: media(address, Width::Whole) })
        .collect()
}

/// What stands beside the pictures; what is empty is left out.
fn facts(capture: &Capture) -> Vec<(&'static str, String)> {
    let product = &capture.product;
    let shown = product.skus.iter().find(|sku| sku.selected).or(product.skus.first());
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let all = [
        ("Brand", text(&product.brand)),
        ("Product id", text(&product.product_id)),
        ("Group id", text(&product.group_id)),
        ("SKU", shown.and_then(|sku| sku.sku.clone()).unwrap_or_default()),
        ("GTIN", shown.and_then(|sku| sku.identifiers.gtin.clone()).unwrap_or_default()),
        ("MPN", shown.and_then(|sku| sku.identifiers.mpn.clone()).unwrap_or_default()),
        ("SKUs", crate::figures::grouped(i64::try_from(product.sku_count).unwrap_or(i64::MAX))),
        ("Rating", product.rating.as_ref().map(rating_with_count).unwrap_or_default()),
        ("Language", text(&product.language)),
        ("Country", capture.country_code.name().to_owned()),
        ("Completeness", share(product.completeness)),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn rating_with_count(of: &creel_types::Rating) -> String {
    let by = of.count.map(|by| format!(", {}", count(by, "review"))).unwrap_or_default();
    format!("{}{by}", rating(of))
}

/// `−30 %`, rounded down: a price is never said to be reduced more than it is.
fn reduced(product: &Product) -> String {
    let prices = product.skus.iter().flat_map(|sku| &sku.offers).filter_map(|offer| offer.price.as_ref());
    let lowest = prices.filter(|price| Some(price.amount) == product.min_price).find_map(|price| price.full_amount);
    let (Some(full), Some(now)) = (lowest.map(Amount::scaled), product.min_price.map(Amount::scaled)) else {
        return String::new();
    };
    let percent = (i128::from(full) - i128::from(now)) * 100 / i128::from(full.max(1));
    if percent > 0 { format!("−{percent} %") } else { String::new() }
}

/// A value that a correction read, as a person reads it.
fn said(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn course(base: &str, currency: Option<Currency>, history: Vec<SeenProduct>) -> Course {
    let moment = |seen: SeenProduct| {
        // Another currency has no place on this scale.
        let is_same = seen.currency == currency;
        let amount = |amount: Option<Amount>| amount.filter(|_| is_same).map(Amount::scaled);
        let stock = if seen.available { "In stock" } else { "Out of stock" };
        Moment {
            at: seen.at,
            low: amount(seen.min_price),
            high: amount(seen.max_price),
            in_stock: Some(seen.available),
            stock: match seen.skus {
                2.. => format!("{stock}: {} of {} SKUs", seen.skus_in_stock, seen.skus),
                _ => stock.to_owned(),
            },
            href: format!("{base}/captures/{}", seen.capture),
        }
    };
    Course::of("Price and stock over runs", currency, history.into_iter().map(moment).collect())
}

async fn run(dashboard: &Dashboard, member: &Member, capture: &Capture) -> Option<(String, String)> {
    let run = dashboard.store().get_run_view(member.organization, capture.run_id?).await.ok()?;
    Some((run.id.to_string(), run.name))
}

async fn robot(dashboard: &Dashboard, member: &Member, capture: &Capture) -> Option<(String, String)> {
    let robot = dashboard.store().get_robot(member.organization, capture.robot_id?).await.ok()?;
    Some((robot.id.to_string(), robot.name))
}

fn delete(base: &str, capture: &Capture, form_token: &str) -> Confirm {
    Confirm {
        id: "delete".to_owned(),
        button: "Delete".to_owned(),
        question: "Delete this capture?".to_owned(),
        text: "What it holds is erased for good, here and in every list and file to come. What was debited for it stays in the \
               ledger: nothing is refunded."
            .to_owned(),
        action: format!("{base}/captures/{}/delete", capture.id),
        form_token: form_token.to_owned(),
        hidden: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::captures::row::tests::product;

    #[test]
    fn a_reduction_is_never_said_larger_than_it_is() {
        for (prices, said) in [
            (&[("41.97", Some("60"))][..], "−30 %"),
            (&[("66.67", Some("100"))], "−33 %"),
            (&[("99.99", Some("100"))], ""),
            (&[("5", Some("4"))], ""),
            (&[("5", None)], ""),
            (&[], ""),
        ] {
            assert_eq!(reduced(&product("USD", prices)), said, "{prices:?}");
        }
    }
}
