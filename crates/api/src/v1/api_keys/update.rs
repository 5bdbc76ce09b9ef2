//! `PATCH /v1/api-keys/{id} {name}`.

use axum::{Json, extract::State};
use creel_store::access::keys::ApiKey;
use creel_types::ApiKeyId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::JsonBody,
    caller::{AdminCaller, Caller},
    error::ApiError,
    fields::GivenName,
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
    params(("id" = ApiKeyId, Path)),
    request_body = ApiKeyChanges,
    responses((status = 200, body = ApiKey)),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn update_api_key(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    PathId(id): PathId<ApiKeyId>,
    JsonBody { value: changes, .. }: JsonBody<ApiKeyChanges>,
) -> Result<Json<ApiKey>, ApiError> {
    Ok(Json(state.store().rename_api_key(organization, id, changes.name.as_str(), &by).await?))
}
