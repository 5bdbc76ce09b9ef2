//! Who is looking at a page, by the session's cookie, and from where.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{
        header::{COOKIE, USER_AGENT},
        request::Parts,
    },
    response::Response,
};
use creel_access::{SignedIn, csrf_matches, csrf_token};
use creel_store::access::sessions::SessionHolder;

use crate::{Dashboard, page::go, refusal::Refusal};

/// A session. It is never printed: it holds its token.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) holder: SessionHolder,
    token: String,
}

impl Session {
    /// What the session's forms carry.
    pub(crate) fn form_token(&self) -> String {
        csrf_token(&self.token)
    }

    /// Refuses a form that is not of this session.
    pub(crate) fn check(&self, form_token: &str) -> Result<(), Refusal> {
        if csrf_matches(&self.token, form_token) { Ok(()) } else { Err(Refusal::cross_site()) }
    }
}

/// The session of a request, where there is one.
pub(crate) struct Visit {
    pub(crate) session: Option<Session>,
    pub(crate) caller: creel_access::Caller,
}

impl FromRequestParts<Dashboard> for Visit {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, dashboard: &Dashboard) -> Result<Visit, Refusal> {
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let caller = creel_access::Caller { address, user_agent };
        let cookies = parts.headers.get(COOKIE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let Some(token) = dashboard.cookie().read(cookies) else { return Ok(Visit { session: None, caller }) };
        let Some(holder) = dashboard.store().find_session(token).await? else {
            return Ok(Visit { session: None, caller });
        };
        let (store, seen) = (dashboard.store().clone(), holder.clone());
        tokio::spawn(async move {
            if let Err(error) = store.note_session_seen(&seen).await {
                tracing::warn!(%error, "that a session was used could not be written down");
            }
        });
        Ok(Visit { session: Some(Session { holder, token: token.to_owned() }), caller })
    }
}

/// Sends whoever is signed in from now on to a page, with the cookie.
pub(crate) fn begin(dashboard: &Dashboard, signed_in: &SignedIn, path: &str) -> Response {
    go(&format!("{}{path}", dashboard.base()), &[dashboard.cookie().begin(signed_in.token.as_str())])
}
