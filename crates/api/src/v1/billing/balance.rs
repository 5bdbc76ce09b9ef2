//! `GET /v1/billing/balance?at=`: what can be spent, lot by lot. A read after an acknowledged capture shows it. With `at`: what
//! there was at that instant.

use axum::{Json, extract::State};
use creel_store::ledger::{balance::Balance, past::PastBalance};
use creel_types::Time;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{ApiState, body::QueryString, caller::Caller, error::ApiError};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// An instant in the past; of the future, nothing is known but what is now.
    #[param(inline)]
    at: Option<Time>,
}

#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum BalanceAnswer {
    Now(Balance),
    Past(PastBalance),
}

/// Credits that can be spent now, lot by lot
///
/// Never stale: an acknowledged capture is in it. With `at`, what there was at that instant, without the lots.
#[utoipa::path(
    get,
    path = "/v1/billing/balance",
    tag = "billing",
    params(Asked),
    responses((status = 200, body = BalanceAnswer))
)]
pub(crate) async fn get_balance(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<BalanceAnswer>, ApiError> {
    let store = state.store();
    match asked.at {
        None => Ok(Json(BalanceAnswer::Now(store.balance(caller.organization).await?))),
        Some(at) => Ok(Json(BalanceAnswer::Past(store.balance_at(caller.organization, at.min(store.clock.now())).await?))),
    }
}
