//! `GET /v1/extract/captures?<filters>&sort=&cursor=&limit=`: newest first where no sort is given.

use axum::{Json, extract::State};
use creel_store::listing::{CaptureCursor, CaptureQuery, CaptureSort};
use creel_types::Capture;

use super::filter::query_with_filters;
use crate::{
    ApiState,
    body::QueryString,
    caller::Caller,
    error::{ApiError, ErrorBody},
    page::{self, Page},
};

query_with_filters! {
    Asked {
        /// `next_cursor` of the page before. It belongs to its sort.
        #[param(pattern = r"^((-?extracted_at|-?min_price)\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.-?[0-9]{1,18}|title\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.([0-9a-f]{2})*)$")]
        cursor: Option<String>,
        /// Rows of a page.
        #[param(minimum = 1, maximum = 500, default = 50)]
        limit: Option<i64>,
    }
}

/// Captures, newest first
#[utoipa::path(
    get,
    path = "/v1/extract/captures",
    tag = "captures",
    params(Asked),
    responses(
        (status = 200, body = Page<Capture>),
        (status = 409, description = "The cursor belongs to another sort", body = ErrorBody),
    )
)]
pub(crate) async fn list_captures(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Page<Capture>>, ApiError> {
    let limit = usize::try_from(page::limit(asked.limit)?).unwrap_or_default();
    let sort = asked.sort.unwrap_or(CaptureSort::NewestFirst);
    let after = page::cursor::<CaptureCursor>(asked.cursor.as_deref())?;
    if let Some(cursor) = after.as_ref().filter(|cursor| cursor.sort() != sort) {
        let message = format!("it goes on with the sort {}, and {sort} is asked for", cursor.sort());
        return Err(ApiError::conflict("cursor", message));
    }
    let Some(filter) = asked.filter()? else { return Ok(Json(Page { rows: Vec::new(), next_cursor: None })) };
    let found = state.store().list_captures(caller.organization, &CaptureQuery { filter, sort, after, limit }).await?;
    Ok(Json(Page { rows: found.rows, next_cursor: found.next.map(|next| next.to_string()) }))
}
