//! Conversations are named and erased, and drafts in them marked as made. What a message took stays, so that the ledger still agrees; nothing is refunded.

use creel_types::{Asker, By, ConversationId, OrganizationId};

use super::{OF_ASKER, begin::lock_conversation, not_found, of_asker};
use crate::{
    Store, StoreError,
    access::audit::{self, AuditAction, Deed, TargetKind},
    args,
    database::Value,
    ledger::account::{Named, lock_account},
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

    /// Notes what came of a draft that a person confirmed, with the step that proposed it.
    pub async fn note_made(
        &self,
        organization: OrganizationId,
        asker: Asker,
        id: ConversationId,
        (number, step): (i64, usize),
        made: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        lock_conversation(&mut tx, organization, asker, id).await?;
        let sql = "SELECT steps FROM messages WHERE conversation_id = $1 AND number = $2 AND ended_at IS NOT NULL";
        let row = tx.row(sql, args![id, number]).await?.ok_or_else(|| not_found(id))?;
        let mut steps: serde_json::Value = row.json("steps")?;
        let Some(draft) = steps.get_mut(step).and_then(|step| step.get_mut("draft")) else { return Err(not_found(id)) };
        draft["made"] = made.into();
        let sql = "UPDATE messages SET steps = $3 WHERE conversation_id = $1 AND number = $2";
        tx.execute(sql, args![id, number, steps.to_string()]).await?;
        tx.commit().await
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
        // Before anything of it, as whoever settles a message does.
        lock_account(&mut tx, organization, Named::default()).await?;
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
