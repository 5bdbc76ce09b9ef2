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
    let list = |before, limit| state.store().list_robots(caller.organization, before, limit);
    page::turn(asked.cursor.as_deref(), asked.limit, list, |robot| robot.id).await
}
