//! `GET /v1/organization`.

use axum::extract::State;

use super::OrganizationView;
use crate::{ApiState, caller::Caller, error::ApiError, if_match::Tagged};

/// The organization of the key or session
#[utoipa::path(
    get,
    path = "/v1/organization",
    tag = "organization",
    responses((status = 200, body = OrganizationView, headers(("ETag" = String, description = "This state of what can be changed; for `If-Match`"))))
)]
pub(crate) async fn get_organization(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Tagged<OrganizationView>, ApiError> {
    let organization = state.store().get_organization(caller.organization).await?;
    Ok(Tagged(organization.edition(), organization.into()))
}
