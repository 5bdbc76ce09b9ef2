//! `DELETE /v1/api-keys/{id}`: no secret of the key works any more, from the next request on.

use axum::{extract::State, http::StatusCode};
use creel_types::ApiKeyId;

use crate::{
    ApiState,
    caller::{AdminCaller, Caller},
    error::ApiError,
    v1::PathId,
};

/// Revoke an API key at once
#[utoipa::path(
    delete,
    path = "/v1/api-keys/{id}",
    tag = "organization",
    params(("id" = ApiKeyId, Path)),
    responses((status = 204, description = "It works no more")),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn revoke_api_key(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    PathId(id): PathId<ApiKeyId>,
) -> Result<StatusCode, ApiError> {
    state.store().revoke_api_key(organization, id, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}
