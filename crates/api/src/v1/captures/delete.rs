//! `DELETE /v1/extract/captures/{id}`: erases what a capture holds. Nothing is refunded.

use axum::{extract::State, http::StatusCode};
use creel_types::CaptureId;

use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

pub(crate) async fn delete(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<CaptureId>,
) -> Result<StatusCode, ApiError> {
    state.store().delete_capture(caller.organization, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
