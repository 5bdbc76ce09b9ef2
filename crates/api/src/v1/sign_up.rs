//! `POST /v1/sign-up {email, name, password, organization}`: somebody whom nobody invited.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use creel_access::{SignUpForm, SignedUp};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::JsonBody,
    error::{ApiError, ErrorBody},
    fields::{EmailAddress, GivenName, NewPassword, OPEN_BODY_BYTES_MAX},
    session::{SessionView, Visitor, begun},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPerson {
    email: EmailAddress,
    name: GivenName,
    password: NewPassword,
    /// What the new organization is called.
    organization: GivenName,
}

/// Sign up
///
/// Where mail can be sent, a mail says how to go on, and the answer is the same whether the address was known. Else the person is
/// signed in at once.
#[utoipa::path(
    post,
    path = "/v1/sign-up",
    tag = "session",
    security(),
    request_body = NewPerson,
    responses(
        (status = 201, description = "Signed in, in an organization of one's own", body = SessionView),
        (status = 202, description = "A mail says how to go on"),
        (status = 403, description = "This installation takes new people by invitation only", body = ErrorBody),
        (status = 409, description = "The address has an account, or the password is a bad one", body = ErrorBody),
        (status = 429, description = "Too many sign-ups; `Retry-After` says how long to wait", body = ErrorBody),
    )
)]
pub(crate) async fn sign_up(
    State(state): State<ApiState>,
    Visitor(visitor): Visitor,
    JsonBody { value: new, .. }: JsonBody<NewPerson, OPEN_BODY_BYTES_MAX>,
) -> Result<Response, ApiError> {
    let form = SignUpForm {
        email: new.email.as_str().to_owned(),
        name: new.name.as_str().to_owned(),
        password: new.password.as_str().to_owned(),
        organization: new.organization.as_str().to_owned(),
    };
    match state.access.sign_up(&form, &visitor).await? {
        SignedUp::SignedIn(signed_in) => begun(&state, StatusCode::CREATED, &signed_in).await,
        SignedUp::CheckMail => {
            state.mail.nudge();
            Ok(StatusCode::ACCEPTED.into_response())
        }
    }
}
