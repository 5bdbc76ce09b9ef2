//! `POST /v1/assistant/conversations/{id}/stop`: ends the answer that is being made.

use axum::{extract::State, http::StatusCode};
use creel_types::ConversationId;

use super::asker;
use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

/// Stop the answer that is being made
///
/// It ends within about a second, with what was said until then; the tokens that it took are debited. Where nothing is being
/// answered nothing is done.
#[utoipa::path(
    post,
    path = "/v1/assistant/conversations/{id}/stop",
    tag = "assistant",
    params(("id" = ConversationId, Path)),
    responses((status = 204, description = "It is asked to end"))
)]
pub(crate) async fn stop_assistant(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<ConversationId>,
) -> Result<StatusCode, ApiError> {
    state.store().stop_message(caller.organization, asker(&caller)?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
