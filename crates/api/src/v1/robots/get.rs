//! `GET /v1/extract/robots/{id}`.

use axum::{Json, extract::State};
use creel_types::{Robot, RobotId};

use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

/// One robot
#[utoipa::path(
    get,
    path = "/v1/extract/robots/{id}",
    tag = "robots",
    params(("id" = RobotId, Path)),
    responses((status = 200, body = Robot))
)]
pub(crate) async fn get_robot(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RobotId>,
) -> Result<Json<Robot>, ApiError> {
    Ok(Json(state.store().get_robot(caller.organization, id).await?))
}
