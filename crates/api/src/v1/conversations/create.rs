//! `POST /v1/assistant/conversations`: an empty conversation.

use axum::{Json, extract::State, http::StatusCode};
use creel_store::{asked::texts::WorkName, conversations::ConversationView};
use serde::Deserialize;
use utoipa::ToSchema;

use super::asker;
use crate::{ApiState, body::OptionalBody, caller::Caller, error::ApiError};

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewConversationBody {
    /// The beginning of the first question where nothing is said.
    title: Option<WorkName>,
}

/// Begin a conversation
///
/// Only whoever begins it, a person or an API key, finds it again. Ask with `POST …/{id}/messages`.
#[utoipa::path(
    post,
    path = "/v1/assistant/conversations",
    tag = "assistant",
    request_body = Option<NewConversationBody>,
    responses((status = 201, body = ConversationView))
)]
pub(crate) async fn create_conversation(
    State(state): State<ApiState>,
    caller: Caller,
    OptionalBody(asked): OptionalBody<NewConversationBody>,
) -> Result<(StatusCode, Json<ConversationView>), ApiError> {
    let title = asked.title.as_ref().map_or("", WorkName::as_str);
    let made = state.store().create_conversation(caller.organization, asker(&caller)?, title).await?;
    Ok((StatusCode::CREATED, Json(made)))
}
