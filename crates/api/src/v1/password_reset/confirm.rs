//! `POST /v1/password-reset/confirm {token, password}`: sets it, ends every session, and signs in.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::JsonBody,
    error::{ApiError, ErrorBody},
    fields::{NewPassword, OPEN_BODY_BYTES_MAX},
    session::{SessionView, Visitor, begun},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmedReset {
    /// What stands behind `?token=` in the link.
    token: String,
    password: NewPassword,
}

/// Set a new password by the link that was mailed
///
/// Every session of the person ends, and this one begins.
#[utoipa::path(
    post,
    path = "/v1/password-reset/confirm",
    tag = "session",
    security(),
    request_body = ConfirmedReset,
    responses(
        (status = 200, description = "The password holds, and the person is signed in", body = SessionView),
        (status = 404, description = "The link is not good any more", body = ErrorBody),
        (status = 409, description = "The password is a bad one", body = ErrorBody),
    )
)]
pub(crate) async fn confirm_password_reset(
    State(state): State<ApiState>,
    Visitor(visitor): Visitor,
    JsonBody { value: reset, .. }: JsonBody<ConfirmedReset, OPEN_BODY_BYTES_MAX>,
) -> Result<Response, ApiError> {
    let signed_in = state.access.reset_password(&reset.token, reset.password.as_str(), &visitor).await?;
    begun(&state, StatusCode::OK, &signed_in).await
}
