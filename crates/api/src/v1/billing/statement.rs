//! `GET /v1/billing/statement?cursor=&limit=&kind=&from=&to=`: the ledger, newest entry first.

use axum::{Json, extract::State};
use creel_ledger::EntryKind;
use creel_store::ledger::{StatementFilter, StatementRow};
use creel_types::Time;
use serde::Deserialize;

use crate::{
    ApiState,
    body::QueryString,
    caller::Caller,
    error::ApiError,
    page::{self, Page},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    cursor: Option<String>,
    limit: Option<i64>,
    kind: Option<EntryKind>,
    from: Option<Time>,
    to: Option<Time>,
}

pub(crate) async fn statement(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Page<StatementRow>>, ApiError> {
    let limit = page::limit(asked.limit)?;
    let before = page::cursor(asked.cursor.as_deref())?;
    let filter = StatementFilter { before, limit: limit + 1, kind: asked.kind, from: asked.from, to: asked.to };
    let rows = state.store().statement(caller.organization, &filter).await?;
    Ok(page::page(rows, limit, |row| row.sequence.to_string()))
}
