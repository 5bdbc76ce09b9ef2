//! Finds out who calls, once a request: by a key in the header, else by a session's cookie; a page of ours in the same process
//! says it itself. Endpoints that need nobody ignore
//! what it finds.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{
        HeaderMap, HeaderValue, Method,
        header::{AUTHORIZATION, COOKIE},
    },
    middleware::Next,
    response::Response,
};
use creel_access::OwnPage;
use creel_types::{Actor, By};

use crate::{
    ApiState,
    caller::{Authenticated, Caller, unauthorized},
    error::{ApiError, ErrorCode},
    session::{FoundSession, Session},
};

/// Carries the token of the session's forms.
pub(crate) const CSRF_HEADER: &str = "X-CSRF-Token";

pub(crate) async fn authenticate(State(state): State<ApiState>, mut request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string());
    let own = request.extensions().get::<OwnPage>().cloned();
    let (caller, session) = match (own, request.headers().get(AUTHORIZATION)) {
        (Some(OwnPage(session)), _) => (member(&session, address), Ok(session)),
        (None, Some(header)) => {
            let caller = by_key(&state, header, address).await;
            let refused = if caller.is_ok() { people_only() } else { unauthorized() };
            (caller, Err(refused))
        }
        (None, None) => {
            let session = by_session(&state, request.method(), request.headers()).await;
            (session.as_ref().map_err(Clone::clone).and_then(|session| member(session, address)), session)
        }
    };
    request.extensions_mut().insert(Authenticated(caller));
    request.extensions_mut().insert(FoundSession(session));
    next.run(request).await
}

fn people_only() -> ApiError {
    let message = "this is for people who are signed in, who send their session's cookie; an API key is no person";
    ApiError::new(ErrorCode::Forbidden, message)
}

async fn by_key(state: &ApiState, header: &HeaderValue, address: Option<String>) -> Result<Caller, ApiError> {
    let header = header.to_str().map_err(|_| unauthorized())?;
    let (scheme, secret) = header.split_once(' ').ok_or_else(unauthorized)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unauthorized());
    }
    let holder = state.access.api_key(secret.trim()).await?.ok_or_else(unauthorized)?;
    let by = By { actor: Actor::ApiKey(holder.key), name: holder.name, address };
    Ok(Caller { organization: holder.organization, role: holder.role, by })
}

/// A browser sends its cookie whoever made it ask. So a request that may change something also proves that a page of ours made
/// it, by the token that only our pages know.
async fn by_session(state: &ApiState, method: &Method, headers: &HeaderMap) -> Result<Session, ApiError> {
    let cookies = headers.get(COOKIE).and_then(|value| value.to_str().ok()).ok_or_else(unauthorized)?;
    let token = state.cookie().read(cookies).ok_or_else(unauthorized)?;
    let session = state.access.session(token).await?.ok_or_else(unauthorized)?;
    let given = headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok()).unwrap_or("");
    if !method.is_safe() && !session.csrf_matches(given) {
        let message = format!("a request with a session's cookie that changes something carries the header {CSRF_HEADER}");
        return Err(ApiError::new(ErrorCode::CrossSite, message));
    }
    Ok(session)
}

/// Whoever is signed in, as a member of the organization that they look at.
fn member(session: &Session, address: Option<String>) -> Result<Caller, ApiError> {
    let holder = &session.holder;
    let Some(membership) = &holder.organization else {
        return Err(ApiError::new(ErrorCode::Forbidden, "you are not a member of an organization at present"));
    };
    let by = By { actor: Actor::Person(holder.person), name: holder.email.clone(), address };
    Ok(Caller { organization: membership.id, role: membership.role, by })
}
