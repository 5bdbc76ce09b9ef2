//! `GET /v1/billing/forecast`: what will be spent, when credits are gone, and each schedule's share.

use axum::{Json, extract::State};
use creel_store::ledger::forecast::Forecast;

use crate::{ApiState, caller::Caller, error::ApiError};

/// What will be spent at the present pace, and when credits are gone
#[utoipa::path(
    get,
    path = "/v1/billing/forecast",
    tag = "billing",
    responses((status = 200, body = Forecast))
)]
pub(crate) async fn get_forecast(State(state): State<ApiState>, caller: Caller) -> Result<Json<Forecast>, ApiError> {
    Ok(Json(state.store().forecast(caller.organization).await?))
}
