//! `GET /v1/extract/schedules?status=&robot_id=&cursor=&limit=`: newest first.

use axum::{Json, extract::State};
use creel_store::schedules::ScheduleFilter;
use creel_types::{RobotId, ScheduleStatus};
use serde::Deserialize;
use utoipa::IntoParams;

use super::ScheduleRow;
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
    status: Option<ScheduleStatus>,
    #[param(inline)]
    robot_id: Option<RobotId>,
    /// `next_cursor` of the page before.
    #[param(format = Uuid)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<i64>,
}

/// Schedules, newest first
#[utoipa::path(
    get,
    path = "/v1/extract/schedules",
    tag = "schedules",
    params(Asked),
    responses((status = 200, body = Page<ScheduleRow>))
)]
pub(crate) async fn list_schedules(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Page<ScheduleRow>>, ApiError> {
    let filter = ScheduleFilter { status: asked.status, robot: asked.robot_id };
    let list = async |before, limit| {
        let found = state.store().list_schedules(caller.organization, filter, before, limit).await?;
        Ok(found.into_iter().map(ScheduleRow::of).collect())
    };
    page::turn(asked.cursor.as_deref(), asked.limit, list, |row: &ScheduleRow| row.id).await
}
