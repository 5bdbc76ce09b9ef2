//! `GET /v1/enrich/items/facets?<filters>`: how often each value occurs among the items that the filters name.

use axum::{Json, extract::State};
use creel_store::items::FacetCount;
use serde::Serialize;
use utoipa::ToSchema;

use super::filter::query_with_item_filters;
use crate::{ApiState, body::QueryString, caller::Caller, error::ApiError};

query_with_item_filters! {
    Asked {}
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Facets {
    /// By name (`category`, `brand`, `store`, `language`, `review`, `signal`, `attribute:<name>`), then the most frequent first; at
    /// most 100 of each name, of categories all.
    rows: Vec<FacetCount>,
    /// Among how many items was counted: the newest 2,000 at most.
    items: i64,
}

/// What the newest items are found by, with counts
#[utoipa::path(
    get,
    path = "/v1/enrich/items/facets",
    tag = "items",
    params(Asked),
    responses((status = 200, body = Facets))
)]
pub(crate) async fn count_item_facets(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Facets>, ApiError> {
    let (rows, items) = state.store().count_item_facets(caller.organization, &asked.filter()?).await?;
    Ok(Json(Facets { rows, items }))
}
