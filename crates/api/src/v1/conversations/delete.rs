//! `DELETE /v1/assistant/conversations/{id}`: erases a conversation with all that was said in it.

use axum::{extract::State, http::StatusCode};
use creel_types::ConversationId;

use super::asker;
use crate::{ApiState, caller::Caller, error::ApiError, v1::PathId};

/// Erase a conversation
///
/// What its messages took stays in the ledger; nothing is refunded. A message that is being answered is stopped.
#[utoipa::path(
    delete,
    path = "/v1/assistant/conversations/{id}",
    tag = "assistant",
    params(("id" = ConversationId, Path)),
    responses((status = 204, description = "It is gone"))
)]
pub(crate) async fn delete_conversation(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<ConversationId>,
) -> Result<StatusCode, ApiError> {
    state.store().delete_conversation(caller.organization, asker(&caller)?, id, &caller.by).await?;
    Ok(StatusCode::NO_CONTENT)
}
