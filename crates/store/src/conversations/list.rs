//! Conversations and messages as their asker reads them. Nobody else's are found.

use std::{fmt, str::FromStr};

use creel_types::{Asker, ConversationId, MessageId, OrganizationId, Time};

use super::{ConversationView, MessageView, OF_ASKER, conversation, message, not_found, of_asker};
use crate::{Store, StoreError, database::Value, listing::NotACursor, robots::LIST_ROWS_MAX};

/// Messages of one answer.
pub const MESSAGES_MAX: i64 = 100;

/// Where a list of conversations goes on: behind this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConversationCursor {
    pub updated_at: Time,
    pub id: ConversationId,
}

impl fmt::Display for ConversationCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.updated_at.0, self.id)
    }
}

impl FromStr for ConversationCursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<ConversationCursor, NotACursor> {
        let (at, id) = text.split_once('.').ok_or(NotACursor)?;
        let updated_at = Time(at.parse().map_err(|_| NotACursor)?);
        Ok(ConversationCursor { updated_at, id: id.parse().map_err(|_| NotACursor)? })
    }
}

impl From<&ConversationView> for ConversationCursor {
    fn from(last: &ConversationView) -> ConversationCursor {
        ConversationCursor { updated_at: last.updated_at, id: last.id }
    }
}

impl Store {
    /// The last used first.
    pub async fn list_conversations(
        &self,
        organization: OrganizationId,
        asker: Asker,
        before: Option<ConversationCursor>,
        limit: i64,
    ) -> Result<Vec<ConversationView>, StoreError> {
        let sql = format!(
            "SELECT * FROM conversations WHERE {OF_ASKER} AND ($4 IS NULL OR updated_at < $4 OR (updated_at = $4 AND id < $5))
             ORDER BY updated_at DESC, id DESC LIMIT $6"
        );
        let mut args = of_asker(organization, asker);
        let (at, id) = (before.map(|before| before.updated_at), before.map(|before| before.id));
        args.extend([Value::from(at), Value::from(id), Value::from(limit.clamp(1, LIST_ROWS_MAX))]);
        self.database.rows(&sql, args).await?.iter().map(conversation).collect()
    }

    pub async fn get_conversation(
        &self,
        organization: OrganizationId,
        asker: Asker,
        id: ConversationId,
    ) -> Result<ConversationView, StoreError> {
        let sql = format!("SELECT * FROM conversations WHERE {OF_ASKER} AND id = $4");
        let args = of_asker(organization, asker).into_iter().chain([Value::from(id)]).collect();
        conversation(&self.database.row(&sql, args).await?.ok_or_else(|| not_found(id))?)
    }

    /// Messages of a conversation before a number, the newest first.
    pub async fn list_messages(
        &self,
        organization: OrganizationId,
        asker: Asker,
        id: ConversationId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<MessageView>, StoreError> {
        let sql = format!(
            "SELECT * FROM messages WHERE conversation_id IN (SELECT id FROM conversations WHERE {OF_ASKER} AND id = $4)
             AND number < $5 ORDER BY number DESC LIMIT $6"
        );
        let mut args = of_asker(organization, asker);
        args.extend([Value::from(id), Value::from(before.unwrap_or(i64::MAX)), Value::from(limit.clamp(1, MESSAGES_MAX))]);
        self.database.rows(&sql, args).await?.iter().map(message).collect()
    }

    pub async fn get_message(
        &self,
        organization: OrganizationId,
        asker: Asker,
        conversation: ConversationId,
        id: MessageId,
    ) -> Result<MessageView, StoreError> {
        let sql = format!(
            "SELECT * FROM messages WHERE id = $5
             AND conversation_id IN (SELECT id FROM conversations WHERE {OF_ASKER} AND id = $4)"
        );
        let mut args = of_asker(organization, asker);
        args.extend([Value::from(conversation), Value::from(id)]);
        let row = self.database.row(&sql, args).await?;
        message(&row.ok_or_else(|| StoreError::NotFound { what: "message", id: id.to_string() })?)
    }
}
