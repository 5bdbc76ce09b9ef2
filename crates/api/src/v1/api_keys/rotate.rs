//! `POST /v1/api-keys/{id}/rotate {overlap_seconds?}`: a new secret; the old one works for the overlap.

use axum::{Json, extract::State};
use creel_store::access::keys::OVERLAP_SECONDS_MAX;
use creel_types::ApiKeyId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::NewSecret;
use crate::{
    ApiState,
    body::{OptionalBody, whole_number},
    caller::{AdminCaller, Caller},
    error::ApiError,
    v1::PathId,
};

/// A day to bring the new secret everywhere, where nothing is said.
const OVERLAP_SECONDS: i64 = 24 * 60 * 60;

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rotation {
    /// How long the old secret works beside the new one: a day where nothing is said, a week at most, 0 for not at all.
    #[serde(default, deserialize_with = "whole_number")]
    #[schema(minimum = 0, maximum = 604_800, default = 86_400)]
    overlap_seconds: Option<i64>,
}

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
    let overlap = asked.overlap_seconds.unwrap_or(OVERLAP_SECONDS);
    if !(0..=OVERLAP_SECONDS_MAX).contains(&overlap) {
        let message = format!("{overlap} is not between 0 and {OVERLAP_SECONDS_MAX}");
        return Err(ApiError::field("overlap_seconds", message));
    }
    Ok(Json(state.store().rotate_api_key(organization, id, overlap, &by).await?.into()))
}
