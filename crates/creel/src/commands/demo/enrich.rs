//! The demo's second half: the captures of its run become items.

use std::io::Write;

use creel_crawl::Crawler;
use creel_enrich::{Enricher, enrich_captures};
use creel_store::{
    Store,
    enrichments::{EnrichmentView, NewEnrichment, Scope},
    idempotency::Once,
    items::{ItemFilter, ItemQuery},
};
use creel_types::{Item, OrganizationId, RunId};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::{
    commands::admin::operator,
    exit::Failure,
    print::{self, column},
};

/// Items that are read to choose from.
const READ_MAX: usize = 200;
/// Items that the table shows.
const ROWS_MAX: usize = 12;
/// Attributes of an item that the table shows.
const ATTRIBUTES_MAX: usize = 3;

/// Enriches all captures of the run.
pub async fn enrich(
    crawler: &Crawler,
    organization: OrganizationId,
    run: RunId,
    stop: &CancellationToken,
) -> Result<EnrichmentView, Failure> {
    let store = crawler.store();
    let new = NewEnrichment {
        by: operator(),
        api_key: None,
        name: Some("Demo".to_owned()),
        scope: Scope::Run(run),
        asked: json!({"run_id": run}),
        again: false,
    };
    let (Once::Now(id) | Once::Before(id)) = store.create_enrichment(organization, new, None).await?;
    print::say("Its captures become items: what they mean, beside what the shop said.");
    let enricher = Enricher::new(store.clone(), crawler.life(), None);
    if let Some(claimed) = enricher.claim(id).await? {
        enrich_captures(&enricher, &claimed.enrichment, stop).await?;
    }
    Ok(store.get_enrichment(organization, id).await?)
}

/// Items of the enrichment that say much, each of another category.
pub async fn some_items(
    store: &Store,
    organization: OrganizationId,
    enrichment: &EnrichmentView,
) -> Result<Vec<Item>, Failure> {
    let filter = ItemFilter { enrichment: Some(enrichment.id), ..ItemFilter::default() };
    let mut items = store.list_items(organization, &ItemQuery { filter, before: None, limit: READ_MAX }).await?;
    items.sort_by_key(|item| std::cmp::Reverse(item.content.attributes.len()));
    let mut known = std::collections::BTreeSet::new();
    items.retain(|item| known.insert(item.content.category.as_ref().map(|category| category.id.clone())));
    items.truncate(ROWS_MAX);
    Ok(items)
}

/// Title, category and some attributes of each item.
pub fn table(out: &mut impl Write, enrichment: &EnrichmentView, items: &[Item]) -> Result<(), Failure> {
    writeln!(out, "\n{:<40} {:<44} Attributes", "Item", "Category")?;
    for item in items {
        let category = item.content.category.as_ref().map_or("—", |category| category.path.as_str());
        let said = item.content.attributes.iter().take(ATTRIBUTES_MAX).map(|one| {
            let unit = one.unit.as_deref().unwrap_or_default();
            format!("{} {} {unit}", one.name, one.value).trim_end().to_owned()
        });
        let said = said.collect::<Vec<_>>().join(", ");
        writeln!(out, "{} {} {said}", column(&item.content.title, 40), column(last_of(category), 44))?;
    }
    let (made, spent) = (enrichment.processed, enrichment.credits_spent);
    writeln!(out, "{made} items for {spent} credits, beside the captures that they are made of.")?;
    Ok(())
}

/// The last two names of a path, which say the most.
fn last_of(path: &str) -> &str {
    let mut cuts = path.rmatch_indices(" > ").skip(1);
    cuts.next().map_or(path, |(at, mark)| &path[at + mark.len()..])
}
