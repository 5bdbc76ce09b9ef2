//! `PATCH /v1/assistant/conversations/{id}`: names a conversation.

use axum::{Json, extract::State};
use creel_store::{asked::texts::WorkName, conversations::ConversationView};
use creel_types::ConversationId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::asker;
use crate::{ApiState, body::JsonBody, caller::Caller, error::ApiError, v1::PathId};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConversationChangesBody {
    title: WorkName,
}

/// Name a conversation
#[utoipa::path(
    patch,
    path = "/v1/assistant/conversations/{id}",
    tag = "assistant",
    params(("id" = ConversationId, Path)),
    request_body = ConversationChangesBody,
    responses((status = 200, body = ConversationView))
)]
pub(crate) async fn update_conversation(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<ConversationId>,
    JsonBody { value: asked, .. }: JsonBody<ConversationChangesBody>,
) -> Result<Json<ConversationView>, ApiError> {
    let asker = asker(&caller)?;
    state.store().rename_conversation(caller.organization, asker, id, asked.title.as_str()).await?;
    Ok(Json(state.store().get_conversation(caller.organization, asker, id).await?))
}
