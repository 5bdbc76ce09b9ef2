//! `GET /v1/enrich/enrichments/{id}?wait=SECONDS`: the enrichment as it stands, or as it ends within the wait.

use axum::{Json, extract::State};
use creel_store::enrichments::EnrichmentView;
use creel_types::EnrichmentId;

use crate::{ApiState, body::QueryString, caller::Caller, error::ApiError, v1::PathId, wait::WaitQuery};

/// One enrichment as it stands, or as it ends within the wait
#[utoipa::path(
    get,
    path = "/v1/enrich/enrichments/{id}",
    tag = "enrichments",
    params(("id" = EnrichmentId, Path), WaitQuery),
    responses((status = 200, body = EnrichmentView))
)]
pub(crate) async fn get_enrichment(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<EnrichmentId>,
    QueryString(wait): QueryString<WaitQuery>,
) -> Result<Json<EnrichmentView>, ApiError> {
    let look = || state.store().get_enrichment(caller.organization, id);
    Ok(Json(wait.until(look, |enrichment| enrichment.status.is_ended()).await?))
}
