//! `PATCH /v1/webhooks/{id} {url?, description?, events?, status?}`.

use axum::{Json, extract::State};
use creel_store::webhooks::{EventKind, Webhook, WebhookChanges, WebhookStatus};
use creel_types::WebhookId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::url::GivenHookUrl;
use crate::{
    ApiState,
    body::JsonBody,
    caller::{AdminCaller, Caller},
    error::{ApiError, ErrorBody},
    fields::Description,
    v1::PathId,
};

/// What is not given stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookPatch {
    url: Option<GivenHookUrl>,
    description: Option<Description>,
    /// What it is told; an empty list stands for everything.
    events: Option<Vec<EventKind>>,
    /// Made active again, it gets what waited for it.
    status: Option<WebhookStatus>,
}

/// Change, disable or enable a webhook
#[utoipa::path(
    patch,
    path = "/v1/webhooks/{id}",
    tag = "webhooks",
    params(("id" = WebhookId, Path)),
    request_body = WebhookPatch,
    responses(
        (status = 200, body = Webhook),
        (status = 409, description = "The address leads nowhere", body = ErrorBody),
    ),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn update_webhook(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    PathId(id): PathId<WebhookId>,
    JsonBody { value: patch, .. }: JsonBody<WebhookPatch>,
) -> Result<Json<Webhook>, ApiError> {
    let url = match patch.url {
        Some(url) => Some(url.checked(&state.hooks).await?),
        None => None,
    };
    let description = patch.description.map(Description::into_string);
    let changes = WebhookChanges { url, description, events: patch.events, status: patch.status };
    Ok(Json(state.store().update_webhook(organization, id, changes, &by).await?))
}
