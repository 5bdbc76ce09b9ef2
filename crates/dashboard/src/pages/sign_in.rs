//! `/sign-in`: with the address and password, or through the provider.

use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_access::SignUpPolicy;
use creel_types::links::{INVITATION_PATH, SIGN_IN_PATH};
use serde::Deserialize;

use crate::{
    Dashboard,
    form::{Field, FormPage, Sent},
    member::is_own_path,
    page::go,
    refusal::Refusal,
    session::{Visit, begin},
};

/// Letters of a token of a link.
const TOKEN_LETTERS_MAX: usize = 128;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct SignInQuery {
    /// What happened before, out of a few things.
    after: String,
    /// The token of an invitation that is accepted next.
    invitation: String,
    /// Where somebody was who had to sign in first.
    next: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Credentials {
    email: String,
    password: String,
    invitation: String,
    next: String,
}

fn page(dashboard: &Dashboard, sent: &Credentials) -> FormPage {
    let mut page = FormPage::new(dashboard.base(), "Sign in", SIGN_IN_PATH, "Sign in")
        .with(Field::email(&sent.email))
        .with(Field::password());
    if !sent.invitation.is_empty() {
        page = page.hiding("invitation", &sent.invitation).saying("Sign in to accept the invitation.");
    }
    if is_own_path(&sent.next) {
        page = page.hiding("next", &sent.next).saying("Sign in to go on where you were.");
    }
    if let Some(label) = dashboard.access.oidc_label() {
        page = page.with_provider("/sign-in/oidc", format!("Sign in with {label}"));
    }
    let settings = dashboard.access.settings();
    if settings.sends_mail {
        page = page.with_link("/forgot-password", "Forgot your password?");
    }
    if settings.sign_up == SignUpPolicy::Open {
        page = page.with_link("/sign-up", "Create an account");
    }
    page
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    visit: Visit,
    Query(query): Query<SignInQuery>,
) -> Result<Response, Refusal> {
    if visit.session.is_some() {
        let next = if is_own_path(&query.next) { query.next.as_str() } else { "/" };
        return Ok(go(&format!("{}{next}", dashboard.base()), &[]));
    }
    let notice = match query.after.as_str() {
        "sign-out" => "You are signed out.",
        "verification" => "Your e-mail address is confirmed. Sign in to go on.",
        _ => "",
    };
    let mut page =
        page(&dashboard, &Credentials { invitation: query.invitation, next: query.next, ..Credentials::default() })
            .noticing(notice);
    if !dashboard.store().has_person().await? {
        page =
            page.saying("Nobody has an account here yet: follow the set-up link that the server printed when it started.");
    }
    Ok(page.show())
}

pub(crate) async fn submit(State(dashboard): State<Dashboard>, visit: Visit, Sent(sent): Sent<Credentials>) -> Response {
    match dashboard.access.sign_in(&sent.email, &sent.password, &visit.caller).await {
        Ok(signed_in) => begin(&dashboard, &signed_in, &next(&sent.invitation, &sent.next)),
        Err(error) => page(&dashboard, &sent).refuse(&error.into()),
    }
}

/// Where somebody goes who has signed in: to the invitation or the page that they came from, and never to another site.
fn next(invitation: &str, back: &str) -> String {
    let is_token = |text: &str| text.len() <= TOKEN_LETTERS_MAX && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match invitation {
        token if !token.is_empty() && is_token(token) => format!("{INVITATION_PATH}?token={token}"),
        _ if is_own_path(back) => back.to_owned(),
        _ => "/".to_owned(),
    }
}
