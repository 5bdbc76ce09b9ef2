//! `GET /v1/webhooks/{id}/deliveries?status=&event=&cursor=&limit=`: what was sent, newest first.

use axum::{Json, extract::State};
use creel_store::webhooks::{Delivery, DeliveryFilter, DeliveryStatus, EventKind};
use creel_types::WebhookId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    ApiState,
    body::QueryString,
    caller::{AdminCaller, Caller},
    error::ApiError,
    page::{self, Page},
    v1::PathId,
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    #[param(inline)]
    status: Option<DeliveryStatus>,
    #[param(inline)]
    event: Option<EventKind>,
    /// `next_cursor` of the page before.
    #[param(format = Uuid)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<i64>,
}

/// What was sent to a webhook, newest first
///
/// The log goes back 30 days.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}/deliveries",
    tag = "webhooks",
    params(("id" = WebhookId, Path), Asked),
    responses((status = 200, body = Page<Delivery>)),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn list_webhook_deliveries(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, .. }): AdminCaller,
    PathId(id): PathId<WebhookId>,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Page<Delivery>>, ApiError> {
    let filter = DeliveryFilter { status: asked.status, event: asked.event };
    let list = |before, limit| state.store().list_webhook_deliveries(organization, id, filter, before, limit);
    page::turn(asked.cursor.as_deref(), asked.limit, list, |delivery| delivery.id).await
}
