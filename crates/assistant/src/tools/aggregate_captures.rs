//! Counts and prices of captures, summed up by what somebody asks for. Currencies are never mixed.

use std::collections::BTreeMap;

use creel_types::{Amount, Capture, Currency};
use futures::FutureExt;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Scope, ToolError, ToolSpec, answer, filter, object, read};

/// Groups of one answer, the largest.
const GROUPS_MAX: usize = 60;

pub(super) const TOOL: ToolSpec = ToolSpec {
    name: "aggregate_captures",
    title: "Count captures and prices",
    description: "How many captures there are, with lowest, median and highest price, by brand, store, category or day, for \
        each currency by itself. latest_only takes each product once, as it was captured last.",
    is_draft: false,
    schema,
    call: |scope, asked| aggregate(scope, asked).boxed(),
};

fn schema() -> Json {
    object(
        json!({
            "filter": filter::schema(),
            "group_by": {"type": "string", "enum": ["brand", "store", "category", "day", "none"]},
            "latest_only": {"type": "boolean"},
        }),
        &[],
    )
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum GroupBy {
    Brand,
    Store,
    Category,
    Day,
    #[default]
    None,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(default)]
    filter: filter::Filter,
    #[serde(default)]
    group_by: GroupBy,
    #[serde(default)]
    latest_only: bool,
}

#[derive(Default)]
struct Group {
    captures: usize,
    available: usize,
    prices: Vec<Amount>,
}

async fn aggregate(scope: &Scope, asked: Json) -> Result<Json, ToolError> {
    let asked: Asked = read(asked)?;
    let looked_at = filter::look(scope, asked.filter.read()?).await?;
    let mut seen = std::collections::HashSet::new();
    let mut groups: BTreeMap<(String, Option<Currency>), Group> = BTreeMap::new();
    for capture in &looked_at.captures {
        // They come newest first: whatever is seen a second time is older.
        if asked.latest_only && !seen.insert((&capture.store, &capture.canonical_url)) {
            continue;
        }
        let group = groups.entry((key(capture, asked.group_by), capture.product.currency)).or_default();
        group.captures += 1;
        group.available += usize::from(capture.product.available);
        group.prices.extend(capture.product.min_price);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    let all = groups.len();
    groups.sort_by(|(one_key, one), (other_key, other)| {
        other.captures.cmp(&one.captures).then_with(|| one_key.cmp(other_key))
    });
    groups.truncate(GROUPS_MAX);
    let rows: Vec<Json> = groups.into_iter().map(|((key, currency), group)| row(&key, currency, group)).collect();
    Ok(answer::bounded(json!({
        "rows": rows, "groups": all, "captures_looked_at": looked_at.captures.len(), "is_complete": looked_at.is_all,
    })))
}

fn key(capture: &Capture, group_by: GroupBy) -> String {
    match group_by {
        GroupBy::Brand => capture.product.brand.clone().unwrap_or_default(),
        GroupBy::Store => capture.store.clone(),
        GroupBy::Category => capture.product.breadcrumbs.join(" > "),
        GroupBy::Day => capture.extracted_at.day(),
        GroupBy::None => "all".to_owned(),
    }
}

fn row(key: &str, currency: Option<Currency>, mut group: Group) -> Json {
    group.prices.sort_by_key(|price| price.scaled());
    let prices = &group.prices;
    json!({
        "key": key, "currency": currency, "captures": group.captures, "available": group.available,
        "min_price": prices.first(), "median_price": median(prices), "max_price": prices.last(),
    })
}

/// The one in the middle; of two, half their sum, rounded down to the places that amounts have.
fn median(sorted: &[Amount]) -> Option<Amount> {
    let (low, high) = (sorted.get(sorted.len().checked_sub(1)? / 2)?, sorted.get(sorted.len() / 2)?);
    Some(Amount::from_scaled((low.scaled() + high.scaled()) / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_exact() {
        let amounts = |scaled: &[i64]| scaled.iter().map(|one| Amount::from_scaled(*one)).collect::<Vec<_>>();
        for (prices, expected) in [
            (&[][..], None),
            (&[5][..], Some(5)),
            (&[10, 30][..], Some(20)),
            (&[10, 20, 90][..], Some(20)),
            (&[1, 2][..], Some(1)),
        ] {
            assert_eq!(median(&amounts(prices)), expected.map(Amount::from_scaled), "{prices:?}");
        }
    }
}
