//! `GET /v1/extract/robot-builds?cursor=&limit=`: newest first.

use axum::{Json, extract::State};
use creel_store::builds::RobotBuild;

use crate::{
    ApiState,
    body::QueryString,
    caller::Caller,
    error::ApiError,
    page::{self, Page, PageQuery},
};

/// Robot builds, newest first
#[utoipa::path(
    get,
    path = "/v1/extract/robot-builds",
    tag = "robots",
    params(PageQuery),
    responses((status = 200, body = Page<RobotBuild>))
)]
pub(crate) async fn list_robot_builds(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<PageQuery>,
) -> Result<Json<Page<RobotBuild>>, ApiError> {
    let list = |before, limit| state.store().list_robot_builds(caller.organization, before, limit);
    page::turn(asked.cursor.as_deref(), asked.limit, list, |build| build.id).await
}
