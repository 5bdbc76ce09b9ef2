//! Whether the process lives, and whether it can do its work.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::{ApiError, ErrorCode},
};

pub(crate) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz))
}

creel_types::words! {
    HealthStatus { Ok = "ok", Ready = "ready" }
}

#[derive(Serialize, ToSchema)]
struct Health {
    status: HealthStatus,
}

/// Whether the process lives
#[utoipa::path(get, path = "/healthz", tag = "operating", security(), responses((status = 200, body = Health)))]
async fn healthz() -> Json<Health> {
    Json(Health { status: HealthStatus::Ok })
}

/// Whether the database answers
#[utoipa::path(get, path = "/readyz", tag = "operating", security(), responses((status = 200, body = Health)))]
async fn readyz(State(state): State<ApiState>) -> Result<Json<Health>, ApiError> {
    match state.store().list_organizations().await {
        Ok(_) => Ok(Json(Health { status: HealthStatus::Ready })),
        Err(error) => {
            tracing::error!(%error, "not ready");
            Err(ApiError::new(ErrorCode::Unavailable, "the database does not answer"))
        }
    }
}
