//! Conversations with the assistant and their messages: begun with credits held, noted while the answer comes, read and erased.
//! What a message came to is debited in [`crate::settle`].

mod begin;
mod call;
mod erase;
mod list;
mod room;

use creel_ledger::HOLD_MS_MAX;
use creel_types::{Asker, ConversationId, Credits, MessageEnd, MessageId, MessageStatus, Time};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{
    StoreError, args,
    database::{Row, Value},
};

pub use begin::{Begun, NewMessage};
pub use call::{CallTokens, Next, Noted};
pub(crate) use call::{hold_of, lock_message, tokens_of, write_call};
pub use list::{ConversationCursor, MESSAGES_MAX};

/// Tokens that the answer of each call of the model may have at least; what cannot pay so many is not asked.
pub const OUTPUT_TOKENS_MIN: i64 = 256;
/// From its question to its end a message takes at most this, so that it is settled while its credits are held.
pub const MESSAGE_MS_MAX: i64 = HOLD_MS_MAX - 60_000;
/// A message of which nothing was heard for so long is nobody's: the process that made its answer died.
pub const SILENT_MS_MAX: i64 = 30_000;

/// A conversation as its asker sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConversationView {
    pub id: ConversationId,
    /// The beginning of its first question, until somebody names it otherwise; empty before.
    pub title: String,
    /// How many messages it has.
    pub message_count: i64,
    pub credits_spent: Credits,
    pub created_at: Time,
    /// When its last message was asked or ended.
    pub updated_at: Time,
}

/// A question with its answer.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MessageView {
    pub id: MessageId,
    pub conversation_id: ConversationId,
    /// 1, 2, 3 within the conversation.
    pub number: i64,
    pub question: String,
    /// Path of the dashboard's page that it was asked on.
    pub page: Option<String>,
    /// Markdown; what was said so far while `status` is `answering`.
    pub answer: String,
    /// What the assistant did for it, in order: tools that it called, and what it drafted.
    #[schema(value_type = Vec<Object>)]
    pub steps: Json,
    pub status: MessageStatus,
    pub end_reason: Option<MessageEnd>,
    /// What went wrong, where something did.
    pub error: Option<String>,
    pub model: String,
    /// Tokens that all calls of the model for this message took: what was sent, and what came.
    pub prompt_tokens: i64,
    pub completion_tokens: i64,
    /// One for each started 1,000 tokens.
    pub credits_spent: Credits,
    /// What it should have cost beyond that, and the balance could not pay.
    pub shortfall: Credits,
    pub created_at: Time,
    pub ended_at: Option<Time>,
}

fn conversation(row: &Row) -> Result<ConversationView, StoreError> {
    Ok(ConversationView {
        id: row.parsed("id")?,
        title: row.text("title")?,
        message_count: row.int("messages")?,
        credits_spent: row.credits("credits_spent")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

pub(crate) fn message(row: &Row) -> Result<MessageView, StoreError> {
    Ok(MessageView {
        id: row.parsed("id")?,
        conversation_id: row.parsed("conversation_id")?,
        number: row.int("number")?,
        question: row.text("question")?,
        page: row.opt_text("page")?,
        answer: row.text("answer")?,
        steps: row.json("steps")?,
        status: row.parsed("status")?,
        end_reason: row.opt_parsed("end_reason")?,
        error: row.opt_text("error_message")?,
        model: row.text("model")?,
        prompt_tokens: row.int("prompt_tokens")?,
        completion_tokens: row.int("completion_tokens")?,
        credits_spent: row.credits("credits_spent")?,
        shortfall: row.credits("shortfall")?,
        created_at: row.time("created_at")?,
        ended_at: row.opt_time("ended_at")?,
    })
}

/// The condition that a conversation is the asker's, as the two values after `$1`, which is the organization.
const OF_ASKER: &str =
    "organization_id = $1 AND (person_id = $2 OR ($2 IS NULL AND api_key_id = $3)) AND deleted_at IS NULL";

fn of_asker(organization: creel_types::OrganizationId, asker: Asker) -> Vec<Value> {
    args![organization, asker.person(), asker.key()]
}

fn not_found(id: ConversationId) -> StoreError {
    StoreError::NotFound { what: "conversation", id: id.to_string() }
}
