//! `GET /v1/enrich/items/{id}`.

use axum::{Json, extract::State};
use creel_types::{Item, ItemId};

use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

/// One item
#[utoipa::path(
    get,
    path = "/v1/enrich/items/{id}",
    tag = "items",
    params(("id" = ItemId, Path)),
    responses((status = 200, body = Item))
)]
pub(crate) async fn get_item(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<ItemId>,
) -> Result<Json<Item>, ApiError> {
    Ok(Json(state.store().get_item(caller.organization, id).await?))
}
