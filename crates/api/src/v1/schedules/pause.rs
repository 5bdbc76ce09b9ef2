//! `POST /v1/extract/schedules/{id}/pause`.

use axum::{Json, extract::State};
use creel_types::ScheduleId;

use super::ScheduleView;
use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

/// Pause a schedule
///
/// At any time; one that sleeps for want of credits is then paused by hand, and no grant wakes it.
#[utoipa::path(
    post,
    path = "/v1/extract/schedules/{id}/pause",
    tag = "schedules",
    params(("id" = ScheduleId, Path)),
    responses((status = 200, body = ScheduleView))
)]
pub(crate) async fn pause_schedule(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<ScheduleId>,
) -> Result<Json<ScheduleView>, ApiError> {
    let paused = state.store().pause_schedule(caller.organization, id, &caller.by).await?;
    Ok(Json(ScheduleView::of(paused, state.store().clock.now())))
}
