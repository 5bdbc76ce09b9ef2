//! `GET /v1/enrich/enrichments?status=&run_id=&cursor=&limit=`: newest first.

use axum::{Json, extract::State};
use creel_store::enrichments::EnrichmentView;
use creel_types::{RunId, RunStatus};
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
    #[param(inline)]
    status: Option<RunStatus>,
    /// Enrichments of this run.
    #[param(inline)]
    run_id: Option<RunId>,
    /// `next_cursor` of the page before.
    #[param(format = Uuid)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<i64>,
}

/// Enrichments, newest first
#[utoipa::path(
    get,
    path = "/v1/enrich/enrichments",
    tag = "enrichments",
    params(Asked),
    responses((status = 200, body = Page<EnrichmentView>))
)]
pub(crate) async fn list_enrichments(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Page<EnrichmentView>>, ApiError> {
    let Asked { status, run_id, .. } = asked;
    let list = |before, limit| state.store().list_enrichments(caller.organization, status, run_id, before, limit);
    page::turn(asked.cursor.as_deref(), asked.limit, list, |enrichment| enrichment.id).await
}
