//! `GET /v1/webhooks/{id}`.

use axum::extract::State;
use creel_store::webhooks::Webhook;
use creel_types::WebhookId;

use crate::{
    ApiState,
    caller::{AdminCaller, Caller},
    error::ApiError,
    if_match::Tagged,
    v1::PathId,
};

/// One webhook, without its secret
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}",
    tag = "webhooks",
    params(("id" = WebhookId, Path)),
    responses((status = 200, body = Webhook, headers(("ETag" = String, description = "This state of what can be changed; for `If-Match`")))),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn get_webhook(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, .. }): AdminCaller,
    PathId(id): PathId<WebhookId>,
) -> Result<Tagged<Webhook>, ApiError> {
    let webhook = state.store().get_webhook(organization, id).await?;
    Ok(Tagged(webhook.edition(), webhook))
}
