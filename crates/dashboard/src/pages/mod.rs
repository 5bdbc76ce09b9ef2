//! The pages, each with what it shows and what it takes. Showing a page that a link leads to never uses the link up: programs that
//! look through mail follow links too.

pub(crate) mod assistant;
pub(crate) mod billing;
pub(crate) mod captures;
pub(crate) mod crawler;
pub(crate) mod design;
pub(crate) mod enrichments;
pub(crate) mod forgot_password;
pub(crate) mod invitation;
pub(crate) mod items;
pub(crate) mod oidc;
pub(crate) mod overview;
pub(crate) mod palette;
pub(crate) mod public;
pub(crate) mod reset_password;
pub(crate) mod robots;
pub(crate) mod runs;
pub(crate) mod schedules;
pub(crate) mod set_up;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod sign_up;
pub(crate) mod verify_email;

use axum::routing::{get, post};
use creel_access::AccessError;
use creel_store::access::links::LinkKind;
use creel_types::links;

use crate::{Dashboard, area::Area, refusal::Refusal};

/// Every page.
pub(crate) fn areas() -> Area {
    overview::area()
        .and(robots::area())
        .and(runs::area())
        .and(schedules::area())
        .and(captures::area())
        .and(enrichments::area())
        .and(items::area())
        .and(assistant::area())
        .and(billing::area())
        .and(settings::area())
        .and(public::area())
        .and(outside())
        .route("/palette", get(palette::show))
        .page("/design", get(design::show))
}

/// Pages for people who may not be signed in.
fn outside() -> Area {
    Area::new()
        .page(links::SET_UP_PATH, get(set_up::show).post(set_up::submit))
        .page(links::SIGN_IN_PATH, get(sign_in::show).post(sign_in::submit))
        .route("/sign-in/oidc", get(oidc::begin))
        .route(links::OIDC_CALLBACK_PATH, get(oidc::callback))
        .route("/sign-out", post(sign_out::submit))
        .page("/sign-up", get(sign_up::show).post(sign_up::submit))
        .page("/forgot-password", get(forgot_password::show).post(forgot_password::submit))
        .page(links::RESET_PASSWORD_PATH, get(reset_password::show).post(reset_password::submit))
        .page(links::VERIFY_EMAIL_PATH, get(verify_email::show).post(verify_email::submit))
        .page(links::INVITATION_PATH, get(invitation::show).post(invitation::submit))
        .page("/crawler", get(crawler::show))
}

/// Refuses a link that is not good any more, and leaves one that is as it is.
async fn good_link(dashboard: &Dashboard, kind: LinkKind, token: &str) -> Result<(), Refusal> {
    match dashboard.store().find_link(kind, token).await? {
        Some(_) => Ok(()),
        None => Err(AccessError::LinkVoid.into()),
    }
}
