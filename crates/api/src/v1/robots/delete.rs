//! `DELETE /v1/extract/robots/{id}`: removes the organization's row. What is known about the shop stays, and so do runs and
//! captures.

use axum::{extract::State, http::StatusCode};
use creel_types::RobotId;

use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

/// Delete a robot
///
/// Its runs and captures stay. Refused while it has schedules or runs that have not ended.
#[utoipa::path(
    delete,
    path = "/v1/extract/robots/{id}",
    tag = "robots",
    params(("id" = RobotId, Path)),
    responses((status = 204, description = "It is gone"), (status = 409, description = "It is still needed", body = crate::error::ErrorBody))
)]
pub(crate) async fn delete_robot(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RobotId>,
) -> Result<StatusCode, ApiError> {
    state.store().delete_robot(caller.organization, id, &caller.by).await?;
    Ok(StatusCode::NO_CONTENT)
}
