//! `POST /v1/session/password {old_password, new_password}`: every other session of the person ends.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::JsonBody,
    error::{ApiError, ErrorBody},
    fields::{NewPassword, OPEN_BODY_BYTES_MAX},
    session::{Session, Visitor},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    #[schema(format = Password)]
    old_password: String,
    new_password: NewPassword,
}

/// Change one's password
///
/// This session goes on; every other one of the person ends.
#[utoipa::path(
    post,
    path = "/v1/session/password",
    tag = "session",
    security(("session" = [])),
    request_body = PasswordChange,
    responses(
        (status = 204, description = "The new password holds"),
        (status = 409, description = "The old password is wrong, or the new one is a bad one", body = ErrorBody),
    )
)]
pub(crate) async fn change_password(
    State(state): State<ApiState>,
    Visitor(visitor): Visitor,
    session: Session,
    JsonBody { value: change, .. }: JsonBody<PasswordChange, OPEN_BODY_BYTES_MAX>,
) -> Result<StatusCode, ApiError> {
    let (old, new) = (&change.old_password, change.new_password.as_str());
    state.access.change_password(&session.holder, old, new, &visitor).await?;
    Ok(StatusCode::NO_CONTENT)
}
