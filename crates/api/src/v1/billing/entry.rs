//! `GET /v1/billing/statement/{sequence}`: one entry with the capture, run, robot and key behind it.

use axum::{Json, extract::State};
use creel_store::ledger::explain::ExplainedEntry;

use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

/// One entry of the statement with the capture, run, robot and key behind it
#[utoipa::path(
    get,
    path = "/v1/billing/statement/{sequence}",
    tag = "billing",
    params(("sequence" = i64, Path)),
    responses((status = 200, body = ExplainedEntry))
)]
pub(crate) async fn get_statement_entry(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(sequence): PathId<i64>,
) -> Result<Json<ExplainedEntry>, ApiError> {
    Ok(Json(state.store().explain_entry(caller.organization, sequence).await?))
}
