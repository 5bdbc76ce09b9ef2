//! `DELETE /v1/session`: signs out; the session is no more, whoever has its cookie.

use axum::{
    extract::State,
    http::{StatusCode, header::SET_COOKIE},
    response::IntoResponse,
};

use crate::{
    ApiState,
    error::ApiError,
    session::{Session, Visitor},
};

/// Sign out
#[utoipa::path(
    delete,
    path = "/v1/session",
    tag = "session",
    security(("session" = [])),
    responses(
        (status = 204, description = "Signed out; the cookie is cleared"),
        (status = 404, description = "The session ended in this moment", body = crate::error::ErrorBody),
    )
)]
pub(crate) async fn sign_out(
    State(state): State<ApiState>,
    Visitor(visitor): Visitor,
    session: Session,
) -> Result<impl IntoResponse, ApiError> {
    state.access.sign_out(&session.holder, &visitor).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, state.cookie().end())]))
}
