//! `GET /v1/extract/captures?run_id=&robot_id=&cursor=&limit=`: newest first.

use axum::{Json, extract::State};
use creel_store::captures::CaptureFilter;
use creel_types::{Capture, RobotId, RunId};
use serde::Deserialize;

use crate::{
    ApiState,
    body::QueryString,
    caller::Caller,
    error::ApiError,
    page::{self, Page},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    run_id: Option<RunId>,
    robot_id: Option<RobotId>,
    cursor: Option<String>,
    limit: Option<i64>,
}

pub(crate) async fn list(
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
