//! One product over runs and shops: how its price went at its own shop, and what others ask for it.

use std::collections::HashSet;

use creel_store::listing::CaptureFilter;
use creel_types::{Capture, CaptureId};
use futures::FutureExt;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Scope, ToolError, ToolSpec, answer, filter, object, read};

/// Captures of the past that are shown, the newest.
const PAST_MAX: usize = 30;
/// Offers of other shops that are shown.
const OTHERS_MAX: usize = 20;

pub(super) const TOOL: ToolSpec = ToolSpec {
    name: "compare_product",
    title: "Compare a product",
    description: "One product by the id of a capture of it: its price and stock over runs, and the same product (same GTIN) \
        in other shops.",
    is_draft: false,
    schema: || object(json!({"capture_id": {"type": "string"}}), &["capture_id"]),
    call: |scope, asked| compare(scope, asked).boxed(),
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    capture_id: CaptureId,
}

async fn compare(scope: &Scope, asked: Json) -> Result<Json, ToolError> {
    let asked: Asked = read(asked)?;
    let wrong = |error| ToolError::of(&error, "capture_id");
    let capture = scope.store.get_capture(scope.organization, asked.capture_id).await.map_err(wrong)?;
    let history = scope.store.capture_history(scope.organization, asked.capture_id).await.map_err(wrong)?;
    let past: Vec<Json> = history
        .iter()
        .rev()
        .take(PAST_MAX)
        .map(|seen| {
            json!({
                "at": seen.at, "link": format!("/captures/{}", seen.capture), "run_id": seen.run, "min_price": seen.min_price,
                "max_price": seen.max_price, "currency": seen.currency, "available": seen.available,
                "skus_in_stock": seen.skus_in_stock, "skus": seen.skus,
            })
        })
        .collect();
    let others = elsewhere(scope, &capture).await?;
    Ok(answer::bounded(json!({
        "product": filter::row(&capture), "over_runs": past, "in_other_shops": others, "gtins": gtins(&capture),
    })))
}

fn gtins(capture: &Capture) -> Vec<String> {
    let mut gtins: Vec<String> = capture.product.skus.iter().filter_map(|sku| sku.identifiers.gtin.clone()).collect();
    gtins.sort();
    gtins.dedup();
    gtins.truncate(5);
    gtins
}

/// The newest capture of each other shop that states one of the same article numbers.
async fn elsewhere(scope: &Scope, own: &Capture) -> Result<Vec<Json>, ToolError> {
    let (mut seen, mut rows) = (HashSet::from([own.store.clone()]), Vec::new());
    for gtin in gtins(own) {
        let Ok(q) = gtin.parse() else { continue };
        let found = filter::look(scope, Some(CaptureFilter { q: Some(q), ..CaptureFilter::default() })).await?;
        for capture in &found.captures {
            if rows.len() < OTHERS_MAX && seen.insert(capture.store.clone()) {
                rows.push(filter::row(capture));
            }
        }
    }
    Ok(rows)
}
