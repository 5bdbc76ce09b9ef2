//! One product over runs and shops: what it cost, when and where.

use std::collections::BTreeSet;

use creel_store::{
    asked::filter::with_search,
    listing::{CaptureFigure, CaptureFilter},
};
use creel_types::{Amount, CaptureId, Currency, RunId, Time};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::Page,
    error::ToolError,
    input::{Id, Text, When, Whole, input},
    output::{Linked, Rows},
    registry::Tool,
    scope::{Scope, gtins},
    search_captures::word_filter,
};

/// Codes of one product that are looked for in other shops.
const CODES_MAX: usize = 5;

input! {
    Asked {
        capture_id: Option<Id<CaptureId>>,
        gtin: Option<Text>,
        /// Words of the title.
        q: Option<Text>,
        from: Option<When>,
        to: Option<When>,
        limit: Option<Whole>,
        cursor: Option<Text>,
        fields: Option<Vec<Text>>,
    }
}

/// The product as it was seen once.
#[derive(Serialize, ToSchema)]
#[schema(as = ToldSeen)]
pub(super) struct Seen {
    id: CaptureId,
    store: String,
    title: String,
    extracted_at: Time,
    min_price: Option<Amount>,
    max_price: Option<Amount>,
    currency: Option<Currency>,
    available: bool,
    run_id: Option<RunId>,
    shop_url: String,
}

/// How often it was seen, and in how many shops.
#[derive(Serialize, ToSchema)]
pub(super) struct AboutSeen {
    seen: usize,
    stores: usize,
    more_not_seen: bool,
}

pub(super) struct CompareProduct;

impl Tool for CompareProduct {
    const NAME: &'static str = "compare_product";
    const TITLE: &'static str = "Compare a product";
    const DESCRIPTION: &'static str = "Prices of one product over time and stores, newest first; give one of capture_id, gtin, q. Words may find several products.";
    type Asked = Asked;
    type Told = Rows<Linked<Seen>, AboutSeen>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), asked.fields.as_ref())?;
        let (from, to) = (asked.from.map(|when| when.0), asked.to.map(|when| when.0));
        let bounds = CaptureFilter { from, to, ..CaptureFilter::default() };
        let by_words = [word_filter(asked.gtin.as_ref()), word_filter(asked.q.as_ref())];
        let (seen, more) = match (&asked.capture_id, by_words) {
            (Some(id), [None, None]) => by_capture(scope, id, &bounds).await?,
            (None, [Some(words), None] | [None, Some(words)]) => find(scope, words, bounds).await?,
            _ => return Err(ToolError::field("capture_id", "give exactly one of capture_id, gtin and q")),
        };
        let stores = seen.iter().map(|seen| seen.store.as_str()).collect::<BTreeSet<_>>().len();
        let about = AboutSeen { seen: seen.len(), stores, more_not_seen: more };
        let rows = seen.into_iter().map(|seen| Linked { link: scope.link("captures", seen.id), thing: seen });
        page.part(&about, rows.collect())
    }
}

async fn find(scope: &Scope, words: &str, bounds: CaptureFilter) -> Result<(Vec<Seen>, bool), ToolError> {
    let Some(filter) = with_search(bounds, Some(words))? else { return Ok((Vec::new(), false)) };
    let found = scope.store.capture_figures(scope.organization, &filter).await?;
    Ok((found.rows.into_iter().map(seen).collect(), found.more))
}

/// In its own shop the product of the capture, in the others what has one of its codes.
async fn by_capture(scope: &Scope, id: &Id<CaptureId>, bounds: &CaptureFilter) -> Result<(Vec<Seen>, bool), ToolError> {
    let capture = scope.capture(id).await?;
    let is_within = |at: Time| bounds.from.is_none_or(|from| at >= from) && bounds.to.is_none_or(|to| at < to);
    let history = scope.store.capture_history(scope.organization, capture.id).await?;
    let own = history.into_iter().filter(|past| is_within(past.at)).map(|past| Seen {
        id: past.capture,
        store: capture.store.clone(),
        title: capture.product.title.clone(),
        extracted_at: past.at,
        min_price: past.min_price,
        max_price: past.max_price,
        currency: past.currency,
        available: past.available,
        run_id: past.run,
        shop_url: capture.url.clone(),
    });
    let mut all: Vec<Seen> = own.collect();
    let mut more = false;
    let codes: BTreeSet<&str> = gtins(&capture.product).collect();
    for code in codes.into_iter().take(CODES_MAX) {
        let (found, has_more) = find(scope, code, bounds.clone()).await?;
        more |= has_more;
        for seen in found {
            if !all.iter().any(|known| known.id == seen.id) {
                all.push(seen);
            }
        }
    }
    all.sort_by_key(|seen| std::cmp::Reverse((seen.extracted_at, seen.id)));
    Ok((all, more))
}

fn seen(figure: CaptureFigure) -> Seen {
    Seen {
        id: figure.capture,
        store: figure.store,
        title: figure.title,
        extracted_at: figure.at,
        min_price: figure.min_price,
        max_price: figure.max_price,
        currency: figure.currency,
        available: figure.available,
        run_id: figure.run,
        shop_url: figure.url,
    }
}
