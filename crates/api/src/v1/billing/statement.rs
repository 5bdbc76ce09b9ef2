//! `GET /v1/billing/statement?cursor=&limit=&kind=&from=&to=`: the ledger, newest entry first.

use std::num::NonZeroU64;

use axum::{Json, extract::State};
use creel_ledger::EntryKind;
use creel_store::ledger::{StatementFilter, StatementRow};
use creel_types::Time;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    ApiState,
    body::QueryString,
    caller::Caller,
    error::ApiError,
    page::{self, Page},
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// `next_cursor` of the page before.
    #[param(pattern = "^[1-9][0-9]{0,17}$")]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<i64>,
    #[param(inline)]
    kind: Option<EntryKind>,
    /// Entries at this instant or later.
    #[param(inline)]
    from: Option<Time>,
    /// Entries before this instant.
    #[param(inline)]
    to: Option<Time>,
}

/// The ledger of credits, newest entry first
#[utoipa::path(
    get,
    path = "/v1/billing/statement",
    tag = "billing",
    params(Asked),
    responses((status = 200, body = Page<StatementRow>))
)]
pub(crate) async fn list_statement(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Page<StatementRow>>, ApiError> {
    let limit = page::limit(asked.limit)?;
    let before = page::cursor::<NonZeroU64>(asked.cursor.as_deref())?;
    let before = before.map(|sequence| i64::try_from(sequence.get()).unwrap_or(i64::MAX));
    let filter = StatementFilter { before, limit: limit + 1, kind: asked.kind, from: asked.from, to: asked.to };
    let rows = state.store().statement(caller.organization, &filter).await?;
    Ok(page::page(rows, limit, |row| row.sequence.to_string()))
}
