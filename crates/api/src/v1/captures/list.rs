//! `GET /v1/extract/captures?run_id=&robot_id=&cursor=&limit=`: newest first.

use axum::{Json, extract::State};
use creel_store::captures::CaptureFilter;
use creel_types::{Capture, RobotId, RunId};
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
    run_id: Option<RunId>,
    #[param(inline)]
    robot_id: Option<RobotId>,
    /// `next_cursor` of the page before.
    #[param(format = Uuid)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<i64>,
}

/// Captures, newest first
#[utoipa::path(
    get,
    path = "/v1/extract/captures",
    tag = "captures",
    params(Asked),
    responses((status = 200, body = Page<Capture>))
)]
pub(crate) async fn list_captures(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Page<Capture>>, ApiError> {
    let limit = page::limit(asked.limit)?;
    let before = page::cursor(asked.cursor.as_deref())?;
    let filter = CaptureFilter { run: asked.run_id, robot: asked.robot_id, before, limit: limit + 1 };
    let rows = state.store().list_captures(caller.organization, &filter).await?;
    Ok(page::page(rows, limit, |capture| capture.id.to_string()))
}
