//! How many captures there are and what they cost, in groups; prices of two currencies are never in one group.

use std::collections::BTreeMap;

use creel_item::category;
use creel_store::{
    asked::filter::with_search,
    listing::{CaptureFigure, CaptureFilter, brand_key},
};
use creel_types::{Amount, Currency, RobotId, RunId, words};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::Page,
    error::ToolError,
    input::{Id, Text, When, Whole, input, shape_of_words},
    output::Rows,
    registry::Tool,
    scope::Scope,
    search_captures::{shop_filter, word_filter},
};

words! {
    GroupBy { Brand = "brand", Store = "store", Category = "category", Day = "day" }
}
shape_of_words!(GroupBy);

input! {
    Asked {
        group_by: Option<GroupBy>,
        q: Option<Text>,
        store: Option<Text>,
        brand: Option<Text>,
        run_id: Option<Id<RunId>>,
        robot_id: Option<Id<RobotId>>,
        currency: Option<Currency>,
        available: Option<bool>,
        from: Option<When>,
        to: Option<When>,
        limit: Option<Whole>,
        cursor: Option<Text>,
        fields: Option<Vec<Text>>,
    }
}

/// One group in one currency.
#[derive(Serialize, ToSchema)]
pub(super) struct Group {
    /// Null for all together, and for what has no value.
    group: Option<String>,
    currency: Option<Currency>,
    captures: usize,
    available: usize,
    min_price: Option<Amount>,
    median_price: Option<Amount>,
    max_price: Option<Amount>,
}

/// How many captures were looked at.
#[derive(Serialize, ToSchema)]
pub(super) struct AboutGroups {
    counted: usize,
    more_not_counted: bool,
}

pub(super) struct AggregateCaptures;

impl Tool for AggregateCaptures {
    const NAME: &'static str = "aggregate_captures";
    const TITLE: &'static str = "Count captures and prices";
    const DESCRIPTION: &'static str = "Counts with lowest, median and highest price, per currency, in groups. A product captured by several runs counts in each: \
         give run_id or from/to. Among the newest 10000.";
    type Asked = Asked;
    type Told = Rows<Group, AboutGroups>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), asked.fields.as_ref())?;
        let filter = CaptureFilter {
            run: scope.run(asked.run_id.as_ref()).await?,
            robot: scope.robot(asked.robot_id.as_ref()).await?,
            currency: asked.currency,
            available: asked.available,
            from: asked.from.map(|when| when.0),
            to: asked.to.map(|when| when.0),
            ..shop_filter(asked.store.as_ref(), asked.brand.as_ref())
        };
        let (figures, more) = match with_search(filter, word_filter(asked.q.as_ref()))? {
            None => (Vec::new(), false),
            Some(filter) => {
                let found = scope.store.capture_figures(scope.organization, &filter).await?;
                (found.rows, found.more)
            }
        };
        let about = AboutGroups { counted: figures.len(), more_not_counted: more };
        page.part(&about, groups(&figures, asked.group_by))
    }
}

fn groups(figures: &[CaptureFigure], by: Option<GroupBy>) -> Vec<Group> {
    let mut all: BTreeMap<(Option<String>, Option<Currency>), Vec<&CaptureFigure>> = BTreeMap::new();
    // A brand is shown as its newest capture writes it, and is one however it is written.
    let mut shown: BTreeMap<String, String> = BTreeMap::new();
    for figure in figures {
        let key = match by {
            None => None,
            Some(GroupBy::Store) => Some(figure.store.clone()),
            Some(GroupBy::Day) => Some(figure.at.day()),
            Some(GroupBy::Category) => figure.category.clone(),
            Some(GroupBy::Brand) => figure.brand.as_deref().and_then(|brand| {
                let key = brand_key(brand)?;
                shown.entry(key.clone()).or_insert_with(|| brand.to_owned());
                Some(key)
            }),
        };
        all.entry((key, figure.currency)).or_default().push(figure);
    }
    let name = |key: String| match by {
        Some(GroupBy::Brand) => shown.get(&key).cloned().unwrap_or(key),
        Some(GroupBy::Category) => category::get(&key).map_or(key, |node| node.path()),
        _ => key,
    };
    let mut groups: Vec<Group> =
        all.into_iter().map(|((key, currency), figures)| group(key.map(&name), currency, &figures)).collect();
    match by {
        // The newest day first; everything else by how much there is of it.
        Some(GroupBy::Day) => groups.reverse(),
        _ => groups.sort_by_key(|group| std::cmp::Reverse(group.captures)),
    }
    groups
}

fn group(name: Option<String>, currency: Option<Currency>, figures: &[&CaptureFigure]) -> Group {
    // Without a currency a number is no price.
    let prices = figures.iter().filter_map(|figure| figure.min_price).filter(|_| currency.is_some());
    let mut prices: Vec<i64> = prices.map(Amount::scaled).collect();
    prices.sort_unstable();
    Group {
        group: name,
        currency,
        captures: figures.len(),
        available: figures.iter().filter(|figure| figure.available).count(),
        min_price: prices.first().copied().map(Amount::from_scaled),
        median_price: median(&prices).map(Amount::from_scaled),
        max_price: prices.last().copied().map(Amount::from_scaled),
    }
}

/// Of an even number, the mean of the two in the middle.
fn median(sorted: &[i64]) -> Option<i64> {
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(middle.checked_sub(1)?)?;
    Some(lower + (upper - lower) / 2)
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_middle_of_prices() {
        for (sorted, middle) in [
            (vec![], None),
            (vec![7], Some(7)),
            (vec![1, 4], Some(2)),
            (vec![1, 5, 9], Some(5)),
            (vec![0, 2, 4, 100], Some(3)),
        ] {
            assert_eq!(median(&sorted), middle, "{sorted:?}");
        }
    }
}
