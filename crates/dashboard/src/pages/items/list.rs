//! `/items?<filters>&cursor=`: items, narrowed by category, attributes and what else items are found by, as the API does.

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use creel_store::items::{FacetCount, ITEMS_COUNTED_MAX, ItemFilter, ItemQuery};
use creel_types::Item;

use super::{
    asked::Asked,
    facets::{self, Attribute},
    row::{Row, row},
    tree::{self, Tree, tree},
    words,
};
use crate::{
    Dashboard,
    figures::grouped,
    form::Field,
    list::Rows,
    member::Member,
    page::{go, render},
    parts::{Curl, Empty, Pager},
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

/// Fewer than of other lists: each has a picture and several values.
const ROWS: Rows = Rows::of(30);
/// Filters that no field of the form shows; the form keeps them.
const KEPT: [&str; 5] = ["category", "attributes", "enrichment_id", "run_id", "capture_id"];

#[derive(Template)]
#[template(path = "items/list.html")]
struct ListPage {
    shell: Shell,
    problem: String,
    fields: Vec<Field>,
    kept: Vec<(&'static str, String)>,
    tree: Tree,
    attributes: Vec<Attribute>,
    /// Among how many items values are counted.
    among: String,
    chips: Vec<Chip>,
    rows: Vec<Row>,
    pager: Pager,
    exports: [(String, &'static str); 2],
    empty: Empty,
    curl: Curl,
}

/// A filter that is set, with the list without it.
struct Chip {
    text: String,
    href: String,
}

/// What the store has for a list.
#[derive(Default)]
struct Found {
    items: Vec<Item>,
    /// Of the items that all filters name.
    counts: Vec<FacetCount>,
    /// The same without the category, so that others can be chosen instead.
    categories: Vec<FacetCount>,
    among: i64,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let asked = Asked::read(query.as_deref().unwrap_or_default());
    let (base, here) = (dashboard.base(), format!("{}/items", dashboard.base()));
    // What a form leaves empty does not stay in the address.
    if asked.is_untidy {
        return Ok(go(&format!("{here}{}", asked.whole()), &[]));
    }
    let (mut found, refusal) = match asked.filter() {
        Ok(filter) => (found(&dashboard, &member, &asked, filter).await?, None),
        Err(refusal) => (Found::default(), Some(refusal)),
    };
    let pager = ROWS
        .turn(&mut found.items, &format!("{here}{}", asked.first()), asked.cursor().is_empty(), |item| item.id.to_string());
    let page = ListPage {
        problem: refusal.as_ref().map(|refusal| refusal.message.clone()).unwrap_or_default(),
        fields: facets::fields(&asked, &found.counts, refusal.as_ref()),
        kept: KEPT
            .map(|name| (name, asked.get(name).to_owned()))
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect(),
        tree: tree(&here, &asked, &found.categories, &found.counts),
        attributes: facets::attributes(&here, &asked, &found.counts),
        among: among(found.among),
        chips: chips(&dashboard, &member, &here, &asked).await,
        rows: found.items.into_iter().map(|item| row(&dashboard, &member, item)).collect(),
        pager,
        exports: [("csv", "CSV, a row per item"), ("jsonl", "JSON lines")].map(|(format, name)| {
            (format!("{base}/v1/enrich/items/export{}", asked.api_query(&[("format", format)])), name)
        }),
        empty: empty(&base, &asked),
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/enrich/items{}", asked.api_query(&[]))),
        shell: Shell::new(&dashboard, &member, Place::Items).await?,
    };
    Ok(match &refusal {
        Some(refusal) => refusal.with(render(&page)),
        None => render(&page),
    })
}

async fn found(dashboard: &Dashboard, member: &Member, asked: &Asked, filter: ItemFilter) -> Result<Found, Refusal> {
    let (store, organization) = (dashboard.store(), member.organization);
    let (counts, among) = store.count_item_facets(organization, &filter).await?;
    let categories = match asked.get("category") {
        "" => counts.clone(),
        _ => {
            let facets = filter.facets.iter().filter(|(name, _)| name.as_str() != "category").cloned().collect();
            store.count_item_facets(organization, &ItemFilter { facets, ..filter.clone() }).await?.0
        }
    };
    let limit = usize::try_from(ROWS.and_one_more()).unwrap_or(1);
    let query = ItemQuery { filter, before: asked.cursor().parse().ok(), limit };
    let items = store.list_items(organization, &query).await?;
    Ok(Found { items, counts, categories, among })
}

fn among(items: i64) -> String {
    if items >= ITEMS_COUNTED_MAX {
        return format!("Counted among the newest {}.", grouped(ITEMS_COUNTED_MAX));
    }
    format!("Counted among all {}; among the newest {} where there are more.", grouped(items), grouped(ITEMS_COUNTED_MAX))
}

async fn chips(dashboard: &Dashboard, member: &Member, here: &str, asked: &Asked) -> Vec<Chip> {
    let mut chips = Vec::new();
    for (name, value) in asked.filters() {
        let text = match name {
            "attributes" => {
                chips.extend(asked.attributes().into_iter().map(|(name, value)| Chip {
                    text: format!("{}: {value}", words::attribute(&name)),
                    href: format!("{here}{}", asked.turning(&name, &value)),
                }));
                continue;
            }
            "category" => tree::short(value),
            "brand" => format!("Brand: {value}"),
            "language" => format!("Language: {value}"),
            "review" => {
                value.parse().map_or_else(|_| value.to_owned(), |state| words::review_state(state).text().to_owned())
            }
            "signal" => value.parse().map_or_else(|_| value.to_owned(), |signal| words::signal(signal).to_owned()),
            "available" if value == "true" => "In stock".to_owned(),
            "available" => "Out of stock".to_owned(),
            "min_price" => format!("From {value}"),
            "max_price" => format!("Up to {value}"),
            "enrichment_id" => format!("Enrichment: {}", enrichment(dashboard, member, value).await),
            "run_id" => format!("Run: {}", run(dashboard, member, value).await),
            "capture_id" => "Of one capture".to_owned(),
            _ => value.to_owned(),
        };
        chips.push(Chip { text, href: format!("{here}{}", asked.with(name, "")) });
    }
    chips
}

/// Its id where it cannot be found: then nothing fits either.
async fn enrichment(dashboard: &Dashboard, member: &Member, id: &str) -> String {
    let Ok(known) = id.parse() else { return id.to_owned() };
    dashboard.store().get_enrichment(member.organization, known).await.map_or_else(|_| id.to_owned(), |found| found.name)
}

async fn run(dashboard: &Dashboard, member: &Member, id: &str) -> String {
    let Ok(known) = id.parse() else { return id.to_owned() };
    dashboard.store().get_run_view(member.organization, known).await.map_or_else(|_| id.to_owned(), |found| found.name)
}

fn empty(base: &str, asked: &Asked) -> Empty {
    if asked.is_filtered() {
        return Empty::new("No item fits", "Take one of the filters above away to see more.")
            .with(format!("{base}/items"), "All items");
    }
    let text = "An item says what a capture means: its category, brand, attributes and sizes, in the same words for every shop. \
                Enrich captures to make items of them, for 1 credit each.";
    Empty::new("No items yet", text)
        .with(format!("{base}/enrichments/new"), "New enrichment")
        .with(format!("{base}/captures"), "Captures")
}
