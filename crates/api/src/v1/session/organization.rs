//! `POST /v1/session/organization {organization_id}`: looks at another organization from now on.

use axum::{Json, extract::State};
use creel_types::OrganizationId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::JsonBody,
    error::{ApiError, ErrorBody},
    fields::OPEN_BODY_BYTES_MAX,
    session::{Session, SessionView, session_now},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Switch {
    organization_id: OrganizationId,
}

/// Look at another organization
///
/// Later requests of this session are about it.
#[utoipa::path(
    post,
    path = "/v1/session/organization",
    tag = "session",
    security(("session" = [])),
    request_body = Switch,
    responses(
        (status = 200, body = SessionView),
        (status = 404, description = "There is no such organization that the person is a member of", body = ErrorBody),
    )
)]
pub(crate) async fn switch_organization(
    State(state): State<ApiState>,
    session: Session,
    JsonBody { value: switch, .. }: JsonBody<Switch, OPEN_BODY_BYTES_MAX>,
) -> Result<Json<SessionView>, ApiError> {
    state.access.switch_organization(&session.holder, switch.organization_id).await?;
    Ok(Json(session_now(&state, session.token()).await?.into()))
}
