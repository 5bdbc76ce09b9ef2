//! `/` for whoever is not signed in: what this is, and the way in.

use askama::Template;
use axum::response::Response;
use creel_types::Action;

use super::{FREE, Frame, beginning};
use crate::{Dashboard, page::render, refusal::Refusal};

#[derive(Template)]
#[template(path = "public/landing.html")]
struct LandingPage {
    base: String,
    frame: Frame,
    /// Nobody has an account.
    is_empty: bool,
    beginning: String,
    /// Credits of one capture.
    capture_price: i64,
    free: &'static [&'static str],
}

pub(crate) async fn show(dashboard: &Dashboard) -> Result<Response, Refusal> {
    if !dashboard.public_pages {
        return Err(Refusal::sign_in("/"));
    }
    Ok(render(&LandingPage {
        base: dashboard.base(),
        frame: Frame::new(dashboard, "/", false),
        is_empty: !dashboard.store().has_person().await?,
        beginning: beginning(dashboard),
        capture_price: Action::Extract.price().0,
        free: &FREE,
    }))
}
