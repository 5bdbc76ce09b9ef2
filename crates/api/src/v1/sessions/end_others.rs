//! `DELETE /v1/sessions`: signs out every other browser.

use axum::{extract::State, http::StatusCode};

use crate::{
    ApiState,
    error::ApiError,
    session::{Session, Visitor},
};

/// Sign out everywhere else
///
/// This session goes on; every other one of yours ends.
#[utoipa::path(
    delete,
    path = "/v1/sessions",
    tag = "session",
    security(("session" = [])),
    responses((status = 204, description = "Only this session is left"))
)]
pub(crate) async fn end_other_sessions(
    State(state): State<ApiState>,
    Visitor(visitor): Visitor,
    session: Session,
) -> Result<StatusCode, ApiError> {
    state.access.end_other_sessions(&session.holder, &visitor).await?;
    Ok(StatusCode::NO_CONTENT)
}
