//! People who are signed in, for the endpoints that only they may call; and from where somebody calls who is nobody yet.

use std::{convert::Infallible, net::SocketAddr};

use axum::{
    Json,
    extract::{ConnectInfo, FromRequestParts},
    http::{StatusCode, header::SET_COOKIE, header::USER_AGENT, request::Parts},
    response::{IntoResponse, Response},
};
pub(crate) use creel_access::Session;
use creel_access::SignedIn;
use creel_store::access::sessions::Membership;
use creel_types::PersonId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{ApiState, caller::unauthorized, error::ApiError};

/// What authentication found out about a session; put into every request under `/v1`.
#[derive(Clone)]
pub(crate) struct FoundSession(pub(crate) Result<Session, ApiError>);

impl FromRequestParts<ApiState> for Session {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Session, ApiError> {
        parts.extensions.get::<FoundSession>().map_or_else(|| Err(unauthorized()), |found| found.0.clone())
    }
}

/// From where somebody calls.
pub(crate) struct Visitor(pub(crate) creel_access::Caller);

impl FromRequestParts<ApiState> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Visitor, Infallible> {
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Visitor(creel_access::Caller { address, user_agent }))
    }
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionView {
    person: PersonView,
    /// The organization that is looked at; null where the person is a member of none.
    organization: Option<Membership>,
    /// For the header `X-CSRF-Token` of requests that change something.
    csrf_token: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Person)]
struct PersonView {
    id: PersonId,
    email: String,
    name: String,
}

impl From<Session> for SessionView {
    fn from(session: Session) -> SessionView {
        let csrf_token = session.csrf_token();
        let holder = session.holder;
        let person = PersonView { id: holder.person, email: holder.email, name: holder.name };
        SessionView { person, organization: holder.organization, csrf_token }
    }
}

/// A session as it is now, by its token.
pub(crate) async fn session_now(state: &ApiState, token: &str) -> Result<Session, ApiError> {
    state.access.session(token).await?.ok_or_else(unauthorized)
}

/// Answers that somebody is signed in from now on, with the cookie.
pub(crate) async fn begun(state: &ApiState, status: StatusCode, signed_in: &SignedIn) -> Result<Response, ApiError> {
    let session = session_now(state, signed_in.token.as_str()).await?;
    let cookie = state.cookie().begin(session.token());
    Ok((status, [(SET_COOKIE, cookie)], Json(SessionView::from(session))).into_response())
}
