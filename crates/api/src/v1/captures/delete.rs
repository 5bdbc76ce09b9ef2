//! `DELETE /v1/extract/captures/{id}`: erases what a capture holds. Nothing is refunded.

use axum::{extract::State, http::StatusCode};
use creel_types::CaptureId;

use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

/// Delete a capture
///
/// Its content is erased; that it was made and debited stays in the run's counts and in the ledger. Nothing is refunded.
#[utoipa::path(
    delete,
    path = "/v1/extract/captures/{id}",
    tag = "captures",
    params(("id" = CaptureId, Path)),
    responses((status = 204, description = "It is gone"))
)]
pub(crate) async fn delete_capture(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<CaptureId>,
) -> Result<StatusCode, ApiError> {
    state.store().delete_capture(caller.organization, id, &caller.by).await?;
    Ok(StatusCode::NO_CONTENT)
}
