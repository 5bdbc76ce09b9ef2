//! `POST /v1/extract/schedules/{id}/resume`.

use axum::{Json, extract::State};
use creel_types::ScheduleId;

use super::ScheduleView;
use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

/// Resume a schedule
///
/// At any time; the next run is the next future tick. Where the balance cannot pay one capture it sleeps on, as
/// `paused_no_credits`, and `note` says what will wake it.
#[utoipa::path(
    post,
    path = "/v1/extract/schedules/{id}/resume",
    tag = "schedules",
    params(("id" = ScheduleId, Path)),
    responses((status = 200, body = ScheduleView))
)]
pub(crate) async fn resume_schedule(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<ScheduleId>,
) -> Result<Json<ScheduleView>, ApiError> {
    let resumed = state.store().resume_schedule(caller.organization, id, &caller.by).await?;
    Ok(Json(ScheduleView::of(resumed, state.store().clock.now())))
}
