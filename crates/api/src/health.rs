//! Whether the process lives, and whether it can do its work.

use axum::{Json, extract::State};
use serde_json::{Value, json};

use crate::{
    ApiState,
    error::{ApiError, ErrorCode},
};

pub(crate) async fn healthz() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// Ready means that the database answers.
pub(crate) async fn readyz(State(state): State<ApiState>) -> Result<Json<Value>, ApiError> {
    match state.store().list_organizations().await {
        Ok(_) => Ok(Json(json!({"status": "ready"}))),
        Err(error) => {
            tracing::error!(%error, "not ready");
            Err(ApiError::new(ErrorCode::Unavailable, "the database does not answer"))
        }
    }
}
