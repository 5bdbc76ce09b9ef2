//! `DELETE /v1/extract/schedules/{id}`.

use axum::{extract::State, http::StatusCode};
use creel_types::ScheduleId;

use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

/// Delete a schedule
///
/// The runs that it made stay, also one that is going on.
#[utoipa::path(
    delete,
    path = "/v1/extract/schedules/{id}",
    tag = "schedules",
    params(("id" = ScheduleId, Path)),
    responses((status = 204, description = "It is gone"))
)]
pub(crate) async fn delete_schedule(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<ScheduleId>,
) -> Result<StatusCode, ApiError> {
    state.store().delete_schedule(caller.organization, id, &caller.by).await?;
    Ok(StatusCode::NO_CONTENT)
}
