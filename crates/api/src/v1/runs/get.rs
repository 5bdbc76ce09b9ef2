//! `GET /v1/extract/runs/{id}?wait=SECONDS`: the run as it stands, or as it ends within the wait.

use axum::{Json, extract::State};
use creel_store::runs::RunView;
use creel_types::RunId;

use crate::{ApiState, body::QueryString, caller::Caller, error::ApiError, v1::PathId, wait::WaitQuery};

/// One run as it stands, or as it ends within the wait
#[utoipa::path(
    get,
    path = "/v1/extract/runs/{id}",
    tag = "runs",
    params(("id" = RunId, Path), WaitQuery),
    responses((status = 200, body = RunView))
)]
pub(crate) async fn get_run(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RunId>,
    QueryString(wait): QueryString<WaitQuery>,
) -> Result<Json<RunView>, ApiError> {
    let look = || state.store().get_run_view(caller.organization, id);
    Ok(Json(wait.until(look, |run| run.status.is_ended()).await?))
}
