//! `GET /v1/extract/robot-builds/{id}`.

use axum::{Json, extract::State};
use creel_store::builds::RobotBuild;
use creel_types::BuildId;

use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

/// One robot build
#[utoipa::path(
    get,
    path = "/v1/extract/robot-builds/{id}",
    tag = "robots",
    params(("id" = BuildId, Path)),
    responses((status = 200, body = RobotBuild))
)]
pub(crate) async fn get_robot_build(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<BuildId>,
) -> Result<Json<RobotBuild>, ApiError> {
    Ok(Json(state.store().get_robot_build(caller.organization, id).await?))
}
