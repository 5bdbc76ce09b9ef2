//! `GET /v1/webhooks/{id}`.

use axum::{Json, extract::State};
use creel_store::webhooks::Webhook;
use creel_types::WebhookId;

use crate::{
    ApiState,
    caller::{AdminCaller, Caller},
    error::ApiError,
    v1::PathId,
};

/// One webhook, without its secret
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}",
    tag = "webhooks",
    params(("id" = WebhookId, Path)),
    responses((status = 200, body = Webhook)),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn get_webhook(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, .. }): AdminCaller,
    PathId(id): PathId<WebhookId>,
) -> Result<Json<Webhook>, ApiError> {
    Ok(Json(state.store().get_webhook(organization, id).await?))
}
