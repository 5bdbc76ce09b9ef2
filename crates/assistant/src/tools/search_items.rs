//! Items by category, attributes, brand and price.

use creel_store::items::{FacetName, ItemFilter, ItemQuery};
use creel_types::{Amount, CaptureId, Currency, EnrichmentId, Item, ItemId, RunId};
use futures::FutureExt;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Scope, ToolError, ToolSpec, answer, object, read};

pub(super) const TOOL: ToolSpec = ToolSpec {
    name: "search_items",
    title: "Search items",
    description: "Enriched captures by category, attributes (color, size, material …), brand, shop and price.",
    is_draft: false,
    schema,
    call: |scope, asked| search(scope, asked).boxed(),
};

fn schema() -> Json {
    object(
        json!({
            "category": {"type": "string", "description": "id of a category, with all beneath it"},
            "brand": {"type": "string"}, "store": {"type": "string"}, "language": {"type": "string"},
            "attributes": {"type": "object", "additionalProperties": {"type": "string"}},
            "min_price": {"type": "number"}, "max_price": {"type": "number"}, "currency": {"type": "string"},
            "available": {"type": "boolean"}, "run_id": {"type": "string"}, "capture_id": {"type": "string"},
            "enrichment_id": {"type": "string"},
            "limit": {"type": "integer", "minimum": 1, "maximum": 50}, "cursor": {"type": "string"},
            "fields": {"type": "array", "items": {"type": "string"}},
        }),
        &[],
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    category: Option<String>,
    brand: Option<String>,
    store: Option<String>,
    language: Option<String>,
    #[serde(default)]
    attributes: std::collections::BTreeMap<String, String>,
    min_price: Option<Amount>,
    max_price: Option<Amount>,
    currency: Option<Currency>,
    available: Option<bool>,
    run_id: Option<RunId>,
    capture_id: Option<CaptureId>,
    enrichment_id: Option<EnrichmentId>,
    limit: Option<usize>,
    cursor: Option<ItemId>,
    fields: Option<Vec<String>>,
}

async fn search(scope: &Scope, asked: Json) -> Result<Json, ToolError> {
    let asked: Asked = read(asked)?;
    let named = [
        (FacetName::Category, asked.category),
        (FacetName::Brand, asked.brand),
        (FacetName::Store, asked.store.map(|store| store.to_lowercase())),
        (FacetName::Language, asked.language),
    ];
    let filter = ItemFilter {
        enrichment: asked.enrichment_id,
        run: asked.run_id,
        capture: asked.capture_id,
        facets: named.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        attributes: asked.attributes.into_iter().collect(),
        min_price: asked.min_price,
        max_price: asked.max_price,
        currency: asked.currency,
        available: asked.available,
    };
    answer::page(answer::limit(asked.limit)?, asked.fields.as_deref(), |limit| {
        let query = ItemQuery { filter: filter.clone(), before: asked.cursor, limit: limit + 1 };
        async move {
            let mut items = scope.store.list_items(scope.organization, &query).await?;
            let more = items.len() > limit;
            items.truncate(limit);
            let next = items.last().filter(|_| more).map(|item| item.id.to_string());
            Ok((items.iter().map(row).collect(), next))
        }
    })
    .await
}

fn row(item: &Item) -> Json {
    let content = &item.content;
    let attributes: Vec<Json> = content
        .attributes
        .iter()
        .take(20)
        .map(|attribute| json!({"name": attribute.name, "value": attribute.value, "unit": attribute.unit}))
        .collect();
    json!({
        "id": item.id, "link": format!("/items/{}", item.id), "capture_link": format!("/captures/{}", item.capture_id),
        "title": content.title, "brand": content.brand.as_ref().map(|brand| &brand.name), "store": item.store,
        "category": content.category.as_ref().map(|category| json!({"id": category.id, "path": category.path})),
        "attributes": attributes, "min_price": content.min_price, "currency": content.currency,
        "available": content.available, "extracted_at": item.extracted_at,
    })
}
