//! `GET /v1/enrich/enrichments/{id}/captures?outcome=&cursor=&limit=`: what became of each capture, in order.

use axum::{Json, extract::State};
use creel_store::enrichments::EnrichmentCapture;
use creel_types::{EnrichOutcome, EnrichmentId};
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
    /// Only captures of which this became.
    #[param(inline)]
    outcome: Option<EnrichOutcome>,
    /// `next_cursor` of the page before.
    #[param(pattern = "^[0-9]{1,15}$")]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<i64>,
}

/// What became of each capture of an enrichment, in order
#[utoipa::path(
    get,
    path = "/v1/enrich/enrichments/{id}/captures",
    tag = "enrichments",
    params(("id" = EnrichmentId, Path), Asked),
    responses((status = 200, body = Page<EnrichmentCapture>))
)]
pub(crate) async fn list_enrichment_captures(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<EnrichmentId>,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Page<EnrichmentCapture>>, ApiError> {
    let outcome = asked.outcome;
    let list = |after, limit| state.store().list_enrichment_captures(caller.organization, id, outcome, after, limit);
    page::turn(asked.cursor.as_deref(), asked.limit, list, |row: &EnrichmentCapture| row.position).await
}
