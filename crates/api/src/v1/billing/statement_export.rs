//! `GET /v1/billing/statement/export?kind=&from=&to=&reference_id=&run_id=`: the whole statement as CSV, sent as it is read. Free.

use std::io;

use axum::{
    body::Body,
    extract::State,
    http::{
        HeaderValue,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::Response,
};
use creel_store::{
    Store,
    ledger::{STATEMENT_ROWS_MAX, StatementFilter, StatementRow},
};
use creel_transfer::{defused, write_record};
use creel_types::OrganizationId;
use futures::{Stream, StreamExt, stream};

use super::statement_filter::statement_query;
use crate::{
    ApiState,
    body::QueryString,
    caller::Caller,
    error::{ApiError, ErrorBody},
};

const COLUMNS: [&str; 8] =
    ["sequence", "at", "kind", "amount", "balance_after", "reference_type", "reference_id", "description"];

statement_query! {
    Asked {}
}

/// The ledger of credits as CSV, newest entry first
///
/// Every entry that the filters name, sent as it is read.
#[utoipa::path(
    get,
    path = "/v1/billing/statement/export",
    tag = "billing",
    params(Asked),
    responses(
        (status = 200, description = "The entries", content((String = "text/csv"))),
        (status = 409, description = "Both a reference and a run are named", body = ErrorBody),
    )
)]
pub(crate) async fn export_statement(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Response, ApiError> {
    let filter = asked.filter(None, STATEMENT_ROWS_MAX - 1)?;
    let mut exporting =
        Exporting { store: state.store().clone(), organization: caller.organization, filter, is_done: false };
    // The first page before the answer begins: what goes wrong then can still be said.
    let mut first = Vec::new();
    write_record(&mut first, COLUMNS.map(str::to_owned)).map_err(|_| ApiError::internal())?;
    let rows = exporting.page().await?;
    write(&rows, &mut first).map_err(|_| ApiError::internal())?;
    let pages = stream::once(async { Ok(first) }).chain(rest(exporting));
    let mut response = Response::new(Body::from_stream(pages));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"statement.csv\""));
    Ok(response)
}

/// An export on its way: one page after the other, so that memory holds one.
struct Exporting {
    store: Store,
    organization: OrganizationId,
    filter: StatementFilter,
    is_done: bool,
}

impl Exporting {
    async fn page(&mut self) -> Result<Vec<StatementRow>, creel_store::StoreError> {
        let rows = self.store.statement(self.organization, &self.filter).await?;
        self.is_done = i64::try_from(rows.len()).unwrap_or(i64::MAX) < self.filter.limit;
        self.filter.before = rows.last().map(|row| row.sequence);
        Ok(rows)
    }
}

/// The pages behind the first. An error ends the answer before its end, so that nobody takes it for whole.
fn rest(exporting: Exporting) -> impl Stream<Item = io::Result<Vec<u8>>> {
    stream::try_unfold(exporting, |mut exporting| async move {
        if exporting.is_done {
            return Ok(None);
        }
        let rows = exporting.page().await.map_err(|error| {
            tracing::error!(%error, "an export was broken off");
            io::Error::other("the export was broken off")
        })?;
        let mut piece = Vec::new();
        write(&rows, &mut piece)?;
        Ok(Some((piece, exporting)))
    })
}

fn write(rows: &[StatementRow], out: &mut Vec<u8>) -> io::Result<()> {
    for row in rows {
        let cells: [String; COLUMNS.len()] = [
            row.sequence.to_string(),
            row.at.to_string(),
            row.kind.to_string(),
            row.amount.0.to_string(),
            row.balance_after.0.to_string(),
            row.reference.kind.to_string(),
            defused(row.reference.id.clone()),
            defused(row.description.clone()),
        ];
        write_record(out, cells)?;
    }
    Ok(())
}
