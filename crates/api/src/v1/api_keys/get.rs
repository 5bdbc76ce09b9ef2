//! `GET /v1/api-keys/{id}`.

use axum::extract::State;
use creel_store::access::keys::ApiKey;
use creel_types::ApiKeyId;

use crate::{
    ApiState,
    caller::{AdminCaller, Caller},
    error::ApiError,
    if_match::Tagged,
    v1::PathId,
};

/// One API key, without its secret
#[utoipa::path(
    get,
    path = "/v1/api-keys/{id}",
    tag = "organization",
    params(("id" = ApiKeyId, Path)),
    responses((status = 200, body = ApiKey, headers(("ETag" = String, description = "This state of what can be changed; for `If-Match`")))),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn get_api_key(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, .. }): AdminCaller,
    PathId(id): PathId<ApiKeyId>,
) -> Result<Tagged<ApiKey>, ApiError> {
    let key = state.store().get_api_key(organization, id).await?;
    Ok(Tagged(key.edition(), key))
}
