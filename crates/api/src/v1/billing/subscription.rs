//! `GET /v1/billing/subscription`: the plan in force and what is to become of it.

use axum::{Json, extract::State};
use creel_store::billing::SubscriptionView;

use crate::{ApiState, caller::Caller, error::ApiError};

/// The plan in force, and what is to become of it
#[utoipa::path(
    get,
    path = "/v1/billing/subscription",
    tag = "billing",
    responses((status = 200, body = SubscriptionView))
)]
pub(crate) async fn get_subscription(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Json<SubscriptionView>, ApiError> {
    Ok(Json(state.billing.subscription(caller.organization).await?))
}
