//! `GET /v1/extract/robot-builds/{id}`.

use axum::{Json, extract::State};
use creel_store::robots::RobotBuild;
use creel_types::BuildId;

use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

pub(crate) async fn get(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<BuildId>,
) -> Result<Json<RobotBuild>, ApiError> {
    Ok(Json(state.store().get_robot_build(caller.organization, id).await?))
}
