//! `PATCH /v1/extract/robots/{id} {name}`.

use axum::{Json, extract::State};
use creel_types::{Robot, RobotId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{ApiState, body::JsonBody, caller::Caller, error::ApiError, fields::WorkName, v1::PathId};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RobotChanges {
    name: WorkName,
}

/// Rename a robot
#[utoipa::path(
    patch,
    path = "/v1/extract/robots/{id}",
    tag = "robots",
    params(("id" = RobotId, Path)),
    request_body = RobotChanges,
    responses((status = 200, body = Robot))
)]
pub(crate) async fn update_robot(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RobotId>,
    JsonBody { value: changes, .. }: JsonBody<RobotChanges>,
) -> Result<Json<Robot>, ApiError> {
    Ok(Json(state.store().rename_robot(caller.organization, id, changes.name.as_str(), &caller.by).await?))
}
