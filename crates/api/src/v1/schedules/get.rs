//! `GET /v1/extract/schedules/{id}`.

use axum::extract::State;
use creel_types::ScheduleId;

use super::ScheduleView;
use crate::{ApiState, caller::Caller, error::ApiError, if_match::Tagged, v1::PathId};

/// One schedule, with its next runs
#[utoipa::path(
    get,
    path = "/v1/extract/schedules/{id}",
    tag = "schedules",
    params(("id" = ScheduleId, Path)),
    responses((status = 200, body = ScheduleView, headers(("ETag" = String, description = "This state of what can be changed; for `If-Match`"))))
)]
pub(crate) async fn get_schedule(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<ScheduleId>,
) -> Result<Tagged<ScheduleView>, ApiError> {
    let schedule = state.store().get_schedule(caller.organization, id).await?;
    Ok(Tagged(schedule.edition(), ScheduleView::of(schedule, state.store().clock.now())))
}
