//! `GET /v1/extract/robots/{id}`.

use axum::{Json, extract::State};
use creel_types::{Robot, RobotId};

use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

pub(crate) async fn get(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RobotId>,
) -> Result<Json<Robot>, ApiError> {
    Ok(Json(state.store().get_robot(caller.organization, id).await?))
}
