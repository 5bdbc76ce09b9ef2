//! `POST /v1/extract/runs/{id}/stop`: ends a run at once; one that has ended stays as it is.

use axum::{Json, extract::State};
use creel_store::runs::RunView;
use creel_types::RunId;

use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

/// Stop a run at once
///
/// A run that has ended stays as it is.
#[utoipa::path(
    post,
    path = "/v1/extract/runs/{id}/stop",
    tag = "runs",
    params(("id" = RunId, Path)),
    responses((status = 200, body = RunView))
)]
pub(crate) async fn stop_run(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RunId>,
) -> Result<Json<RunView>, ApiError> {
    state.store().stop_run(caller.organization, id, &caller.by).await?;
    Ok(Json(state.store().get_run_view(caller.organization, id).await?))
}
