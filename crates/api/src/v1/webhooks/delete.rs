//! `DELETE /v1/webhooks/{id}`: nothing is sent to it any more.

use axum::{extract::State, http::StatusCode};
use creel_types::WebhookId;

use crate::{
    ApiState,
    caller::{AdminCaller, Caller},
    error::ApiError,
    v1::PathId,
};

/// Delete a webhook with what waits for it
#[utoipa::path(
    delete,
    path = "/v1/webhooks/{id}",
    tag = "webhooks",
    params(("id" = WebhookId, Path)),
    responses((status = 204, description = "Nothing more is sent")),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn delete_webhook(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    PathId(id): PathId<WebhookId>,
) -> Result<StatusCode, ApiError> {
    state.store().delete_webhook(organization, id, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}
