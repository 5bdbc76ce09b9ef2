//! `GET` and `PATCH /v1/session/notices`: what somebody is told by mail about the organization that they look at.

use axum::{Json, extract::State};
use creel_store::notices::{NoticeChanges, Notices};
use creel_types::OrganizationId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::JsonBody,
    error::{ApiError, ErrorCode},
    fields::OPEN_BODY_BYTES_MAX,
    session::Session,
};

/// What is not given stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WantedNotices {
    /// Credits run low or out.
    credits: Option<bool>,
    /// Runs failed.
    failed_runs: Option<bool>,
    /// Schedules were paused for want of credits.
    schedules: Option<bool>,
    /// A webhook was disabled.
    webhooks: Option<bool>,
}

fn looked_at(session: &Session) -> Result<OrganizationId, ApiError> {
    let nowhere = || ApiError::new(ErrorCode::Forbidden, "you are not a member of an organization at present");
    session.holder.organization.as_ref().map(|membership| membership.id).ok_or_else(nowhere)
}

/// What you are told by mail
///
/// About the organization that you look at, where the operator has set a mail server. Who said nothing gets everything as an admin or
/// owner, and nothing as a member.
#[utoipa::path(
    get,
    path = "/v1/session/notices",
    tag = "session",
    security(("session" = [])),
    responses((status = 200, body = Notices))
)]
pub(crate) async fn get_notices(State(state): State<ApiState>, session: Session) -> Result<Json<Notices>, ApiError> {
    let organization = looked_at(&session)?;
    Ok(Json(state.store().get_notices(organization, session.holder.person).await?))
}

/// Choose what you are told by mail
#[utoipa::path(
    patch,
    path = "/v1/session/notices",
    tag = "session",
    security(("session" = [])),
    request_body = WantedNotices,
    responses((status = 200, body = Notices))
)]
pub(crate) async fn change_notices(
    State(state): State<ApiState>,
    session: Session,
    JsonBody { value: wanted, .. }: JsonBody<WantedNotices, OPEN_BODY_BYTES_MAX>,
) -> Result<Json<Notices>, ApiError> {
    let organization = looked_at(&session)?;
    let WantedNotices { credits, failed_runs, schedules, webhooks } = wanted;
    let changes = NoticeChanges { credits, failed_runs, schedules, webhooks };
    Ok(Json(state.store().change_notices(organization, session.holder.person, changes).await?))
}
