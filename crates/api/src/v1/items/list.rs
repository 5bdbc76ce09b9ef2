//! `GET /v1/enrich/items?<filters>&cursor=&limit=`: newest first.

use axum::{Json, extract::State};
use creel_store::items::ItemQuery;
use creel_types::Item;

use super::filter::query_with_item_filters;
use crate::{
    ApiState,
    body::QueryString,
    caller::Caller,
    error::ApiError,
    page::{self, Page},
};

query_with_item_filters! {
    Asked {
        /// `next_cursor` of the page before.
        #[param(format = Uuid)]
        cursor: Option<String>,
        /// Rows of a page.
        #[param(minimum = 1, maximum = 500, default = 50)]
        limit: Option<i64>,
    }
}

/// Items, newest first
///
/// The newest item of each capture; with `enrichment_id` or `capture_id` all of them.
#[utoipa::path(
    get,
    path = "/v1/enrich/items",
    tag = "items",
    params(Asked),
    responses((status = 200, body = Page<Item>))
)]
pub(crate) async fn list_items(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Page<Item>>, ApiError> {
    let filter = asked.filter()?;
    let limit = page::limit(asked.limit)?;
    let before = page::cursor(asked.cursor.as_deref())?;
    let query = ItemQuery { filter, before, limit: usize::try_from(limit).unwrap_or(1) + 1 };
    let rows = state.store().list_items(caller.organization, &query).await?;
    Ok(page::page(rows, limit, |item| item.id.to_string()))
}
