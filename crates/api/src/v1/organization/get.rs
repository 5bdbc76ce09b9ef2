//! `GET /v1/organization`.

use axum::{Json, extract::State};

use super::OrganizationView;
use crate::{ApiState, caller::Caller, error::ApiError};

/// The organization of the key or session
#[utoipa::path(
    get,
    path = "/v1/organization",
    tag = "organization",
    responses((status = 200, body = OrganizationView))
)]
pub(crate) async fn get_organization(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Json<OrganizationView>, ApiError> {
    Ok(Json(state.store().get_organization(caller.organization).await?.into()))
}
