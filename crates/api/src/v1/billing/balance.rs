//! `GET /v1/billing/balance?at=`: what can be spent, lot by lot. A read after an acknowledged capture shows it. With `at`: what
//! there was at that instant.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use creel_types::Time;
use serde::Deserialize;

use crate::{ApiState, body::QueryString, caller::Caller, error::ApiError};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    at: Option<Time>,
}

pub(crate) async fn balance(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Response, ApiError> {
    let store = state.store();
    match asked.at {
        None => Ok(Json(store.balance(caller.organization).await?).into_response()),
        Some(at) if at > store.clock.now() => {
            Err(ApiError::field("at", format!("{at} is in the future; leave it out for the balance now")))
        }
        Some(at) => Ok(Json(store.balance_at(caller.organization, at).await?).into_response()),
    }
}
