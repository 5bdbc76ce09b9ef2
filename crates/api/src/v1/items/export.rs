//! `GET /v1/enrich/items/export?format=jsonl|csv&columns=&<filters>`: every item that the filters name, sent as it is read. Free.

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
use creel_store::{Store, StoreError, items::ItemQuery};
use creel_transfer::ItemTable;
use creel_types::{Item, OrganizationId};
use futures::{Stream, StreamExt as _, stream};

use super::filter::query_with_item_filters;
use crate::{
    ApiState,
    body::QueryString,
    caller::Caller,
    error::{ApiError, ErrorBody},
    v1::captures::export::ExportFormat,
};

/// Items that are in memory at once.
const PAGE_ITEMS: usize = 250;

query_with_item_filters! {
    Asked {
        #[param(inline)]
        format: Option<ExportFormat>,
        /// Names of columns of CSV, separated by commas; `attribute.color` is the column of an attribute. All but those of single
        /// attributes where nothing is said.
        #[param(pattern = "^[a-z0-9_., ]+$")]
        columns: Option<String>,
    }
}

/// Export items as JSON lines or CSV
///
/// Every item that the filters name, newest first, sent as it is read. Free.
#[utoipa::path(
    get,
    path = "/v1/enrich/items/export",
    tag = "items",
    params(Asked),
    responses(
        (status = 200, description = "The items", content((String = "application/x-ndjson"), (String = "text/csv"))),
        (status = 409, description = "There is no such column, or the format has none", body = ErrorBody),
    )
)]
pub(crate) async fn export_items(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Response, ApiError> {
    let table = table(&asked)?;
    let (kind, name) = match table {
        None => ("application/x-ndjson", "items.jsonl"),
        Some(_) => ("text/csv; charset=utf-8", "items.csv"),
    };
    let query = ItemQuery { filter: asked.filter()?, before: None, limit: PAGE_ITEMS };
    let mut exporting =
        Exporting { store: state.store().clone(), organization: caller.organization, query, table, is_done: false };
    // The first page before the answer begins: what goes wrong then can still be said.
    let mut first = Vec::new();
    if let Some(table) = &exporting.table {
        table.write_head(&mut first).map_err(|_| ApiError::internal())?;
    }
    let items = exporting.turn().await?;
    exporting.write(&items, &mut first).map_err(|_| ApiError::internal())?;
    let pages = stream::once(async { Ok(first) }).chain(rest(exporting));
    let mut response = Response::new(Body::from_stream(pages));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// The table to be written; nothing for JSON lines.
fn table(asked: &Asked) -> Result<Option<ItemTable>, ApiError> {
    let names = asked.columns.as_ref().map(|names| names.split(',').map(|name| name.trim_matches(' ')));
    match (asked.format.unwrap_or(ExportFormat::JsonLines), names) {
        (ExportFormat::JsonLines, None) => Ok(None),
        (ExportFormat::JsonLines, Some(_)) => {
            Err(ApiError::conflict("columns", "a line of JSON is a whole item; choose columns of format=csv"))
        }
        (ExportFormat::Csv, None) => Ok(Some(ItemTable::whole())),
        (ExportFormat::Csv, Some(names)) => ItemTable::with_columns(names).map(Some).map_err(|name| {
            let known: Vec<&str> = ItemTable::names().collect();
            ApiError::conflict("columns", format!("{name:?} is none of {}, attribute.<name>", known.join(", ")))
        }),
    }
}

/// An export on its way: one page after the other, so that memory holds one.
struct Exporting {
    store: Store,
    organization: OrganizationId,
    query: ItemQuery,
    table: Option<ItemTable>,
    is_done: bool,
}

impl Exporting {
    async fn turn(&mut self) -> Result<Vec<Item>, StoreError> {
        let items = self.store.list_items(self.organization, &self.query).await?;
        self.is_done = items.len() < PAGE_ITEMS;
        self.query.before = items.last().map(|item| item.id);
        Ok(items)
    }

    fn write(&self, items: &[Item], out: &mut Vec<u8>) -> io::Result<()> {
        for item in items {
            match &self.table {
                Some(table) => table.write_row(item, out)?,
                None => {
                    serde_json::to_writer(&mut *out, item)?;
                    out.push(b'\n');
                }
            }
        }
        Ok(())
    }

    async fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.is_done {
            return Ok(None);
        }
        let items = self.turn().await.map_err(|error| {
            tracing::error!(%error, "an export of items was broken off");
            io::Error::other("the export was broken off")
        })?;
        let mut out = Vec::new();
        self.write(&items, &mut out)?;
        Ok(Some(out))
    }
}

/// The pages behind the first. An error ends the answer before its end, so that nobody takes it for whole.
fn rest(exporting: Exporting) -> impl Stream<Item = io::Result<Vec<u8>>> {
    stream::try_unfold(exporting, |mut exporting| async move { Ok(exporting.next().await?.map(|piece| (piece, exporting))) })
}
