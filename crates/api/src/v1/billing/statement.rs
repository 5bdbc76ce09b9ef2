//! `GET /v1/billing/statement?cursor=&limit=&kind=&from=&to=&reference_id=&run_id=`: the ledger, newest entry first.

use std::num::NonZeroU64;

use axum::{Json, extract::State};
use creel_store::ledger::StatementRow;

use super::statement_filter::statement_query;
use crate::{
    ApiState,
    body::QueryString,
    caller::Caller,
    error::{ApiError, ErrorBody},
    page::{self, Page},
};

statement_query! {
    Asked {
        /// `next_cursor` of the page before.
        #[param(pattern = "^[1-9][0-9]{0,17}$")]
        cursor: Option<String>,
        /// Rows of a page.
        #[param(minimum = 1, maximum = 500, default = 50)]
        limit: Option<i64>,
    }
}

/// The ledger of credits, newest entry first
#[utoipa::path(
    get,
    path = "/v1/billing/statement",
    tag = "billing",
    params(Asked),
    responses(
        (status = 200, body = Page<StatementRow>),
        (status = 409, description = "Both a reference and a run are named", body = ErrorBody),
    )
)]
pub(crate) async fn list_statement(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Page<StatementRow>>, ApiError> {
    let limit = page::limit(asked.limit)?;
    let before = page::cursor::<NonZeroU64>(asked.cursor.as_deref())?;
    let before = before.map(|sequence| i64::try_from(sequence.get()).unwrap_or(i64::MAX));
    let rows = state.store().statement(caller.organization, &asked.filter(before, limit + 1)?).await?;
    Ok(page::page(rows, limit, |row| row.sequence.to_string()))
}
