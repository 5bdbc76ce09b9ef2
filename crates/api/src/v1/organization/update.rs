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
    v1::{Name, name},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganizationChanges {
    #[schema(value_type = Name)]
    name: String,
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
    let name = name(&changes.name)?;
    Ok(Json(state.store().rename_organization(organization, name, &by).await?.into()))
}
