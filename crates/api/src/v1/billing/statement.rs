//! `GET /v1/billing/statement?cursor=&limit=&kind=&from=&to=&reference_id=&run_id=`: the ledger, newest entry first.

use std::num::NonZeroU64;

use axum::{Json, extract::State};
use creel_ledger::EntryKind;
use creel_store::ledger::{About, StatementFilter, StatementRow};
use creel_types::{RunId, Time};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    ApiState,
    body::QueryString,
    caller::Caller,
    error::{ApiError, ErrorBody},
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
    /// Entries with this reference: the id of a capture, an invoice, a message, a person.
    reference_id: Option<String>,
    /// What the captures of this run were paid with.
    run_id: Option<RunId>,
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
    let about = about(asked.reference_id, asked.run_id)?;
    let filter = StatementFilter { before, limit: limit + 1, kind: asked.kind, from: asked.from, to: asked.to, about };
    let rows = state.store().statement(caller.organization, &filter).await?;
    Ok(page::page(rows, limit, |row| row.sequence.to_string()))
}

/// One thing that entries are about.
pub(super) fn about(reference: Option<String>, run: Option<RunId>) -> Result<Option<About>, ApiError> {
    match (reference, run) {
        (Some(_), Some(_)) => Err(ApiError::conflict("run_id", "name either a reference or a run")),
        (Some(reference), None) => Ok(Some(About::Reference(reference))),
        (None, run) => Ok(run.map(About::Run)),
    }
}
