//! `POST /v1/webhooks/{id}/deliveries/{delivery_id}/replay`: sends it once more.

use axum::{Json, extract::State, http::StatusCode};
use creel_store::webhooks::Delivery;
use creel_types::{DeliveryId, WebhookId};

use super::DeliveryPath;
use crate::{
    ApiState,
    caller::{AdminCaller, Caller},
    error::{ApiError, ErrorBody},
};

/// Send a delivery once more
///
/// At once, and with all its retries before it again, whatever came of it before. It is the same event: `webhook-id` stays.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/deliveries/{delivery_id}/replay",
    tag = "webhooks",
    params(("id" = WebhookId, Path), ("delivery_id" = DeliveryId, Path)),
    responses(
        (status = 202, description = "It is being sent", body = Delivery),
        (status = 409, description = "The webhook is disabled", body = ErrorBody),
    ),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn replay_webhook_delivery(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    DeliveryPath { webhook, delivery }: DeliveryPath,
) -> Result<(StatusCode, Json<Delivery>), ApiError> {
    let delivery = state.store().replay_webhook_delivery(organization, webhook, delivery, &by).await?;
    Ok((StatusCode::ACCEPTED, Json(delivery)))
}
