//! `PATCH /v1/api-keys/{id} {name}`.

use axum::extract::State;
use creel_store::access::keys::ApiKey;
use creel_types::ApiKeyId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::JsonBody,
    caller::{AdminCaller, Caller},
    error::{ApiError, ErrorBody},
    fields::GivenName,
    if_match::{IfMatch, Tagged},
    v1::PathId,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiKeyChanges {
    name: GivenName,
}

/// Rename an API key
#[utoipa::path(
    patch,
    path = "/v1/api-keys/{id}",
    tag = "organization",
    params(
        ("id" = ApiKeyId, Path),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what was seen: refused where it was changed meanwhile"),
    ),
    request_body = ApiKeyChanges,
    responses(
        (status = 200, body = ApiKey, headers(("ETag" = String, description = "This state of what can be changed; for `If-Match`"))),
        (status = 409, description = "Somebody changed it after it was seen", body = ErrorBody),
    ),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn update_api_key(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    PathId(id): PathId<ApiKeyId>,
    IfMatch(expected): IfMatch,
    JsonBody { value: changes, .. }: JsonBody<ApiKeyChanges>,
) -> Result<Tagged<ApiKey>, ApiError> {
    let (store, name) = (state.store(), changes.name.as_str());
    let key = store.rename_api_key(organization, id, name, expected.as_ref(), &by).await?;
    Ok(Tagged(key.edition(), key))
}
