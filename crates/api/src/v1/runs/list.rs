//! `GET /v1/extract/runs?status=&robot_id=&cursor=&limit=`: newest first.

use axum::{Json, extract::State};
use creel_store::runs::RunView;
use creel_types::{RobotId, RunStatus};
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
    status: Option<RunStatus>,
    robot_id: Option<RobotId>,
    cursor: Option<String>,
    limit: Option<i64>,
}

pub(crate) async fn list(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Page<RunView>>, ApiError> {
    let limit = page::limit(asked.limit)?;
    let before = page::cursor(asked.cursor.as_deref())?;
    let rows = state.store().list_runs(caller.organization, asked.status, asked.robot_id, before, limit + 1).await?;
    Ok(page::page(rows, limit, |run| run.id.to_string()))
}
