//! `DELETE /v1/sessions/{id}`: signs out another browser, or this one.

use axum::{extract::State, http::StatusCode};
use creel_types::SessionId;

use crate::{
    ApiState,
    error::{ApiError, ErrorBody},
    session::{Session, Visitor},
    v1::PathId,
};

/// Sign out a browser
#[utoipa::path(
    delete,
    path = "/v1/sessions/{id}",
    tag = "session",
    security(("session" = [])),
    params(("id" = SessionId, Path)),
    responses(
        (status = 204, description = "It is signed out"),
        (status = 404, description = "You have no such session", body = ErrorBody),
    )
)]
pub(crate) async fn end_session(
    State(state): State<ApiState>,
    Visitor(visitor): Visitor,
    session: Session,
    PathId(id): PathId<SessionId>,
) -> Result<StatusCode, ApiError> {
    state.access.end_session(&session.holder, id, &visitor).await?;
    Ok(StatusCode::NO_CONTENT)
}
