//! `/sign-in/oidc`: to the provider, and back. What ties the two together is in a cookie for a few minutes.

use axum::{
    extract::{Query, State},
    http::{HeaderMap, header::COOKIE},
    response::{IntoResponse, Response},
};
use creel_access::{AccessError, OidcAnswer, oidc::OIDC_COOKIE_SECONDS};
use creel_types::links::SIGN_IN_PATH;

use crate::{
    Dashboard,
    page::{Message, go, keep},
    refusal::Refusal,
    session::Visit,
};

const COOKIE_NAME: &str = "creel_oidc";

/// The value of `Set-Cookie`. The browser sends it along when the provider sends it back, and to no other page.
fn cookie(dashboard: &Dashboard, value: &str, seconds: i64) -> String {
    let (base, secure) = (dashboard.base(), dashboard.access.settings().public_url.starts_with("https://"));
    let secure = if secure { "; Secure" } else { "" };
    format!("{COOKIE_NAME}={value}; Path={base}/sign-in/oidc; HttpOnly; SameSite=Lax{secure}; Max-Age={seconds}")
}

pub(crate) async fn begin(State(dashboard): State<Dashboard>) -> Result<Response, Refusal> {
    let begun = dashboard.access.begin_oidc().await?;
    Ok(go(begun.url.as_str(), &[cookie(&dashboard, &begun.cookie, OIDC_COOKIE_SECONDS)]))
}

pub(crate) async fn callback(
    State(dashboard): State<Dashboard>,
    visit: Visit,
    headers: HeaderMap,
    Query(answer): Query<OidcAnswer>,
) -> Response {
    let cookies = headers.get(COOKIE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let kept = cookies.split(';').filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == COOKIE_NAME);
    let kept = kept.map_or("", |(_, value)| value);
    let forget = cookie(&dashboard, "", 0);
    match dashboard.access.finish_oidc(kept, &answer, &visit.caller).await {
        Ok(signed_in) => {
            let session = dashboard.cookie().begin(signed_in.token.as_str());
            go(&format!("{}/", dashboard.base()), &[session, forget])
        }
        Err(error) => {
            let mut response = refused(&dashboard, error);
            keep(&mut response, &[forget]);
            response
        }
    }
}

fn refused(dashboard: &Dashboard, error: AccessError) -> Response {
    let refusal = Refusal::from(error);
    let page = Message::new(dashboard, "You are not signed in", &refusal.message);
    refusal.with(page.with_link(SIGN_IN_PATH, "Back to signing in").into_response())
}
