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
pub(crate) use creel_access::Session;
use creel_access::SignedIn;

use crate::{Dashboard, page::go, refusal::Refusal};

/// The session of a request, where there is one.
pub(crate) struct Visit {
    pub(crate) session: Option<Session>,
    /// There was one, and it is over.
    pub(crate) is_over: bool,
    pub(crate) caller: creel_access::Caller,
}

impl FromRequestParts<Dashboard> for Visit {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, dashboard: &Dashboard) -> Result<Visit, Refusal> {
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let caller = creel_access::Caller { address, user_agent };
        let cookies = parts.headers.get(COOKIE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let token = dashboard.cookie().read(cookies);
        let session = match token {
            Some(token) => dashboard.access.session(token).await?,
            None => None,
        };
        Ok(Visit { is_over: token.is_some() && session.is_none(), session, caller })
    }
}

/// Refuses a form that is not of this session. It changes nothing of an organization: [`crate::member::Member::check`] is for those
/// that do.
pub(crate) fn check_form(session: &Session, form_token: &str) -> Result<(), Refusal> {
    let is_own = session.csrf_matches(form_token) || session.organization_of_form(form_token).is_some();
    if is_own { Ok(()) } else { Err(Refusal::cross_site()) }
}

/// Sends whoever is signed in from now on to a page, with the cookie.
pub(crate) fn begin(dashboard: &Dashboard, signed_in: &SignedIn, path: &str) -> Response {
    go(&format!("{}{path}", dashboard.base()), &[dashboard.cookie().begin(signed_in.token.as_str())])
}
