//! `POST /v1/webhooks/{id}/test`: sends an event `webhook.test` there.

use axum::{Json, extract::State, http::StatusCode};
use creel_store::webhooks::Delivery;
use creel_types::WebhookId;

use crate::{
    ApiState,
    caller::{AdminCaller, Caller},
    error::{ApiError, ErrorBody},
    v1::PathId,
};

/// Send a test event to a webhook
///
/// It goes the way of all others, whatever events the webhook wants; what came of it is in the delivery.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/test",
    tag = "webhooks",
    params(("id" = WebhookId, Path)),
    responses(
        (status = 202, description = "It is being sent", body = Delivery),
        (status = 409, description = "The webhook is disabled", body = ErrorBody),
    ),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn test_webhook(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    PathId(id): PathId<WebhookId>,
) -> Result<(StatusCode, Json<Delivery>), ApiError> {
    Ok((StatusCode::ACCEPTED, Json(state.store().test_webhook(organization, id, &by).await?)))
}
