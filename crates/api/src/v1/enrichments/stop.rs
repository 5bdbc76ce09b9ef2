//! `POST /v1/enrich/enrichments/{id}/stop`: ends an enrichment at once; one that has ended stays as it is.

use axum::{Json, extract::State};
use creel_store::enrichments::EnrichmentView;
use creel_types::EnrichmentId;

use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

/// Stop an enrichment at once
///
/// The items that it has made stay. One that has ended stays as it is.
#[utoipa::path(
    post,
    path = "/v1/enrich/enrichments/{id}/stop",
    tag = "enrichments",
    params(("id" = EnrichmentId, Path)),
    responses((status = 200, body = EnrichmentView))
)]
pub(crate) async fn stop_enrichment(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<EnrichmentId>,
) -> Result<Json<EnrichmentView>, ApiError> {
    state.store().stop_enrichment(caller.organization, id, &caller.by).await?;
    Ok(Json(state.store().get_enrichment(caller.organization, id).await?))
}
