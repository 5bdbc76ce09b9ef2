//! `POST /v1/webhooks/{id}/rotate-secret {overlap_seconds?}`: a new secret; both sign for the overlap.

use axum::{Json, extract::State};
use creel_types::WebhookId;

use super::WebhookWithSecret;
use crate::{
    ApiState,
    body::OptionalBody,
    caller::{AdminCaller, Caller},
    error::ApiError,
    v1::{PathId, rotation::Rotation},
};

/// Give a webhook a new secret
///
/// For the overlap each request carries two signatures, one for each secret, so that whoever verifies can change over without a gap.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/rotate-secret",
    tag = "webhooks",
    params(("id" = WebhookId, Path)),
    request_body = Option<Rotation>,
    responses((status = 200, description = "The webhook with its new secret, shown this once", body = WebhookWithSecret)),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn rotate_webhook_secret(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    PathId(id): PathId<WebhookId>,
    OptionalBody(asked): OptionalBody<Rotation>,
) -> Result<Json<WebhookWithSecret>, ApiError> {
    let overlap = asked.overlap_seconds()?;
    Ok(Json(state.store().rotate_webhook_secret(organization, id, overlap, &by).await?.into()))
}
