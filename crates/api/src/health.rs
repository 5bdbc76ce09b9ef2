//! Whether the process lives, whether it can do its work, and what it measures about itself.

use std::{future::Future, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{ConnectInfo, State},
    http::{
        HeaderMap,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::{ApiError, ErrorCode},
};

/// How long the database may take to say that it lives.
const DATABASE_ANSWER_MAX: Duration = Duration::from_secs(3);
/// The text format of Prometheus.
const EXPOSITION_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(crate) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz)).routes(routes!(metrics))
}

/// What `/metrics` shows, and to whom.
#[derive(Clone)]
pub struct Exposition {
    /// Whoever asks must have it; without one, only this machine may ask.
    pub token: Option<Arc<str>>,
    pub render: Render,
}

/// Everything measured, as text.
pub type Render = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = String> + Send>> + Send + Sync>;

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

/// Whether requests should be sent here
///
/// Not while the database does not answer, and not once the process was told to end.
#[utoipa::path(get, path = "/readyz", tag = "operating", security(), responses((status = 200, body = Health)))]
async fn readyz(State(state): State<ApiState>) -> Result<Json<Health>, ApiError> {
    if state.stopping.is_cancelled() {
        return Err(ApiError::new(ErrorCode::Unavailable, "the process is ending"));
    }
    match timeout(DATABASE_ANSWER_MAX, state.store().ping()).await {
        Ok(Ok(())) => Ok(Json(Health { status: HealthStatus::Ready })),
        failed => {
            tracing::error!(?failed, "not ready: the database does not answer");
            Err(ApiError::new(ErrorCode::Unavailable, "the database does not answer"))
        }
    }
}

/// What the process measures about itself, for Prometheus
///
/// Asked with the operator's `metrics_token` as a bearer token; where none is set, from the same machine only. The names are in
/// the reference of metrics.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operating",
    security(),
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 401, body = crate::error::ErrorBody, description = "not from this machine, and without the token")
    )
)]
async fn metrics(
    State(state): State<ApiState>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let may = match &state.exposition.token {
        Some(token) => {
            let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
            given
                .and_then(|given| given.strip_prefix("Bearer "))
                .is_some_and(|given| creel_access::same_secret(given, token))
        }
        // What a proxy on this machine hands on is somebody else's.
        None => from.ip().to_canonical().is_loopback() && !headers.keys().any(|name| name.as_str().contains("forwarded")),
    };
    if !may {
        return Err(ApiError::new(
            ErrorCode::Unauthorized,
            "send metrics_token as a bearer token, or ask from this machine",
        ));
    }
    Ok(([(CONTENT_TYPE, EXPOSITION_TYPE)], (state.exposition.render)().await).into_response())
}
