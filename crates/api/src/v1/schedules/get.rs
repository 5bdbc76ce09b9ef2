//! `GET /v1/extract/schedules/{id}`.

use axum::{Json, extract::State};
use creel_types::ScheduleId;

use super::ScheduleView;
use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

/// One schedule, with its next runs
#[utoipa::path(
    get,
    path = "/v1/extract/schedules/{id}",
    tag = "schedules",
    params(("id" = ScheduleId, Path)),
    responses((status = 200, body = ScheduleView))
)]
pub(crate) async fn get_schedule(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<ScheduleId>,
) -> Result<Json<ScheduleView>, ApiError> {
    let schedule = state.store().get_schedule(caller.organization, id).await?;
    Ok(Json(ScheduleView::of(schedule, state.store().clock.now())))
}
