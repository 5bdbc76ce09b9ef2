//! `GET /v1/extract/captures/export?format=jsonl|csv&one_row_per=&columns=&sort=&<filters>`: every capture that the filters name, sent
//! as it is read. Free.

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
    listing::{CAPTURES_MAX, CaptureCursor, CaptureQuery, CaptureSort},
};
use creel_transfer::{COLUMNS, RowPer, Table, write_json_line};
use creel_types::{Capture, OrganizationId, words};
use futures::{Stream, stream};
use serde::{Deserialize, Deserializer, de};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr,
        schema::{Schema, Type},
    },
};

use super::filter::query_with_filters;
use crate::{
    ApiState,
    body::QueryString,
    caller::Caller,
    error::{ApiError, ErrorBody},
};

/// Fields of a capture that JSON lines may be cut down to.
const FIELDS: [&str; 31] = [
    "id",
    "run_id",
    "robot_id",
    "import_id",
    "store",
    "url",
    "canonical_url",
    "country_code",
    "language",
    "extracted_at",
    "product_id",
    "group_id",
    "title",
    "subtitle",
    "brand",
    "description",
    "breadcrumbs",
    "image_url",
    "images",
    "options",
    "skus",
    "min_price",
    "max_price",
    "currency",
    "available",
    "sku_count",
    "rating",
    "properties",
    "custom",
    "sources",
    "completeness",
];

words! {
    /// How rows are written out.
    ExportFormat { JsonLines = "jsonl", Csv = "csv" }
}

query_with_filters! {
    Asked {
        #[param(inline)]
        format: Option<ExportFormat>,
        /// What a line of CSV is; a line of JSON is always one product.
        #[param(inline)]
        one_row_per: Option<RowPer>,
        /// Names of columns (CSV) or fields (JSON lines), separated by commas; all of them where nothing is said.
        #[param(inline)]
        columns: Option<ColumnNames>,
    }
}

/// Columns that are asked for, each known to one of the formats.
struct ColumnNames(Vec<String>);

fn all_columns() -> Vec<&'static str> {
    FIELDS.iter().copied().chain(COLUMNS.iter().map(|column| column.name)).collect()
}

impl<'de> Deserialize<'de> for ColumnNames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ColumnNames, D::Error> {
        let text = String::deserialize(deserializer)?;
        let names: Vec<String> = text.split(',').map(|name| name.trim_matches(' ').to_owned()).collect();
        match names.iter().find(|name| !all_columns().contains(&name.as_str())) {
            Some(name) => Err(de::Error::custom(format!("{name:?} is none of {}", all_columns().join(", ")))),
            None => Ok(ColumnNames(names)),
        }
    }
}

impl PartialSchema for ColumnNames {
    fn schema() -> RefOr<Schema> {
        let name = format!("({})", all_columns().join("|"));
        let pattern = format!("^ *{name} *(, *{name} *)*$");
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).into()
    }
}

impl ToSchema for ColumnNames {}

/// Export captures as JSON lines or CSV
///
/// Every capture that the filters name, sent as it is read. Free.
#[utoipa::path(
    get,
    path = "/v1/extract/captures/export",
    tag = "captures",
    params(Asked),
    responses(
        (status = 200, description = "The captures", content((String = "application/x-ndjson"), (String = "text/csv"))),
        (status = 409, description = "The format has no such column, or is not one SKU or offer each", body = ErrorBody),
    )
)]
pub(crate) async fn export_captures(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Response, ApiError> {
    let shape = Shape::read(&asked)?;
    let (kind, name) = match shape {
        Shape::JsonLines(_) => ("application/x-ndjson", "captures.jsonl"),
        Shape::Csv(_) => ("text/csv; charset=utf-8", "captures.csv"),
    };
    let sort = asked.sort.unwrap_or(CaptureSort::NewestFirst);
    let filter = asked.filter()?;
    let is_empty = filter.is_none();
    let filter = filter.unwrap_or_default();
    let mut exporting = Exporting {
        store: state.store().clone(),
        organization: caller.organization,
        query: CaptureQuery { filter, sort, after: None, limit: CAPTURES_MAX },
        shape,
        is_done: is_empty,
    };
    // The first page before the answer begins: what goes wrong then can still be said.
    let first = exporting.first().await?;
    let pages = futures::StreamExt::chain(stream::once(async { Ok(first) }), rest(exporting));
    let mut response = Response::new(Body::from_stream(pages));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// How captures are written.
enum Shape {
    /// Whole, or only these fields.
    JsonLines(Option<Vec<String>>),
    Csv(Table),
}

impl Shape {
    fn read(asked: &Asked) -> Result<Shape, ApiError> {
        let columns = asked.columns.as_ref().map(|names| names.0.iter().map(String::as_str));
        let unknown = |name: &str, known: Vec<&str>| {
            ApiError::conflict("columns", format!("{name:?} is none of {}", known.join(", ")))
        };
        match asked.format.unwrap_or(ExportFormat::JsonLines) {
            ExportFormat::JsonLines => {
                if asked.one_row_per.is_some_and(|per| per != RowPer::Product) {
                    let message = "a line of JSON is always one product, with its SKUs and offers in it";
                    return Err(ApiError::conflict("one_row_per", message));
                }
                let names: Option<Vec<String>> = columns.map(|names| names.map(ToOwned::to_owned).collect());
                match names.iter().flatten().find(|name| !FIELDS.contains(&name.as_str())) {
                    Some(name) => Err(unknown(name, FIELDS.to_vec())),
                    None => Ok(Shape::JsonLines(names)),
                }
            }
            ExportFormat::Csv => {
                let per = asked.one_row_per.unwrap_or(RowPer::Product);
                match columns {
                    None => Ok(Shape::Csv(Table::new(per))),
                    Some(names) => Table::with_columns(per, names)
                        .map(Shape::Csv)
                        .map_err(|name| unknown(name, COLUMNS.iter().map(|column| column.name).collect())),
                }
            }
        }
    }
}

/// An export on its way: one page after the other, so that memory holds one.
struct Exporting {
    store: Store,
    organization: OrganizationId,
    query: CaptureQuery,
    shape: Shape,
    is_done: bool,
}

impl Exporting {
    async fn first(&mut self) -> Result<Vec<u8>, ApiError> {
        let mut out = Vec::new();
        if let Shape::Csv(table) = &self.shape {
            table.write_head(&mut out).map_err(|_| ApiError::internal())?;
        }
        if !self.is_done {
            let (rows, next) = self.page().await?;
            self.write(&rows, &mut out).map_err(|_| ApiError::internal())?;
            self.go_to(next);
        }
        Ok(out)
    }

    async fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.is_done {
            return Ok(None);
        }
        let (rows, next) = self.page().await.map_err(|error| {
            tracing::error!(%error, "an export was broken off");
            io::Error::other("the export was broken off")
        })?;
        let mut out = Vec::new();
        self.write(&rows, &mut out)?;
        self.go_to(next);
        Ok(Some(out))
    }

    async fn page(&self) -> Result<(Vec<Capture>, Option<CaptureCursor>), creel_store::StoreError> {
        let page = self.store.list_captures(self.organization, &self.query).await?;
        Ok((page.rows, page.next))
    }

    fn go_to(&mut self, next: Option<CaptureCursor>) {
        self.is_done = next.is_none();
        self.query.after = next;
    }

    fn write(&self, rows: &[Capture], out: &mut Vec<u8>) -> io::Result<()> {
        for capture in rows {
            match &self.shape {
                Shape::JsonLines(names) => write_json_line(capture, names.as_deref(), out).map_err(io::Error::from)?,
                Shape::Csv(table) => table.write_rows(capture, out)?,
            }
        }
        Ok(())
    }
}

/// The pages behind the first. An error ends the answer before its end, so that nobody takes it for whole.
fn rest(exporting: Exporting) -> impl Stream<Item = io::Result<Vec<u8>>> {
    stream::try_unfold(exporting, |mut exporting| async move { Ok(exporting.next().await?.map(|piece| (piece, exporting))) })
}
