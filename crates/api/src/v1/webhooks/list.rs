//! `GET /v1/webhooks?cursor=&limit=`: newest first, without their secrets.

use axum::{Json, extract::State};
use creel_store::webhooks::Webhook;

use crate::{
    ApiState,
    body::QueryString,
    caller::{AdminCaller, Caller},
    error::ApiError,
    page::{self, Page, PageQuery},
};

/// Webhooks, newest first
#[utoipa::path(
    get,
    path = "/v1/webhooks",
    tag = "webhooks",
    params(PageQuery),
    responses((status = 200, body = Page<Webhook>)),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn list_webhooks(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, .. }): AdminCaller,
    QueryString(asked): QueryString<PageQuery>,
) -> Result<Json<Page<Webhook>>, ApiError> {
    let list = |before, limit| state.store().list_webhooks(organization, before, limit);
    page::turn(asked.cursor.as_deref(), asked.limit, list, |webhook| webhook.id).await
}
