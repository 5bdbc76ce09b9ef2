//! `GET /v1/extract/captures/{id}`.

use axum::{Json, extract::State};
use creel_types::{Capture, CaptureId};

use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

/// One capture
#[utoipa::path(
    get,
    path = "/v1/extract/captures/{id}",
    tag = "captures",
    params(("id" = CaptureId, Path)),
    responses((status = 200, body = Capture))
)]
pub(crate) async fn get_capture(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<CaptureId>,
) -> Result<Json<Capture>, ApiError> {
    Ok(Json(state.store().get_capture(caller.organization, id).await?))
}
