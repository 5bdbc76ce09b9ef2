//! Conversations are named and erased. What a message took stays, so that the ledger still agrees; nothing is refunded.

use creel_types::{Asker, By, ConversationId, OrganizationId};

use super::{OF_ASKER, begin::lock_conversation, not_found, of_asker};
use crate::{
    Store, StoreError,
    access::audit::{self, AuditAction, Deed, TargetKind},
    args,
    database::Value,
};

impl Store {
    pub async fn rename_conversation(
        &self,
        organization: OrganizationId,
        asker: Asker,
        id: ConversationId,
        title: &str,
    ) -> Result<(), StoreError> {
        let sql = format!("UPDATE conversations SET title = $5 WHERE {OF_ASKER} AND id = $4");
        let mut args = of_asker(organization, asker);
        args.extend([Value::from(id), Value::from(title)]);
        if self.database.execute(&sql, args).await? == 0 { Err(not_found(id)) } else { Ok(()) }
    }

    /// Erases a conversation with all that was said in it. A message that goes on is asked to end, and keeps nothing of what it says.
    pub async fn delete_conversation(
        &self,
        organization: OrganizationId,
        asker: Asker,
        id: ConversationId,
        by: &By,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        lock_conversation(&mut tx, organization, asker, id).await?;
        let now = self.clock.now();
        tx.execute("UPDATE conversations SET title = '', deleted_at = $2 WHERE id = $1", args![id, now]).await?;
        let sql = "UPDATE messages SET question = '', page = NULL, answer = '', steps = '[]', error_message = NULL,
            stop_asked = 1, deleted_at = $2 WHERE conversation_id = $1";
        tx.execute(sql, args![id, now]).await?;
        // What it was called is part of what was said.
        let deed = Deed::new(AuditAction::ConversationDeleted, TargetKind::Conversation, id, String::new());
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        tx.commit().await
    }
}
