//! Pages of lists: `{rows, next_cursor}`.

use axum::Json;
use creel_store::StoreError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::error::ApiError;

/// Rows of a page when nothing is asked for.
const LIMIT: i64 = 50;
const LIMIT_MAX: i64 = 500;

/// The query of a list that can only be turned.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// `next_cursor` of the page before.
    #[param(format = Uuid)]
    pub(crate) cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500, default = 50)]
    pub(crate) limit: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Page<T> {
    pub(crate) rows: Vec<T>,
    /// Null on the last page.
    pub(crate) next_cursor: Option<String>,
}

/// Makes a page of rows that were asked for with one more than `limit`; the extra one only says that there is more.
pub(crate) fn page<T>(mut rows: Vec<T>, limit: i64, cursor: impl Fn(&T) -> String) -> Json<Page<T>> {
    let limit = usize::try_from(limit).unwrap_or(0);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = if more { rows.last().map(cursor) } else { None };
    Json(Page { rows, next_cursor })
}

/// Answers the page that is asked for, of rows that `list` finds behind a cursor; it is asked for one more than the page holds.
pub(crate) async fn turn<C, T, F>(
    asked_cursor: Option<&str>,
    asked_limit: Option<i64>,
    list: impl FnOnce(Option<C>, i64) -> F,
    cursor_of: impl Fn(&T) -> C,
) -> Result<Json<Page<T>>, ApiError>
where
    C: std::str::FromStr + ToString,
    F: Future<Output = Result<Vec<T>, StoreError>>,
{
    let limit = limit(asked_limit)?;
    let rows = list(cursor(asked_cursor)?, limit + 1).await?;
    Ok(page(rows, limit, |row| cursor_of(row).to_string()))
}

pub(crate) fn limit(asked: Option<i64>) -> Result<i64, ApiError> {
    match asked.unwrap_or(LIMIT) {
        limit if (1..=LIMIT_MAX).contains(&limit) => Ok(limit),
        limit => Err(ApiError::field("limit", format!("{limit} is not between 1 and {LIMIT_MAX}"))),
    }
}

/// Reads a cursor that an earlier page gave.
pub(crate) fn cursor<T: std::str::FromStr>(text: Option<&str>) -> Result<Option<T>, ApiError> {
    text.map(|text| {
        text.parse().map_err(|_| ApiError::field("cursor", "not a cursor; take next_cursor of the page before as it is"))
    })
    .transpose()
}
