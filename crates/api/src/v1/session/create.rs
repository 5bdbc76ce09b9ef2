//! `POST /v1/session {email, password}`: signs in; the cookie is the session.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::JsonBody,
    error::{ApiError, ErrorBody},
    fields::{EmailAddress, OPEN_BODY_BYTES_MAX},
    session::{SessionView, Visitor, begun},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    email: EmailAddress,
    #[schema(format = Password)]
    password: String,
}

/// Sign in
///
/// The answer sets the session's cookie, which scripts cannot read. Requests with it that change something carry the answer's
/// `csrf_token` in the header `X-CSRF-Token`.
#[utoipa::path(
    post,
    path = "/v1/session",
    tag = "session",
    security(),
    request_body = Credentials,
    responses(
        (status = 200, description = "Signed in", body = SessionView),
        (status = 401, description = "The address or the password is wrong", body = ErrorBody),
        (status = 403, description = "The address is not proved yet", body = ErrorBody),
        (status = 409, description = "The password was changed in this moment", body = ErrorBody),
        (status = 429, description = "Too many tries; `Retry-After` says how long to wait", body = ErrorBody),
    )
)]
pub(crate) async fn sign_in(
    State(state): State<ApiState>,
    Visitor(visitor): Visitor,
    JsonBody { value: given, .. }: JsonBody<Credentials, OPEN_BODY_BYTES_MAX>,
) -> Result<Response, ApiError> {
    let signed_in = state.access.sign_in(given.email.as_str(), &given.password, &visitor).await?;
    begun(&state, StatusCode::OK, &signed_in).await
}
