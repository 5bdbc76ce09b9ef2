//! `POST /v1/email-verification {email}`: sends the link once more, where there is something to prove.

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
pub(crate) struct EmailVerification {
    email: EmailAddress,
}

/// Send the link that proves an address once more
#[utoipa::path(
    post,
    path = "/v1/email-verification",
    tag = "session",
    security(),
    request_body = EmailVerification,
    responses(
        (status = 202, description = "If the address waits to be proved, a mail is on its way"),
        (status = 409, description = "This installation cannot send mail", body = ErrorBody),
        (status = 429, description = "Too many mails to this address; `Retry-After` says how long to wait", body = ErrorBody),
    )
)]
pub(crate) async fn request_email_verification(
    State(state): State<ApiState>,
    JsonBody { value: asked, .. }: JsonBody<EmailVerification, OPEN_BODY_BYTES_MAX>,
) -> Result<StatusCode, ApiError> {
    state.access.resend_verification(asked.email.as_str()).await?;
    state.mail.nudge();
    Ok(StatusCode::ACCEPTED)
}
