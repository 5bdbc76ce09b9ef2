//! `PATCH /v1/organization {name}`.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::OrganizationView;
use crate::{
    ApiState,
    body::JsonBody,
    caller::{AdminCaller, Caller},
    error::{ApiError, ErrorBody},
    fields::GivenName,
    if_match::{IfMatch, Tagged},
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
    params(
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what was seen: refused where it was changed meanwhile"),
    ),
    request_body = OrganizationChanges,
    responses(
        (status = 200, body = OrganizationView, headers(("ETag" = String, description = "This state of what can be changed; for `If-Match`"))),
        (status = 409, description = "Somebody changed it after it was seen", body = ErrorBody),
    ),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn update_organization(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    IfMatch(expected): IfMatch,
    JsonBody { value: changes, .. }: JsonBody<OrganizationChanges>,
) -> Result<Tagged<OrganizationView>, ApiError> {
    let (store, name) = (state.store(), changes.name.as_str());
    let renamed = store.rename_organization(organization, name, expected.as_ref(), &by).await?;
    Ok(Tagged(renamed.edition(), renamed.into()))
}
