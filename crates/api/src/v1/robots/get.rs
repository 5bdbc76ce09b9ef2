//! `GET /v1/extract/robots/{id}`.

use axum::extract::State;
use creel_store::robots;
use creel_types::{Robot, RobotId};

use crate::{ApiState, caller::Caller, error::ApiError, if_match::Tagged, v1::PathId};

/// One robot
#[utoipa::path(
    get,
    path = "/v1/extract/robots/{id}",
    tag = "robots",
    params(("id" = RobotId, Path)),
    responses((status = 200, body = Robot, headers(("ETag" = String, description = "This state of what can be changed; for `If-Match`"))))
)]
pub(crate) async fn get_robot(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RobotId>,
) -> Result<Tagged<Robot>, ApiError> {
    let robot = state.store().get_robot(caller.organization, id).await?;
    Ok(Tagged(robots::edition(&robot), robot))
}
