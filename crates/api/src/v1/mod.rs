//! The paths under `/v1`.

mod api_keys;
mod audit;
mod billing;
mod captures;
mod conversations;
mod email_verification;
mod enrichments;
mod invitations;
mod items;
mod members;
mod organization;
mod organizations;
mod password_reset;
mod robot_builds;
mod robots;
mod rotation;
mod runs;
mod schedules;
mod session;
mod sessions;
mod sign_up;
mod webhooks;

use axum::{extract::FromRequestParts, http::request::Parts};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{ApiState, error::ApiError};

pub(crate) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(robot_builds::create::create_robot_build, robot_builds::list::list_robot_builds))
        .routes(routes!(robot_builds::get::get_robot_build))
        .routes(routes!(robots::list::list_robots))
        .routes(routes!(robots::get::get_robot, robots::update::update_robot, robots::delete::delete_robot))
        .routes(routes!(robots::program::get_robot_program))
        .routes(routes!(runs::create::create_run, runs::list::list_runs))
        .routes(routes!(runs::preview::preview_run))
        .routes(routes!(runs::get::get_run, runs::delete::delete_run))
        .routes(routes!(runs::stop::stop_run))
        .routes(routes!(runs::restart::restart_run))
        .routes(routes!(runs::pages::list_run_pages))
        .routes(routes!(runs::events::stream_run_events))
        .merge(schedules())
        .routes(routes!(captures::list::list_captures))
        .routes(routes!(captures::export::export_captures))
        .routes(routes!(captures::get::get_capture, captures::delete::delete_capture))
        .merge(enriching())
        .merge(assistant())
        .merge(credits())
        .routes(routes!(organization::get::get_organization, organization::update::update_organization))
        .routes(routes!(members::list::list_members))
        .routes(routes!(members::update::update_member, members::remove::remove_member))
        .routes(routes!(api_keys::create::create_api_key, api_keys::list::list_api_keys))
        .routes(routes!(api_keys::get::get_api_key, api_keys::update::update_api_key, api_keys::revoke::revoke_api_key))
        .routes(routes!(api_keys::rotate::rotate_api_key))
        .routes(routes!(audit::list::list_audit))
        .merge(events())
        .merge(people())
}

/// Captures into items.
fn enriching() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(enrichments::create::create_enrichment, enrichments::list::list_enrichments))
        .routes(routes!(enrichments::get::get_enrichment))
        .routes(routes!(enrichments::stop::stop_enrichment))
        .routes(routes!(enrichments::restart::restart_enrichment))
        .routes(routes!(enrichments::captures::list_enrichment_captures))
        .routes(routes!(items::list::list_items))
        .routes(routes!(items::facets::count_item_facets))
        .routes(routes!(items::categories::list_categories))
        .routes(routes!(items::export::export_items))
        .routes(routes!(items::get::get_item))
}

/// Questions, and what is answered.
fn assistant() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(conversations::create::create_conversation, conversations::list::list_conversations))
        .routes(routes!(
            conversations::get::get_conversation,
            conversations::update::update_conversation,
            conversations::delete::delete_conversation
        ))
        .routes(routes!(conversations::ask::ask_assistant))
        .routes(routes!(conversations::stop::stop_assistant))
}

/// Credits, and what is paid for them.
fn credits() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(billing::balance::get_balance))
        .routes(routes!(billing::statement::list_statement))
        .routes(routes!(billing::statement_export::export_statement))
        .routes(routes!(billing::entry::get_statement_entry))
        .routes(routes!(billing::usage::get_usage))
        .routes(routes!(billing::usage::export_usage))
        .routes(routes!(billing::forecast::get_forecast))
        .routes(routes!(billing::plans::list_plans))
        .routes(routes!(billing::subscription::get_subscription))
        .routes(routes!(billing::checkout::create_checkout))
        .routes(routes!(billing::change_plan::change_plan))
        .routes(routes!(billing::credit_packs::buy_credit_packs))
        .routes(routes!(billing::portal::open_portal))
}

/// Events on their way out.
fn events() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(webhooks::create::create_webhook, webhooks::list::list_webhooks))
        .routes(routes!(webhooks::get::get_webhook, webhooks::update::update_webhook, webhooks::delete::delete_webhook))
        .routes(routes!(webhooks::rotate::rotate_webhook_secret))
        .routes(routes!(webhooks::test::test_webhook))
        .routes(routes!(webhooks::deliveries::list_webhook_deliveries))
        .routes(routes!(webhooks::delivery::get_webhook_delivery))
        .routes(routes!(webhooks::replay::replay_webhook_delivery))
}

fn schedules() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(schedules::create::create_schedule, schedules::list::list_schedules))
        .routes(routes!(
            schedules::get::get_schedule,
            schedules::update::update_schedule,
            schedules::delete::delete_schedule
        ))
        .routes(routes!(schedules::pause::pause_schedule))
        .routes(routes!(schedules::resume::resume_schedule))
}

/// What people do for themselves, and what anybody may call.
fn people() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(invitations::create::create_invitation, invitations::list::list_invitations))
        .routes(routes!(invitations::revoke::revoke_invitation))
        .routes(routes!(invitations::resend::resend_invitation))
        .routes(routes!(invitations::accept::accept_invitation))
        .routes(routes!(
            session::create::sign_in,
            session::get::get_session,
            session::update::rename_person,
            session::end::sign_out
        ))
        .routes(routes!(sessions::list::list_sessions, sessions::end_others::end_other_sessions))
        .routes(routes!(sessions::end::end_session))
        .routes(routes!(session::organization::switch_organization))
        .routes(routes!(session::password::change_password))
        .routes(routes!(session::notices::get_notices, session::notices::change_notices))
        .routes(routes!(organizations::create::create_organization, organizations::list::list_organizations))
        .routes(routes!(sign_up::sign_up))
        .routes(routes!(password_reset::request::request_password_reset))
        .routes(routes!(password_reset::confirm::confirm_password_reset))
        .routes(routes!(email_verification::request::request_email_verification))
        .routes(routes!(email_verification::confirm::confirm_email_verification))
}

/// The id in a path. One that is no id at all is as missing as one that does not exist.
pub(crate) struct PathId<T>(pub(crate) T);

impl<T: std::str::FromStr> FromRequestParts<ApiState> for PathId<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<PathId<T>, ApiError> {
        let axum::extract::Path(text) =
            axum::extract::Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        text.parse().map(PathId).map_err(|_| ApiError::not_found())
    }
}
