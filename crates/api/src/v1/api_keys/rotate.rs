//! `POST /v1/api-keys/{id}/rotate {overlap_seconds?}`: a new secret; the old one works for the overlap.

use axum::{Json, extract::State};
use creel_types::ApiKeyId;

use super::NewSecret;
use crate::{
    ApiState,
    body::OptionalBody,
    caller::{AdminCaller, Caller},
    error::ApiError,
    v1::{PathId, rotation::Rotation},
};

/// Give an API key a new secret
///
/// The old secret goes on working for the overlap, so that whoever uses the key can change over without a gap.
#[utoipa::path(
    post,
    path = "/v1/api-keys/{id}/rotate",
    tag = "organization",
    params(("id" = ApiKeyId, Path)),
    request_body = Option<Rotation>,
    responses((status = 200, description = "The key with its new secret, shown this once", body = NewSecret)),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn rotate_api_key(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    PathId(id): PathId<ApiKeyId>,
    OptionalBody(asked): OptionalBody<Rotation>,
) -> Result<Json<NewSecret>, ApiError> {
    let overlap = asked.overlap_seconds()?;
    Ok(Json(state.store().rotate_api_key(organization, id, overlap, &by).await?.into()))
}
