//! `GET /v1/billing/usage?group_by=day|action|run|robot|api_key&from=&to=`: what credits were spent on.

use axum::{Json, extract::State};
use creel_store::ledger::usage::{UsageGroup, UsageRow};
use creel_types::{Credits, Time, time::DAY_MS};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{ApiState, body::QueryString, caller::Caller, error::ApiError};

/// How far back it looks when nothing is said.
const DAYS: i64 = 30;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// By day where nothing is said.
    #[param(inline)]
    group_by: Option<UsageGroup>,
    /// Thirty days before `to` where nothing is said.
    #[param(inline)]
    from: Option<Time>,
    /// Now where nothing is said.
    #[param(inline)]
    to: Option<Time>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Usage {
    group_by: UsageGroup,
    from: Time,
    to: Time,
    rows: Vec<UsageRow>,
    /// The sum of the rows' credits.
    credits: Credits,
}

/// What credits were spent on
#[utoipa::path(
    get,
    path = "/v1/billing/usage",
    tag = "billing",
    params(Asked),
    responses((status = 200, body = Usage))
)]
pub(crate) async fn get_usage(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Usage>, ApiError> {
    // One millisecond on, so that what was debited in this very one is seen.
    let to = asked.to.unwrap_or_else(|| state.store().clock.now().plus_ms(1));
    let from = asked.from.unwrap_or_else(|| to.plus_ms(-DAYS * DAY_MS));
    let group_by = asked.group_by.unwrap_or(UsageGroup::Day);
    let rows = state.store().usage(caller.organization, group_by, from, to).await?;
    let credits = rows.iter().map(|row| row.credits).sum();
    Ok(Json(Usage { group_by, from, to, rows, credits }))
}
