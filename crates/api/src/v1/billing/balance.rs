//! `GET /v1/billing/balance`: what can be spent, lot by lot. A read after an acknowledged capture shows it.

use axum::{Json, extract::State};
use creel_store::ledger::Balance;

use crate::{ApiState, caller::Caller, error::ApiError};

pub(crate) async fn balance(State(state): State<ApiState>, caller: Caller) -> Result<Json<Balance>, ApiError> {
    Ok(Json(state.store().balance(caller.organization).await?))
}
