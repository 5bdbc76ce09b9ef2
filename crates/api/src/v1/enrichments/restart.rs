//! `POST /v1/enrich/enrichments/{id}/restart`: goes on where an ended enrichment stopped, and never debits again what it has.

use axum::{Json, extract::State, http::StatusCode};
use creel_store::enrichments::EnrichmentView;
use creel_types::{Action, EnrichmentId};

use crate::{
    ApiState,
    caller::Caller,
    error::{ApiError, ErrorBody},
    v1::{PathId, runs::payable::refuse_without_credits},
};

/// Take an ended enrichment up again
///
/// Any ended enrichment but one that has processed all of its captures.
#[utoipa::path(
    post,
    path = "/v1/enrich/enrichments/{id}/restart",
    tag = "enrichments",
    params(("id" = EnrichmentId, Path)),
    responses(
        (status = 202, description = "It goes on", body = EnrichmentView),
        (status = 402, description = "One item cannot be paid", body = ErrorBody),
        (status = 409, description = "It is not over, or it has processed all of its captures", body = ErrorBody),
    )
)]
pub(crate) async fn restart_enrichment(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<EnrichmentId>,
) -> Result<(StatusCode, Json<EnrichmentView>), ApiError> {
    if state.store().get_enrichment(caller.organization, id).await?.status.is_ended() {
        refuse_without_credits(&state, &caller, Action::Enrich).await?;
    }
    state.store().restart_enrichment(caller.organization, id, &caller.by).await?;
    Ok((StatusCode::ACCEPTED, Json(state.store().get_enrichment(caller.organization, id).await?)))
}
