//! `GET /v1/extract/captures/{id}`.

use axum::{Json, extract::State};
use creel_types::{Capture, CaptureId};

use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

pub(crate) async fn get(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<CaptureId>,
) -> Result<Json<Capture>, ApiError> {
    Ok(Json(state.store().get_capture(caller.organization, id).await?))
}
