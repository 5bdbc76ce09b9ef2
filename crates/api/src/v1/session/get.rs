//! `GET /v1/session`: who am I.

use axum::Json;

use crate::{
    error::ApiError,
    session::{Session, SessionView},
};

/// Who is signed in
#[utoipa::path(
    get,
    path = "/v1/session",
    tag = "session",
    security(("session" = [])),
    responses((status = 200, body = SessionView))
)]
pub(crate) async fn get_session(session: Session) -> Result<Json<SessionView>, ApiError> {
    Ok(Json(session.into()))
}
