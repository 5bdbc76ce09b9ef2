//! `POST /v1/invitations/accept {token, person?}`: by somebody new, or by somebody who is signed in.

use axum::{
    extract::State,
    http::{StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Response},
};
use creel_access::Joining;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::JsonBody,
    error::{ApiError, ErrorBody},
    fields::{GivenName, NewPassword, OPEN_BODY_BYTES_MAX},
    session::{FoundSession, SessionView, Visitor, begun, session_now},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptedInvitation {
    /// What stands behind `?token=` in the link.
    token: String,
    /// Somebody new; left out by somebody who is signed in.
    person: Option<InvitedPerson>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvitedPerson {
    name: GivenName,
    password: NewPassword,
}

/// Accept an invitation
///
/// Somebody new says what they are called and chooses a password, and is signed in by it. Somebody who has an account signs in
/// first, and sends the session's cookie with `X-CSRF-Token`.
#[utoipa::path(
    post,
    path = "/v1/invitations/accept",
    tag = "session",
    security(),
    request_body = AcceptedInvitation,
    responses(
        (status = 200, description = "Signed in, in the organization; somebody new gets the cookie", body = SessionView),
        (status = 401, description = "Neither a person nor a session came with the request", body = ErrorBody),
        (status = 403, description = "The session's token is missing", body = ErrorBody),
        (status = 404, description = "The link is not good any more", body = ErrorBody),
        (status = 409, description = "The address has an account, or the password is a bad one", body = ErrorBody),
    )
)]
pub(crate) async fn accept_invitation(
    State(state): State<ApiState>,
    Visitor(visitor): Visitor,
    axum::Extension(FoundSession(session)): axum::Extension<FoundSession>,
    JsonBody { value: accepted, .. }: JsonBody<AcceptedInvitation, OPEN_BODY_BYTES_MAX>,
) -> Result<Response, ApiError> {
    let token = &accepted.token;
    if let Some(person) = &accepted.person {
        let joining = Joining::New { name: person.name.as_str(), password: person.password.as_str() };
        return match state.access.accept_invitation(token, joining, &visitor).await? {
            (_, Some(signed_in)) => begun(&state, StatusCode::OK, &signed_in).await,
            (_, None) => Err(ApiError::internal()),
        };
    }
    let session = session?;
    state.access.accept_invitation(token, Joining::SignedIn(&session.holder), &visitor).await?;
    let now = session_now(&state, session.token()).await?;
    let cookie = state.cookie().begin(now.token());
    Ok(([(SET_COOKIE, cookie)], axum::Json(SessionView::from(now))).into_response())
}
