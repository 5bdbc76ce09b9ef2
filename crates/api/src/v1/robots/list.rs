//! `GET /v1/extract/robots?cursor=&limit=`: newest first.

use axum::{Json, extract::State};
use creel_types::Robot;

use crate::{
    ApiState,
    body::QueryString,
    caller::Caller,
    error::ApiError,
    page::{self, Page, PageQuery},
};

/// Robots, newest first
#[utoipa::path(
    get,
    path = "/v1/extract/robots",
    tag = "robots",
    params(PageQuery),
    responses((status = 200, body = Page<Robot>))
)]
pub(crate) async fn list_robots(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<PageQuery>,
) -> Result<Json<Page<Robot>>, ApiError> {
    let limit = page::limit(asked.limit)?;
    let before = page::cursor(asked.cursor.as_deref())?;
    let rows = state.store().list_robots(caller.organization, before, limit + 1).await?;
    Ok(page::page(rows, limit, |robot| robot.id.to_string()))
}
