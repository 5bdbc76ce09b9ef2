//! `DELETE /v1/extract/robots/{id}?schedules=delete`: removes the organization's row. What is known about the shop stays, and so do runs and
//! captures.

use axum::{extract::State, http::StatusCode};
use creel_types::RobotId;

use serde::Deserialize;
use utoipa::IntoParams;

use crate::{ApiState, body::QueryString, caller::Caller, error::ApiError, v1::PathId};

creel_types::words! {
    WithSchedules { Delete = "delete" }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Deletes its schedules with it.
    #[param(inline)]
    schedules: Option<WithSchedules>,
}

/// Delete a robot
///
/// Its runs and captures stay. Refused while it has runs that have not ended, or schedules that are not to go with it.
#[utoipa::path(
    delete,
    path = "/v1/extract/robots/{id}",
    tag = "robots",
    params(("id" = RobotId, Path), Asked),
    responses((status = 204, description = "It is gone"), (status = 409, description = "It is still needed", body = crate::error::ErrorBody))
)]
pub(crate) async fn delete_robot(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RobotId>,
    QueryString(asked): QueryString<Asked>,
) -> Result<StatusCode, ApiError> {
    state.store().delete_robot(caller.organization, id, asked.schedules.is_some(), &caller.by).await?;
    Ok(StatusCode::NO_CONTENT)
}
