//! The pages for people: made on the server, without scripts. A page a file below `pages/`; what they look like is in `templates/`
//! and in one stylesheet. Knows no SQL and decides nothing about access: it shows and takes what `access` says.

mod assets;
mod bar;
mod figures;
mod form;
mod origin;
mod page;
mod pages;
mod refusal;
mod session;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::from_fn_with_state,
    response::IntoResponse,
    routing::{get, post},
};
use creel_access::{Access, cookie::SessionCookie};
use creel_billing::Billing;
use creel_notify::Nudge;
use creel_store::Store;
use creel_types::links;
use tower_http::catch_panic::CatchPanicLayer;
use url::Url;

use crate::refusal::Refusal;

/// Bytes of a form.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// What every page is given.
#[derive(Clone)]
pub struct Dashboard {
    pub access: Access,
    pub billing: Billing,
    /// Where pages of Stripe are, as a browser's policy names sources: a form may lead there.
    pub stripe_pages: Arc<str>,
    /// Wakes whoever delivers mail.
    pub mail: Nudge,
    /// How whoever runs a shop reaches whoever runs this installation; empty where that is not said.
    pub contact: Arc<str>,
    /// What shops read in the User-Agent.
    pub user_agent: Arc<str>,
}

impl Dashboard {
    pub(crate) fn store(&self) -> &Store {
        self.access.store()
    }

    pub(crate) fn cookie(&self) -> SessionCookie {
        SessionCookie::of(&self.access.settings().public_url)
    }

    /// The path of the public address, where it has one: all links begin with it.
    pub(crate) fn base(&self) -> String {
        let path = Url::parse(&self.access.settings().public_url).map(|url| url.path().to_owned()).unwrap_or_default();
        path.trim_end_matches('/').to_owned()
    }
}

/// Every page. Paths that are not here are the API's, or nothing.
pub fn router(dashboard: Dashboard) -> Router {
    Router::new()
        .route("/", get(pages::home::show))
        .route("/organization", post(pages::home::switch))
        .route(links::SET_UP_PATH, get(pages::set_up::show).post(pages::set_up::submit))
        .route(links::SIGN_IN_PATH, get(pages::sign_in::show).post(pages::sign_in::submit))
        .route("/sign-in/oidc", get(pages::oidc::begin))
        .route(links::OIDC_CALLBACK_PATH, get(pages::oidc::callback))
        .route("/sign-out", post(pages::sign_out::submit))
        .route("/sign-up", get(pages::sign_up::show).post(pages::sign_up::submit))
        .route("/forgot-password", get(pages::forgot_password::show).post(pages::forgot_password::submit))
        .route(links::RESET_PASSWORD_PATH, get(pages::reset_password::show).post(pages::reset_password::submit))
        .route(links::VERIFY_EMAIL_PATH, get(pages::verify_email::show).post(pages::verify_email::submit))
        .route(links::INVITATION_PATH, get(pages::invitation::show).post(pages::invitation::submit))
        .route(links::BILLING_PATH, get(pages::billing::show))
        .route("/billing/subscribe", post(pages::billing::subscribe))
        .route("/billing/change", get(pages::billing::change::show).post(pages::billing::change::submit))
        .route("/billing/credits", post(pages::billing::credits::submit))
        .route("/billing/portal", post(pages::billing::portal))
        .route("/crawler", get(pages::crawler::show))
        .route("/style.css", get(assets::style))
        .route("/icon.svg", get(assets::icon))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn_with_state(dashboard.clone(), origin::refuse_other_sites))
        .layer(CatchPanicLayer::custom(|panic: Box<dyn std::any::Any + Send>| {
            let what = panic.downcast_ref::<&str>().copied().unwrap_or("no message");
            tracing::error!(what, "a page panicked");
            Refusal::internal().into_response()
        }))
        .layer(from_fn_with_state(dashboard.clone(), page::finish))
        .with_state(dashboard)
}
