//! `PATCH /v1/webhooks/{id} {url?, description?, events?, status?}`.

use axum::extract::State;
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
    if_match::{IfMatch, Tagged},
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
    params(
        ("id" = WebhookId, Path),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what was seen: refused where it was changed meanwhile"),
    ),
    request_body = WebhookPatch,
    responses(
        (status = 200, body = Webhook, headers(("ETag" = String, description = "This state of what can be changed; for `If-Match`"))),
        (status = 409, description = "The address leads nowhere, or somebody changed it after it was seen", body = ErrorBody),
    ),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn update_webhook(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    PathId(id): PathId<WebhookId>,
    IfMatch(expected): IfMatch,
    JsonBody { value: patch, .. }: JsonBody<WebhookPatch>,
) -> Result<Tagged<Webhook>, ApiError> {
    let url = match patch.url {
        Some(url) => Some(url.checked(&state.hooks).await?),
        None => None,
    };
    let description = patch.description.map(Description::into_string);
    let changes = WebhookChanges { url, description, events: patch.events, status: patch.status };
    let webhook = state.store().update_webhook(organization, id, changes, expected.as_ref(), &by).await?;
    Ok(Tagged(webhook.edition(), webhook))
}
