//! `POST /v1/webhooks {url, description?, events?}`: the secret is in the answer and nowhere else.

use axum::{Json, extract::State, http::StatusCode};
use creel_store::webhooks::{EventKind, NewWebhook};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{WebhookWithSecret, url::GivenHookUrl};
use crate::{
    ApiState,
    body::JsonBody,
    caller::{AdminCaller, Caller},
    error::{ApiError, ErrorBody},
    fields::Description,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookToMake {
    url: GivenHookUrl,
    description: Option<Description>,
    /// What it is told; everything where nothing is said.
    events: Option<Vec<EventKind>>,
}

/// Have events sent somewhere
///
/// Each event is a POST with a JSON body, signed as Standard Webhooks says with the secret of this answer.
#[utoipa::path(
    post,
    path = "/v1/webhooks",
    tag = "webhooks",
    request_body = WebhookToMake,
    responses(
        (status = 201, description = "The webhook with its secret, shown this once", body = WebhookWithSecret),
        (status = 409, description = "There are too many webhooks", body = ErrorBody),
    ),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn create_webhook(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    JsonBody { value: new, .. }: JsonBody<WebhookToMake>,
) -> Result<(StatusCode, Json<WebhookWithSecret>), ApiError> {
    let url = new.url.checked(&state.hooks).await?;
    let description = new.description.map(Description::into_string).unwrap_or_default();
    let new = NewWebhook { url, description, events: new.events.unwrap_or_default() };
    let made = state.store().create_webhook(organization, new, &by).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}
