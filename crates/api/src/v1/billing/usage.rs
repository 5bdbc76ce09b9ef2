//! `GET /v1/billing/usage?group_by=day|action|run|robot|api_key&from=&to=`: what credits were spent on.

use axum::{
    Json,
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::IntoResponse,
};
use creel_store::ledger::usage::{UsageGroup, UsageRow};
use creel_transfer::{defused, write_record};
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
    read(&state, caller, &asked).await.map(Json)
}

/// What credits were spent on, as CSV
#[utoipa::path(
    get,
    path = "/v1/billing/usage/export",
    tag = "billing",
    params(Asked),
    responses((status = 200, description = "The rows", content((String = "text/csv"))))
)]
pub(crate) async fn export_usage(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<impl IntoResponse, ApiError> {
    let usage = read(&state, caller, &asked).await?;
    let mut out = Vec::new();
    let head = [usage.group_by.as_str(), "name", "credits", "count"].map(str::to_owned);
    write_record(&mut out, head).map_err(|_| ApiError::internal())?;
    for row in usage.rows {
        let (key, name) = (row.key.unwrap_or_default(), defused(row.name.unwrap_or_default()));
        let cells = [key, name, row.credits.0.to_string(), row.count.to_string()];
        write_record(&mut out, cells).map_err(|_| ApiError::internal())?;
    }
    let disposition = (CONTENT_DISPOSITION, "attachment; filename=\"usage.csv\"");
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8"), disposition], out))
}

async fn read(state: &ApiState, caller: Caller, asked: &Asked) -> Result<Usage, ApiError> {
    // One millisecond on, so that what was debited in this very one is seen.
    let to = asked.to.unwrap_or_else(|| state.store().clock.now().plus_ms(1));
    let from = asked.from.unwrap_or_else(|| to.plus_ms(-DAYS * DAY_MS));
    let group_by = asked.group_by.unwrap_or(UsageGroup::Day);
    let rows = state.store().usage(caller.organization, group_by, from, to).await?;
    let credits = rows.iter().map(|row| row.credits).sum();
    Ok(Usage { group_by, from, to, rows, credits })
}
