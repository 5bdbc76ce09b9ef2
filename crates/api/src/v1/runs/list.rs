//! `GET /v1/extract/runs?status=&robot_id=&schedule_id=&cursor=&limit=`: newest first.

use axum::{Json, extract::State};
use creel_store::runs::RunView;
use creel_types::{RobotId, RunStatus, ScheduleId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    ApiState,
    body::QueryString,
    caller::Caller,
    error::ApiError,
    page::{self, Page},
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    #[param(inline)]
    status: Option<RunStatus>,
    #[param(inline)]
    robot_id: Option<RobotId>,
    /// Runs that this schedule made.
    #[param(inline)]
    schedule_id: Option<ScheduleId>,
    /// `next_cursor` of the page before.
    #[param(format = Uuid)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<i64>,
}

/// Runs, newest first
#[utoipa::path(
    get,
    path = "/v1/extract/runs",
    tag = "runs",
    params(Asked),
    responses((status = 200, body = Page<RunView>))
)]
pub(crate) async fn list_runs(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Page<RunView>>, ApiError> {
    let Asked { status, robot_id, schedule_id, .. } = asked;
    let list = |before, limit| state.store().list_runs(caller.organization, status, robot_id, schedule_id, before, limit);
    page::turn(asked.cursor.as_deref(), asked.limit, list, |run| run.id).await
}
