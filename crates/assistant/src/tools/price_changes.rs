//! What got cheaper or dearer between two instants: of each product the newest capture before the second against the newest
//! before the first, or the oldest since where there is none.

use std::collections::BTreeMap;

use creel_item::category;
use creel_store::{
    asked::filter::with_search,
    listing::{CaptureFigure, CaptureFigures, CaptureFilter},
};
use creel_types::{Amount, CaptureId, Currency, Time, words};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use serde_json::Number;
use utoipa::ToSchema;

use super::{
    answer::Page,
    error::ToolError,
    input::{Text, When, Whole, input, shape_of_words},
    output::{Linked, Rows},
    registry::Tool,
    scope::Scope,
    search_captures::{shop_filter, word_filter},
};

words! {
    Direction { Down = "down", Up = "up" }
}
shape_of_words!(Direction);

input! {
    Asked {
        from: When,
        /// Now where nothing is said.
        to: Option<When>,
        direction: Option<Direction>,
        q: Option<Text>,
        store: Option<Text>,
        brand: Option<Text>,
        /// Category id of items.
        category: Option<Text>,
        limit: Option<Whole>,
        cursor: Option<Text>,
        fields: Option<Vec<Text>>,
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = ToldChange)]
pub(super) struct Change {
    /// The newer capture.
    id: CaptureId,
    previous_capture_id: CaptureId,
    title: String,
    store: String,
    currency: Option<Currency>,
    price_before: Amount,
    price_after: Amount,
    #[schema(value_type = Option<f64>)]
    percent: Option<Number>,
    before_at: Time,
    after_at: Time,
    shop_url: String,
    #[serde(skip)]
    #[schema(ignore)]
    share: Decimal,
}

/// How many products have two prices, and how many of these differ.
#[derive(Default, Serialize, ToSchema)]
pub(super) struct AboutChanges {
    compared: usize,
    more_not_compared: bool,
    changed: usize,
}

pub(super) struct PriceChanges;

impl Tool for PriceChanges {
    const NAME: &'static str = "price_changes";
    const TITLE: &'static str = "Find price changes";
    const DESCRIPTION: &'static str = "Products whose lowest price differs between two times, largest percentage first. Among the newest 10000 captures of each time.";
    type Asked = Asked;
    type Told = Rows<Linked<Change>, AboutChanges>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), asked.fields.as_ref())?;
        let (from, to) = (asked.from.0, asked.to.map_or_else(|| scope.store.clock.now().plus_ms(1), |when| when.0));
        if from >= to {
            return Err(ToolError::field("from", "it is not before `to`"));
        }
        let shop = shop_filter(asked.store.as_ref(), asked.brand.as_ref());
        let Some(filter) = with_search(shop, word_filter(asked.q.as_ref()))? else {
            return page.part(&AboutChanges::default(), Vec::new());
        };
        let look = |from, to| async move {
            let filter = CaptureFilter { from, to: Some(to), ..filter.clone() };
            scope.store.capture_figures(scope.organization, &filter).await
        };
        let since = look.clone()(Some(from), to).await?;
        let before = look(None, from).await?;
        let category = word_filter(asked.category.as_ref());
        let (compared, changes) = changes(&before, &since, category, asked.direction);
        let about = AboutChanges { compared, more_not_compared: before.more || since.more, changed: changes.len() };
        let rows = changes.into_iter().map(|change| Linked { link: scope.link("captures", change.id), thing: change });
        page.part(&about, rows.collect())
    }
}

/// How many products could be compared, and those whose price differs.
fn changes(
    before: &CaptureFigures,
    since: &CaptureFigures,
    category: Option<&str>,
    direction: Option<Direction>,
) -> (usize, Vec<Change>) {
    let mut products: BTreeMap<(&str, &str, Option<Currency>), (&CaptureFigure, &CaptureFigure)> = BTreeMap::new();
    let is_of = |figure: &CaptureFigure| match category {
        None => true,
        Some(id) => figure.category.as_deref().is_some_and(|own| category::descends(own, id)),
    };
    // Newest first: the first is the newest, the last the oldest.
    for figure in since.rows.iter().filter(|figure| figure.min_price.is_some() && is_of(figure)) {
        products.entry(key(figure)).and_modify(|(_, oldest)| *oldest = figure).or_insert((figure, figure));
    }
    let mut known = std::collections::BTreeSet::new();
    for figure in before.rows.iter().filter(|figure| figure.min_price.is_some()) {
        if let (true, Some((_, oldest))) = (known.insert(key(figure)), products.get_mut(&key(figure))) {
            *oldest = figure;
        }
    }
    let compared = products.values().filter(|(after, before)| after.capture != before.capture).count();
    let wanted = |change: &Change| match direction {
        None => true,
        Some(Direction::Down) => change.price_after < change.price_before,
        Some(Direction::Up) => change.price_after > change.price_before,
    };
    let mut changes: Vec<Change> =
        products.values().filter_map(|(after, before)| change(after, before)).filter(wanted).collect();
    changes.sort_by(|one, other| other.share.abs().cmp(&one.share.abs()).then_with(|| other.id.cmp(&one.id)));
    (compared, changes)
}

/// A product is what stands at one address of a shop in one currency.
fn key(figure: &CaptureFigure) -> (&str, &str, Option<Currency>) {
    (&figure.store, &figure.url, figure.currency)
}

fn change(after: &CaptureFigure, before: &CaptureFigure) -> Option<Change> {
    let (price_after, price_before) = (after.min_price?, before.min_price?);
    if price_after == price_before {
        return None;
    }
    // From a price of nothing there is no percentage.
    let share = (price_after.decimal() - price_before.decimal()).checked_div(price_before.decimal());
    let percent = share.and_then(|share| share.checked_mul(Decimal::ONE_HUNDRED));
    let percent = percent.map(|percent| percent.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero));
    Some(Change {
        id: after.capture,
        previous_capture_id: before.capture,
        title: after.title.clone(),
        store: after.store.clone(),
        currency: after.currency,
        price_before,
        price_after,
        percent: percent.and_then(|percent| percent.normalize().to_string().parse().ok()),
        before_at: before.at,
        after_at: after.at,
        shop_url: after.url.clone(),
        share: share.unwrap_or(Decimal::MAX),
    })
}
