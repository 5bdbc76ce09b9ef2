//! `GET /v1/webhooks/{id}/deliveries/{delivery_id}`: one delivery with its body and its attempts.

use axum::{Json, extract::State};
use creel_store::webhooks::DeliveryView;
use creel_types::{DeliveryId, WebhookId};

use super::DeliveryPath;
use crate::{
    ApiState,
    caller::{AdminCaller, Caller},
    error::ApiError,
};

/// One delivery: what was sent, and what was answered
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}/deliveries/{delivery_id}",
    tag = "webhooks",
    params(("id" = WebhookId, Path), ("delivery_id" = DeliveryId, Path)),
    responses((status = 200, body = DeliveryView)),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn get_webhook_delivery(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, .. }): AdminCaller,
    DeliveryPath { webhook, delivery }: DeliveryPath,
) -> Result<Json<DeliveryView>, ApiError> {
    Ok(Json(state.store().get_webhook_delivery(organization, webhook, delivery).await?))
}
