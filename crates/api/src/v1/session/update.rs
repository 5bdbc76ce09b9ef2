//! `PATCH /v1/session {name}`: what the person is called.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::JsonBody,
    error::ApiError,
    fields::{GivenName, OPEN_BODY_BYTES_MAX},
    session::{Session, SessionView, session_now},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnName {
    name: GivenName,
}

/// Change one's name
#[utoipa::path(
    patch,
    path = "/v1/session",
    tag = "session",
    security(("session" = [])),
    request_body = OwnName,
    responses((status = 200, body = SessionView))
)]
pub(crate) async fn rename_person(
    State(state): State<ApiState>,
    session: Session,
    JsonBody { value: own, .. }: JsonBody<OwnName, OPEN_BODY_BYTES_MAX>,
) -> Result<Json<SessionView>, ApiError> {
    state.access.rename_person(&session.holder, own.name.as_str()).await?;
    Ok(Json(session_now(&state, session.token()).await?.into()))
}
