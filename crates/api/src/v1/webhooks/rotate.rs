//! `POST /v1/webhooks/{id}/rotate-secret {overlap_seconds?}`: a new secret; both sign for the overlap.

use axum::{Json, extract::State};
use creel_store::webhooks::endpoints::SECRET_OVERLAP_SECONDS_MAX;
use creel_types::WebhookId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::WebhookWithSecret;
use crate::{
    ApiState,
    body::{OptionalBody, whole_number},
    caller::{AdminCaller, Caller},
    error::ApiError,
    v1::PathId,
};

/// A day to bring the new secret to whoever verifies, where nothing is said.
const OVERLAP_SECONDS: i64 = 24 * 60 * 60;

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretRotation {
    /// How long the old secret signs beside the new one: a day where nothing is said, a week at most, 0 for not at all.
    #[serde(default, deserialize_with = "whole_number")]
    #[schema(minimum = 0, maximum = 604_800, default = 86_400)]
    overlap_seconds: Option<i64>,
}

/// Give a webhook a new secret
///
/// For the overlap each request carries two signatures, one for each secret, so that whoever verifies can change over without a gap.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/rotate-secret",
    tag = "webhooks",
    params(("id" = WebhookId, Path)),
    request_body = Option<SecretRotation>,
    responses((status = 200, description = "The webhook with its new secret, shown this once", body = WebhookWithSecret)),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn rotate_webhook_secret(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    PathId(id): PathId<WebhookId>,
    OptionalBody(asked): OptionalBody<SecretRotation>,
) -> Result<Json<WebhookWithSecret>, ApiError> {
    let overlap = asked.overlap_seconds.unwrap_or(OVERLAP_SECONDS);
    if !(0..=SECRET_OVERLAP_SECONDS_MAX).contains(&overlap) {
        let message = format!("{overlap} is not between 0 and {SECRET_OVERLAP_SECONDS_MAX}");
        return Err(ApiError::field("overlap_seconds", message));
    }
    Ok(Json(state.store().rotate_webhook_secret(organization, id, overlap, &by).await?.into()))
}
