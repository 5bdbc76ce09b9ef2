//! `GET /v1/assistant/conversations/{id}`: a conversation with its newest messages.

use axum::{Json, extract::State};
use creel_store::conversations::{ConversationView, MESSAGES_MAX, MessageView};
use creel_types::ConversationId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::asker;
use crate::{ApiState, body::QueryString, caller::Caller, error::ApiError, v1::PathId};

/// More messages than any conversation has.
const BEFORE_MAX: i64 = 1_000_000_000;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Messages before the one with this number.
    #[param(minimum = 1, maximum = 1_000_000_000)]
    before: Option<i64>,
}

/// A conversation and what was said in it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConversationWithMessages {
    #[serde(flatten)]
    conversation: ConversationView,
    /// The newest 100, or those before the number that is asked for, the oldest first.
    messages: Vec<MessageView>,
}

/// One of your conversations with its newest messages
#[utoipa::path(
    get,
    path = "/v1/assistant/conversations/{id}",
    tag = "assistant",
    params(("id" = ConversationId, Path), Asked),
    responses((status = 200, body = ConversationWithMessages))
)]
pub(crate) async fn get_conversation(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<ConversationId>,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<ConversationWithMessages>, ApiError> {
    let asker = asker(&caller)?;
    if let Some(before) = asked.before.filter(|before| !(1..=BEFORE_MAX).contains(before)) {
        return Err(ApiError::field("before", format!("{before} is not between 1 and {BEFORE_MAX}")));
    }
    let conversation = state.store().get_conversation(caller.organization, asker, id).await?;
    let mut messages = state.store().list_messages(caller.organization, asker, id, asked.before, MESSAGES_MAX).await?;
    messages.reverse();
    Ok(Json(ConversationWithMessages { conversation, messages }))
}
