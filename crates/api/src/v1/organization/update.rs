//! `PATCH /v1/organization {name}`.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;

use super::OrganizationView;
use crate::{
    ApiState,
    body::JsonBody,
    caller::{AdminCaller, Caller},
    error::ApiError,
    fields::GivenName,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganizationChanges {
    name: GivenName,
}

/// Rename the organization
#[utoipa::path(
    patch,
    path = "/v1/organization",
    tag = "organization",
    request_body = OrganizationChanges,
    responses((status = 200, body = OrganizationView)),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn update_organization(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    JsonBody { value: changes, .. }: JsonBody<OrganizationChanges>,
) -> Result<Json<OrganizationView>, ApiError> {
    Ok(Json(state.store().rename_organization(organization, changes.name.as_str(), &by).await?.into()))
}
