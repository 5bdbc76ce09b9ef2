//! Which products got cheaper or dearer since an instant: each as it was captured last, against how it was captured before.

use std::collections::HashMap;

use creel_store::listing::CaptureFilter;
use creel_types::{Capture, Time, time::DAY_MS};
use futures::FutureExt;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Scope, ToolError, ToolSpec, answer, filter, object, read};

/// How far is looked back where nothing is said.
const SINCE_MS: i64 = 7 * DAY_MS;

pub(super) const TOOL: ToolSpec = ToolSpec {
    name: "price_changes",
    title: "Look for changed prices",
    description: "Products whose lowest price changed since an instant (7 days ago where nothing is said), cheaper or dearer, \
        the largest change first: the last capture since then against the last one before, or the first since.",
    is_draft: false,
    schema,
    call: |scope, asked| changes(scope, asked).boxed(),
};

fn schema() -> Json {
    object(
        json!({
            "filter": filter::schema(),
            "since": {"type": "string", "description": "RFC 3339"},
            "direction": {"type": "string", "enum": ["cheaper", "dearer", "any"]},
            "limit": {"type": "integer", "minimum": 1, "maximum": 50},
        }),
        &[],
    )
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Direction {
    Cheaper,
    Dearer,
    #[default]
    Any,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(default)]
    filter: filter::Filter,
    since: Option<Time>,
    #[serde(default)]
    direction: Direction,
    limit: Option<usize>,
}

/// One product's change.
struct Change<'a> {
    now: &'a Capture,
    before: &'a Capture,
    percent: Decimal,
}

async fn changes(scope: &Scope, asked: Json) -> Result<Json, ToolError> {
    let asked: Asked = read(asked)?;
    let limit = answer::limit(asked.limit)?;
    let since = asked.since.unwrap_or_else(|| scope.store.clock.now().plus_ms(-SINCE_MS));
    let filter = asked.filter.read()?;
    let in_time = |from, to| filter.clone().map(|filter| CaptureFilter { from, to, ..filter });
    let later = filter::look(scope, in_time(Some(since), asked.filter.to)).await?;
    let earlier = filter::look(scope, in_time(asked.filter.from, Some(since))).await?;
    let mut changes = compare(&later.captures, &earlier.captures);
    changes.retain(|change| match asked.direction {
        Direction::Cheaper => change.percent < Decimal::ZERO,
        Direction::Dearer => change.percent > Decimal::ZERO,
        Direction::Any => true,
    });
    changes.sort_by(|one, other| {
        other.percent.abs().cmp(&one.percent.abs()).then_with(|| one.now.product.title.cmp(&other.now.product.title))
    });
    let found = changes.len();
    let rows: Vec<Json> = changes.iter().take(limit).map(row).collect();
    Ok(answer::bounded(json!({
        "rows": rows, "found": found, "since": since, "products_compared": compared(&later.captures),
        "is_complete": later.is_all && earlier.is_all,
    })))
}

/// Products that were captured since then.
fn compared(later: &[Capture]) -> usize {
    later.iter().map(product).collect::<std::collections::HashSet<_>>().len()
}

fn product(capture: &Capture) -> (&str, &str) {
    (&capture.store, &capture.canonical_url)
}

/// Both lists are newest first.
fn compare<'a>(later: &'a [Capture], earlier: &'a [Capture]) -> Vec<Change<'a>> {
    let mut last: HashMap<(&str, &str), (&Capture, &Capture)> = HashMap::new();
    for capture in later {
        let (_, first) = last.entry(product(capture)).or_insert((capture, capture));
        *first = capture;
    }
    let mut before: HashMap<(&str, &str), &Capture> = HashMap::new();
    for capture in earlier {
        before.entry(product(capture)).or_insert(capture);
    }
    last.into_iter()
        .filter_map(|(product, (now, first))| {
            let before = before.get(&product).copied().unwrap_or(first);
            Some(Change { now, before, percent: percent(now, before)? })
        })
        .collect()
}

/// By how many percent the lowest price changed; nothing where it did not, or cannot be compared.
fn percent(now: &Capture, before: &Capture) -> Option<Decimal> {
    if now.product.currency != before.product.currency {
        return None;
    }
    let (now, before) = (now.product.min_price?.decimal(), before.product.min_price?.decimal());
    let change = (now - before).checked_mul(Decimal::from(100))?.checked_div(before)?;
    (now != before).then(|| change.round_dp(1))
}

fn row(change: &Change<'_>) -> Json {
    let Change { now, before, percent } = change;
    json!({
        "id": now.id, "link": format!("/captures/{}", now.id), "title": now.product.title, "brand": now.product.brand,
        "store": now.store, "price_now": now.product.min_price, "price_before": before.product.min_price,
        "currency": now.product.currency, "percent": percent.to_string(), "available": now.product.available,
        "captured_at": now.extracted_at, "captured_before_at": before.extracted_at,
        "link_before": format!("/captures/{}", before.id),
    })
}
