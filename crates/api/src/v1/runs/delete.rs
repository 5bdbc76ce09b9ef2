//! `DELETE /v1/extract/runs/{id}`: an ended run with its captures and its record of pages. Nothing is refunded.

use axum::{extract::State, http::StatusCode};
use creel_types::RunId;

use crate::{
    ApiState,
    caller::Caller,
    error::{ApiError, ErrorBody},
    v1::PathId,
};

/// Delete a run with its captures
///
/// Their content is erased; what was debited stays in the ledger. Nothing is refunded.
#[utoipa::path(
    delete,
    path = "/v1/extract/runs/{id}",
    tag = "runs",
    params(("id" = RunId, Path)),
    responses(
        (status = 204, description = "It is gone"),
        (status = 409, description = "It has not ended: stop it first", body = ErrorBody),
    )
)]
pub(crate) async fn delete_run(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RunId>,
) -> Result<StatusCode, ApiError> {
    state.store().delete_run(caller.organization, id, &caller.by).await?;
    Ok(StatusCode::NO_CONTENT)
}
