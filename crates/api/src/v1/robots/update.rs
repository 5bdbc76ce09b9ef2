//! `PATCH /v1/extract/robots/{id} {name}`.

use axum::extract::State;
use creel_store::asked::texts::WorkName;
use creel_store::robots;
use creel_types::{Robot, RobotId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::JsonBody,
    caller::Caller,
    error::{ApiError, ErrorBody},
    if_match::{IfMatch, Tagged},
    v1::PathId,
};

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
    params(
        ("id" = RobotId, Path),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what was seen: refused where it was changed meanwhile"),
    ),
    request_body = RobotChanges,
    responses(
        (status = 200, body = Robot, headers(("ETag" = String, description = "This state of what can be changed; for `If-Match`"))),
        (status = 409, description = "Somebody changed it after it was seen", body = ErrorBody),
    )
)]
pub(crate) async fn update_robot(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RobotId>,
    IfMatch(expected): IfMatch,
    JsonBody { value: changes, .. }: JsonBody<RobotChanges>,
) -> Result<Tagged<Robot>, ApiError> {
    let (store, name) = (state.store(), changes.name.as_str());
    let robot = store.rename_robot(caller.organization, id, name, expected.as_ref(), &caller.by).await?;
    Ok(Tagged(robots::edition(&robot), robot))
}
