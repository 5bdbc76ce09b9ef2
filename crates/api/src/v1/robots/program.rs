//! `GET /v1/extract/robots/{id}/program`: what the installation knows about the shop.

use axum::{Json, extract::State};
use creel_types::{RobotId, RobotProgram};

use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

/// The program that a robot runs on
#[utoipa::path(
    get,
    path = "/v1/extract/robots/{id}/program",
    tag = "robots",
    params(("id" = RobotId, Path)),
    responses((status = 200, body = RobotProgram))
)]
pub(crate) async fn get_robot_program(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RobotId>,
) -> Result<Json<RobotProgram>, ApiError> {
    Ok(Json(state.store().get_robot_with_program(caller.organization, id).await?.1))
}
