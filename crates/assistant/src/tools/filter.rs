//! Which captures a question is about, as several tools take it, and reading all of them up to a bound.

use std::str::FromStr;

use creel_store::listing::{BadSearch, CaptureCursor, CaptureFilter, CaptureQuery, CaptureSort, SearchText};
use creel_types::{Amount, Capture, Currency, RobotId, RunId, Time};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Scope, ToolError};

/// Captures that one question looks at. What lies beyond is said to.
pub(super) const LOOKED_AT_MAX: usize = 10_000;
const PIECE: usize = 500;

/// The filters of captures.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    pub(super) q: Option<String>,
    pub(super) store: Option<String>,
    pub(super) brand: Option<String>,
    pub(super) run_id: Option<RunId>,
    pub(super) robot_id: Option<RobotId>,
    pub(super) min_price: Option<Amount>,
    pub(super) max_price: Option<Amount>,
    pub(super) currency: Option<Currency>,
    pub(super) available: Option<bool>,
    pub(super) from: Option<Time>,
    pub(super) to: Option<Time>,
}

/// The properties of a schema for [`Filter`].
pub(super) fn schema() -> Json {
    json!({"type": "object", "additionalProperties": false, "properties": {
        "q": {"type": "string", "description": "words in title, brand, breadcrumbs or codes, all of them; word* finds what begins so"},
        "store": {"type": "string", "description": "host, such as shop.example"},
        "brand": {"type": "string"}, "run_id": {"type": "string"}, "robot_id": {"type": "string"},
        "min_price": {"type": "number"}, "max_price": {"type": "number"}, "currency": {"type": "string", "description": "USD"},
        "available": {"type": "boolean"},
        "from": {"type": "string", "description": "captured at or after, RFC 3339"},
        "to": {"type": "string", "description": "captured before"},
    }})
}

impl Filter {
    /// The filter as the store takes it; nothing where it can find nothing.
    pub(super) fn read(&self) -> Result<Option<CaptureFilter>, ToolError> {
        let q = match self.q.as_deref().filter(|q| !q.trim().is_empty()).map(SearchText::from_str).transpose() {
            Ok(q) => q,
            Err(BadSearch::NoWord) => return Ok(None),
            Err(error) => return Err(ToolError::wrong("filter.q", error.to_string())),
        };
        Ok(Some(CaptureFilter {
            run: self.run_id,
            robot: self.robot_id,
            import: None,
            store: self.store.as_ref().map(|store| store.trim().to_lowercase()),
            brand: self.brand.clone(),
            q,
            min_price: self.min_price,
            max_price: self.max_price,
            currency: self.currency,
            available: self.available,
            from: self.from,
            to: self.to,
        }))
    }
}

/// Captures that were looked at, newest first, and whether these are all.
pub(super) struct LookedAt {
    pub(super) captures: Vec<Capture>,
    pub(super) is_all: bool,
}

/// Reads the captures of a filter, newest first, up to the bound.
pub(super) async fn look(scope: &Scope, filter: Option<CaptureFilter>) -> Result<LookedAt, ToolError> {
    let Some(filter) = filter else { return Ok(LookedAt { captures: Vec::new(), is_all: true }) };
    let mut captures = Vec::new();
    let mut after: Option<CaptureCursor> = None;
    loop {
        let query = CaptureQuery { filter: filter.clone(), sort: CaptureSort::NewestFirst, after, limit: PIECE };
        let page = scope.store.list_captures(scope.organization, &query).await?;
        captures.extend(page.rows);
        after = page.next;
        if after.is_none() {
            return Ok(LookedAt { captures, is_all: true });
        }
        if captures.len() >= LOOKED_AT_MAX {
            return Ok(LookedAt { captures, is_all: false });
        }
    }
}

/// A capture in a row.
pub(super) fn row(capture: &Capture) -> Json {
    let product = &capture.product;
    json!({
        "id": capture.id, "link": format!("/captures/{}", capture.id), "title": product.title, "brand": product.brand,
        "store": capture.store, "country": capture.country_code, "min_price": product.min_price, "max_price": product.max_price,
        "currency": product.currency, "available": product.available, "sku_count": product.sku_count,
        "extracted_at": capture.extracted_at, "run_id": capture.run_id, "shop_url": capture.url,
    })
}
