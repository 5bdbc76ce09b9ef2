//! Captures by words and by what they have, as the list of captures finds them.

use creel_store::{
    asked::filter::with_search,
    listing::{CaptureCursor, CaptureFilter, CaptureQuery, CaptureSort},
};
use creel_types::{Amount, Capture, CaptureId, Currency, RobotId, RunId, Time};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::Page,
    error::ToolError,
    input::{Id, Money, Text, When, Whole, input},
    output::{Linked, Nothing, Rows},
    registry::Tool,
    scope::Scope,
};

input! {
    Asked {
        /// Words of title, brand, breadcrumbs or codes; all must occur. word* is a prefix.
        q: Option<Text>,
        /// Host.
        store: Option<Text>,
        brand: Option<Text>,
        run_id: Option<Id<RunId>>,
        robot_id: Option<Id<RobotId>>,
        min_price: Option<Money>,
        max_price: Option<Money>,
        currency: Option<Currency>,
        available: Option<bool>,
        from: Option<When>,
        to: Option<When>,
        sort: Option<CaptureSort>,
        limit: Option<Whole>,
        cursor: Option<Text>,
        fields: Option<Vec<Text>>,
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = ToldCapture)]
pub(super) struct Row {
    id: CaptureId,
    title: String,
    brand: Option<String>,
    store: String,
    min_price: Option<Amount>,
    max_price: Option<Amount>,
    currency: Option<Currency>,
    available: bool,
    sku_count: usize,
    extracted_at: Time,
    run_id: Option<RunId>,
    shop_url: String,
}

pub(super) struct SearchCaptures;

impl Tool for SearchCaptures {
    const NAME: &'static str = "search_captures";
    const TITLE: &'static str = "Search captures";
    const DESCRIPTION: &'static str = "Captured products, newest first. Prices compare the lowest price of each.";
    type Asked = Asked;
    type Told = Rows<Linked<Row>>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), asked.fields.as_ref())?;
        let sort = asked.sort.unwrap_or(CaptureSort::NewestFirst);
        let after: Option<CaptureCursor> = page.after()?;
        let filter = CaptureFilter {
            run: scope.run(asked.run_id.as_ref()).await?,
            robot: scope.robot(asked.robot_id.as_ref()).await?,
            min_price: asked.min_price.map(|price| price.0),
            max_price: asked.max_price.map(|price| price.0),
            currency: asked.currency,
            available: asked.available,
            from: asked.from.map(|when| when.0),
            to: asked.to.map(|when| when.0),
            ..shop_filter(asked.store.as_ref(), asked.brand.as_ref())
        };
        let rows = match with_search(filter, word_filter(asked.q.as_ref()))? {
            None => Vec::new(),
            Some(filter) => {
                let query = CaptureQuery { filter, sort, after, limit: page.limit + 1 };
                scope.store.list_captures(scope.organization, &query).await?.rows
            }
        };
        page.answer(
            &Nothing {},
            rows,
            |capture| CaptureCursor::behind(sort, capture).to_string(),
            |capture| Linked { link: scope.link("captures", capture.id), thing: row(capture) },
        )
    }
}

/// An empty text asks for nothing, as models send it.
pub(super) fn word_filter(q: Option<&Text>) -> Option<&str> {
    q.map(|q| q.0.trim()).filter(|q| !q.is_empty())
}

/// The filter with the shop and the brand that are meant.
pub(super) fn shop_filter(store: Option<&Text>, brand: Option<&Text>) -> CaptureFilter {
    let said = |text: &&Text| !text.0.trim().is_empty();
    let store = store.filter(said).map(|store| store.0.trim().trim_start_matches("www.").to_lowercase());
    CaptureFilter { store, brand: brand.filter(said).map(|brand| brand.0.clone()), ..CaptureFilter::default() }
}

fn row(capture: Capture) -> Row {
    let product = capture.product;
    Row {
        id: capture.id,
        title: product.title,
        brand: product.brand,
        store: capture.store,
        min_price: product.min_price,
        max_price: product.max_price,
        currency: product.currency,
        available: product.available,
        sku_count: product.sku_count,
        extracted_at: capture.extracted_at,
        run_id: capture.run_id,
        shop_url: capture.url,
    }
}
