//! `POST /v1/enrich/enrichments`: makes an enrichment. With an `Idempotency-Key` the same request makes it once.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use creel_store::{StoreError, idempotency::Once};
use creel_types::{Action, EnrichmentId};
use serde::Serialize;
use utoipa::ToSchema;

use super::asked::NewEnrichmentBody;
use crate::{
    ApiState,
    body::JsonBody,
    caller::Caller,
    error::{ApiError, ErrorBody},
    idempotency::{Idempotency, REPLAYED},
    v1::runs::payable::refuse_without_credits,
};

#[derive(Serialize, ToSchema)]
pub(crate) struct MadeEnrichment {
    id: EnrichmentId,
}

/// Enrich captures
///
/// Each capture becomes one item for 1 credit. Captures that have an item of this version are passed over, free; so are those of
/// which no item can be made. Follow it with `GET /v1/enrich/enrichments/{id}`.
#[utoipa::path(
    post,
    path = "/v1/enrich/enrichments",
    tag = "enrichments",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = NewEnrichmentBody,
    responses(
        (status = 202, description = "The enrichment was made", body = MadeEnrichment, headers(
            ("Idempotent-Replayed" = String, description = "`true` where the same request had made it before")
        )),
        (status = 402, description = "One item cannot be paid", body = ErrorBody),
        (status = 404, description = "There is no such run, import or capture", body = ErrorBody),
        (status = 409, description = "None or several of run_id, import_id, capture_ids and filter, or a filter that nothing can fit",
            body = ErrorBody),
    )
)]
pub(crate) async fn create_enrichment(
    State(state): State<ApiState>,
    caller: Caller,
    idempotency: Idempotency,
    JsonBody { value: asked, raw }: JsonBody<NewEnrichmentBody>,
) -> Result<impl IntoResponse, ApiError> {
    let key = idempotency.of(&raw);
    if let Some(key) = &key
        && let Some(before) = state.store().find_answer(caller.organization, key).await?
    {
        let id = before.parse().map_err(|_| ApiError::internal())?;
        return Ok(answer(Once::Before(id)));
    }
    let new = asked.checked(&state, &caller).await?;
    refuse_without_credits(&state, &caller, Action::Enrich).await?;
    let made = state.store().create_enrichment(caller.organization, new, key.as_ref()).await;
    Ok(answer(made.map_err(named)?))
}

/// What is missing, by the field that names it.
fn named(error: StoreError) -> ApiError {
    let field = match &error {
        StoreError::NotFound { what: "run", .. } => Some("run_id".to_owned()),
        StoreError::NotFound { what: "capture", .. } => Some("capture_ids".to_owned()),
        _ => None,
    };
    let refusal = ApiError::from(error);
    ApiError { field: field.or(refusal.field), ..refusal }
}

fn answer(made: Once<EnrichmentId>) -> impl IntoResponse {
    let (id, replayed) = match made {
        Once::Now(id) => (id, None),
        Once::Before(id) => (id, Some([(REPLAYED, "true")])),
    };
    (StatusCode::ACCEPTED, replayed, Json(MadeEnrichment { id }))
}
