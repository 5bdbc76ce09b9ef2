//! `POST /v1/organizations {name}`: whoever makes it owns it, and looks at it from now on.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::JsonBody,
    error::{ApiError, ErrorBody},
    fields::{GivenName, OPEN_BODY_BYTES_MAX},
    session::{Session, Visitor},
    v1::organization::OrganizationView,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOrganization {
    name: GivenName,
}

/// Make an organization
///
/// Where sign-up is closed, so is this.
#[utoipa::path(
    post,
    path = "/v1/organizations",
    tag = "session",
    security(("session" = [])),
    request_body = NewOrganization,
    responses(
        (status = 201, description = "It is there, and the session looks at it", body = OrganizationView),
        (status = 409, description = "The person owns too many", body = ErrorBody),
    )
)]
pub(crate) async fn create_organization(
    State(state): State<ApiState>,
    Visitor(visitor): Visitor,
    session: Session,
    JsonBody { value: new, .. }: JsonBody<NewOrganization, OPEN_BODY_BYTES_MAX>,
) -> Result<(StatusCode, Json<OrganizationView>), ApiError> {
    let made = state.access.create_organization(&session.holder, new.name.as_str(), &visitor).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}
