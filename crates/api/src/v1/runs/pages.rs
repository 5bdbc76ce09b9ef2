//! `GET /v1/extract/runs/{id}/pages?outcome=&cursor=&limit=`: what became of each page, in order.

use axum::{Json, extract::State};
use creel_store::pages::PageRow;
use creel_types::{PageOutcome, RunId, Time};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    ApiState,
    body::QueryString,
    caller::Caller,
    error::ApiError,
    page::{self, Page},
    v1::PathId,
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// `next_cursor` of the page before.
    #[param(pattern = "^[0-9]{1,15} ")]
    cursor: Option<String>,
    /// Only pages that ended this way.
    #[param(inline)]
    outcome: Option<PageOutcome>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<i64>,
}

/// What became of each page of a run, in order
#[utoipa::path(
    get,
    path = "/v1/extract/runs/{id}/pages",
    tag = "runs",
    params(("id" = RunId, Path), Asked),
    responses((status = 200, body = Page<PageRow>))
)]
pub(crate) async fn list_run_pages(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RunId>,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Page<PageRow>>, ApiError> {
    let run = state.store().get_run(caller.organization, id).await?;
    let limit = page::limit(asked.limit)?;
    let after = page::cursor::<After>(asked.cursor.as_deref())?.map(|after| (after.at, after.url));
    let rows = state.store().list_pages(run.id, asked.outcome, after, limit + 1).await?;
    Ok(page::page(rows, limit, |row| format!("{} {}", row.at.0, row.url)))
}

/// Where the page before ended: instant and address of its last row.
struct After {
    at: Time,
    url: String,
}

impl std::str::FromStr for After {
    type Err = ();

    fn from_str(text: &str) -> Result<After, ()> {
        let (at, url) = text.split_once(' ').ok_or(())?;
        Ok(After { at: Time(at.parse().map_err(|_| ())?), url: url.to_owned() })
    }
}
