//! `GET /v1/assistant/conversations?cursor=&limit=`: the last used first.

use axum::{Json, extract::State};
use creel_store::conversations::{ConversationCursor, ConversationView};
use serde::Deserialize;
use utoipa::IntoParams;

use super::asker;
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
    /// `next_cursor` of the page before.
    #[param(pattern = r"^[0-9]{1,18}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<i64>,
}

/// Your conversations, the last used first
#[utoipa::path(
    get,
    path = "/v1/assistant/conversations",
    tag = "assistant",
    params(Asked),
    responses((status = 200, body = Page<ConversationView>))
)]
pub(crate) async fn list_conversations(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Page<ConversationView>>, ApiError> {
    let asker = asker(&caller)?;
    let list = |before, limit| state.store().list_conversations(caller.organization, asker, before, limit);
    page::turn(asked.cursor.as_deref(), asked.limit, list, |last| ConversationCursor::from(last)).await
}
