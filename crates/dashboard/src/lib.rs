//! The pages for people: made on the server, whole without scripts. An area of pages a folder below `pages/`, a page a file; what
//! they look like is in `templates/` and in one stylesheet. Knows no SQL and decides nothing about access: it shows what the
//! store has, and changes things through the API, whose rules are the only ones.

mod api;
mod area;
mod assets;
mod columns;
mod figures;
mod form;
mod list;
mod live;
mod markdown;
mod media;
mod member;
mod origin;
mod page;
mod pages;
mod parts;
mod path;
mod place;
mod price;
mod refusal;
mod session;
mod shell;
mod typed;
mod unknown;

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit, middleware::from_fn_with_state, response::IntoResponse, routing::get};
use creel_access::{Access, cookie::SessionCookie};
use creel_billing::Billing;
use creel_media::Media;
use creel_notify::Nudge;
use creel_store::Store;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};
use url::Url;

pub use crate::{api::Api, live::Live};
use crate::{area::Area, refusal::Refusal};

/// Bytes of a form.
const FORM_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a form with long lists; its route says that it takes them.
pub(crate) const LONG_FORM_BYTES_MAX: usize = 2 * 1024 * 1024;

/// What every page is given.
#[derive(Clone)]
pub struct Dashboard {
    pub access: Access,
    pub billing: Billing,
    /// What pages change is changed through it.
    pub api: Api,
    /// Pages that follow what happens.
    pub live: Live,
    /// Whether a model is configured, so that questions can be answered.
    pub answers: bool,
    /// Pictures of shops, where the operator lets pages show them.
    pub media: Option<Media>,
    /// Of what a cycle granted, in percent: with less left pages say so.
    pub low_percent: i64,
    /// Where pages of Stripe are, as a browser's policy names sources: a form may lead there.
    pub stripe_pages: Arc<str>,
    /// Wakes whoever delivers mail.
    pub mail: Nudge,
    /// Whether people who are not signed in are told what this is and what it costs.
    pub public_pages: bool,
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

/// Paths of all pages that somebody can open, as templates.
#[must_use]
pub fn pages() -> Vec<&'static str> {
    whole().pages
}

fn whole() -> Area {
    pages::areas().and(media::area()).route("/assets/{version}/{name}", get(assets::show))
}

/// The pages beside the API; where neither has anything, a person in a browser is helped on.
pub fn beside(api: Router, dashboard: Dashboard) -> Router {
    api.merge(router(dashboard.clone())).layer(from_fn_with_state(dashboard, unknown::explain))
}

/// Every page. Paths that are not here are the API's, or nothing.
fn router(dashboard: Dashboard) -> Router {
    whole()
        .router
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn_with_state(dashboard.clone(), origin::refuse_other_sites))
        .layer(CatchPanicLayer::custom(|panic: Box<dyn std::any::Any + Send>| {
            let what = panic.downcast_ref::<&str>().copied().unwrap_or("no message");
            tracing::error!(what, "a page panicked");
            Refusal::internal().into_response()
        }))
        .layer(from_fn_with_state(dashboard.clone(), page::finish))
        .layer(CompressionLayer::new())
        .with_state(dashboard)
}
