//! `POST /v1/email-verification/confirm {token}`: nobody is signed in by it.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::JsonBody,
    error::{ApiError, ErrorBody},
    fields::OPEN_BODY_BYTES_MAX,
    session::Visitor,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmedEmail {
    /// What stands behind `?token=` in the link.
    token: String,
}

/// Prove an address by the link that was mailed
#[utoipa::path(
    post,
    path = "/v1/email-verification/confirm",
    tag = "session",
    security(),
    request_body = ConfirmedEmail,
    responses(
        (status = 204, description = "The address is proved: sign in"),
        (status = 404, description = "The link is not good any more", body = ErrorBody),
    )
)]
pub(crate) async fn confirm_email_verification(
    State(state): State<ApiState>,
    Visitor(visitor): Visitor,
    JsonBody { value: confirmed, .. }: JsonBody<ConfirmedEmail, OPEN_BODY_BYTES_MAX>,
) -> Result<StatusCode, ApiError> {
    state.access.verify_email(&confirmed.token, &visitor).await?;
    Ok(StatusCode::NO_CONTENT)
}
