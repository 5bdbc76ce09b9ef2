//! `POST /v1/password-reset {email}`: the answer does not say whether the address has an account.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::JsonBody,
    error::{ApiError, ErrorBody},
    fields::{EmailAddress, OPEN_BODY_BYTES_MAX},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordReset {
    email: EmailAddress,
}

/// Ask for a link that sets a new password
#[utoipa::path(
    post,
    path = "/v1/password-reset",
    tag = "session",
    security(),
    request_body = PasswordReset,
    responses(
        (status = 202, description = "If the address has an account, a mail is on its way"),
        (status = 409, description = "This installation cannot send mail", body = ErrorBody),
        (status = 429, description = "Too many mails to this address; `Retry-After` says how long to wait", body = ErrorBody),
    )
)]
pub(crate) async fn request_password_reset(
    State(state): State<ApiState>,
    JsonBody { value: asked, .. }: JsonBody<PasswordReset, OPEN_BODY_BYTES_MAX>,
) -> Result<StatusCode, ApiError> {
    state.access.request_password_reset(asked.email.as_str()).await?;
    state.mail.nudge();
    Ok(StatusCode::ACCEPTED)
}
