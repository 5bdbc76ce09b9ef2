//! While an answer is made: further calls of the model, each with its worst case held before it, and what each took so far.

use creel_ledger::HoldState;
use creel_types::{Asker, ConversationId, MessageEnd, MessageId, OrganizationId, credits_of_tokens};
use serde_json::Value as Json;

use super::{MESSAGE_MS_MAX, room::Room};
use crate::{
    Store, StoreError, args,
    database::{Row, Tx},
    ledger::{
        account::{Named, lock_account},
        consequences,
    },
};

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The model may be asked; its answer may have so many tokens, and ends with `bound` where that is too few.
    Ask { output_tokens: i64, bound: MessageEnd },
    /// The message must end, with what it has.
    End(MessageEnd),
    /// It has ended already.
    Gone,
}

/// What one call of the model took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallTokens {
    pub prompt: i64,
    pub completion: i64,
    /// Whether the endpoint said so, or the texts were counted.
    pub is_told: bool,
}

/// How a message stands when something of it was noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    GoesOn,
    /// Its asker wants it to end.
    StopAsked,
    /// It has ended: what is said now reaches nobody, and nothing was noted.
    Gone,
}

impl Store {
    /// Holds what a further call of the model can come to.
    pub async fn begin_call(
        &self,
        organization: OrganizationId,
        message: MessageId,
        prompt_tokens: i64,
        output_tokens_max: i64,
    ) -> Result<Next, StoreError> {
        let mut tx = self.database.begin().await?;
        let Some(hold) = hold_of(&mut tx, organization, message).await? else { return Ok(Next::Gone) };
        let mut locked = lock_account(&mut tx, organization, Named::hold(hold)).await?;
        let Some(row) = lock_message(&mut tx, organization, message).await? else { return Ok(Next::Gone) };
        let now = self.clock.now();
        locked.refuse_if_frozen()?;
        if row.flag("stop_asked")? {
            return Ok(Next::End(MessageEnd::StoppedByUser));
        }
        locked.account.expire_due(now);
        let held = locked.account.holds().iter().find(|one| one.id == hold && one.state == HoldState::Open);
        let Some(held) = held.map(creel_ledger::Hold::amount) else { return Ok(Next::End(MessageEnd::TooLong)) };
        if now >= row.time("created_at")?.plus_ms(MESSAGE_MS_MAX) {
            return Ok(Next::End(MessageEnd::TooLong));
        }
        let used = tokens_of(&mut tx, message).await?;
        let used = used.prompt.saturating_add(used.completion);
        let room = Room::load(&mut tx, &locked, row.opt_parsed("api_key_id")?, Some(message), now).await?;
        let Some(output_tokens) = room.output_tokens(used, prompt_tokens, output_tokens_max) else {
            return Ok(Next::End(room.bound));
        };
        let needed = credits_of_tokens(used.saturating_add(prompt_tokens).saturating_add(output_tokens));
        if needed > held {
            let description = "Held for a message to the assistant".to_owned();
            locked.account.grow_hold(now, hold, needed - held, description)?;
        }
        tx.execute("UPDATE messages SET beat_at = $2 WHERE id = $1", args![message, now]).await?;
        consequences::save(&mut tx, self, &mut [&mut locked], now).await?;
        self.fail_points.pass("call.held");
        tx.commit().await?;
        Ok(Next::Ask { output_tokens, bound: room.bound })
    }

    /// Notes what a call took so far, and what was said and done: should the process die, this is what is debited and shown.
    pub async fn note_call(
        &self,
        organization: OrganizationId,
        message: MessageId,
        number: i64,
        took: CallTokens,
        answer: &str,
        steps: &Json,
    ) -> Result<Noted, StoreError> {
        let mut tx = self.database.begin().await?;
        let noted = beat(&mut tx, organization, message, self.clock.now()).await?;
        if noted == Noted::Gone {
            return Ok(noted);
        }
        write_call(&mut tx, message, number, took).await?;
        let sql = "UPDATE messages SET answer = $2, steps = $3 WHERE id = $1 AND deleted_at IS NULL";
        tx.execute(sql, args![message, answer, steps.to_string()]).await?;
        self.fail_points.pass("call.noted");
        tx.commit().await?;
        Ok(noted)
    }

    /// Says that the process which makes the answer is alive.
    pub async fn beat_message(&self, organization: OrganizationId, message: MessageId) -> Result<Noted, StoreError> {
        let mut tx = self.database.begin().await?;
        let noted = beat(&mut tx, organization, message, self.clock.now()).await?;
        tx.commit().await?;
        Ok(noted)
    }

    /// Asks the message that is being answered to end. Where none is, nothing is to be done.
    pub async fn stop_message(
        &self,
        organization: OrganizationId,
        asker: Asker,
        conversation: ConversationId,
    ) -> Result<(), StoreError> {
        self.get_conversation(organization, asker, conversation).await?;
        let sql =
            "UPDATE messages SET stop_asked = 1 WHERE organization_id = $1 AND conversation_id = $2 AND ended_at IS NULL";
        self.database.execute(sql, args![organization, conversation]).await?;
        Ok(())
    }
}

/// What a call took, in place of what was noted of it before.
pub(crate) async fn write_call(tx: &mut Tx, message: MessageId, number: i64, took: CallTokens) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO message_calls (message_id, number, prompt_tokens, completion_tokens, is_told)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (message_id, number) DO UPDATE SET
         prompt_tokens = excluded.prompt_tokens, completion_tokens = excluded.completion_tokens, is_told = excluded.is_told",
        args![message, number, took.prompt.max(0), took.completion.max(0), took.is_told],
    )
    .await?;
    Ok(())
}

async fn beat(
    tx: &mut Tx,
    organization: OrganizationId,
    message: MessageId,
    now: creel_types::Time,
) -> Result<Noted, StoreError> {
    let sql = "UPDATE messages SET beat_at = $3 WHERE organization_id = $1 AND id = $2 AND ended_at IS NULL";
    if tx.execute(sql, args![organization, message, now]).await? == 0 {
        return Ok(Noted::Gone);
    }
    let row = tx.row("SELECT stop_asked FROM messages WHERE id = $1", args![message]).await?;
    let stop_asked = row.map_or(Ok(false), |row| row.flag("stop_asked"))?;
    Ok(if stop_asked { Noted::StopAsked } else { Noted::GoesOn })
}

/// The hold of a message, which never changes; read before the organization is locked.
pub(crate) async fn hold_of(
    tx: &mut Tx,
    organization: OrganizationId,
    message: MessageId,
) -> Result<Option<creel_types::HoldId>, StoreError> {
    let sql = "SELECT hold_id FROM messages WHERE organization_id = $1 AND id = $2";
    tx.row(sql, args![organization, message]).await?.map(|row| row.parsed("hold_id")).transpose()
}

/// A message that goes on, under lock.
pub(crate) async fn lock_message(
    tx: &mut Tx,
    organization: OrganizationId,
    message: MessageId,
) -> Result<Option<Row>, StoreError> {
    let sql =
        format!("SELECT * FROM messages WHERE organization_id = $1 AND id = $2 AND ended_at IS NULL{}", tx.lock("messages"));
    tx.row(&sql, args![organization, message]).await
}

/// What all calls of a message took.
pub(crate) async fn tokens_of(tx: &mut Tx, message: MessageId) -> Result<CallTokens, StoreError> {
    let sql = "SELECT CAST(COALESCE(SUM(prompt_tokens), 0) AS BIGINT) AS prompt,
        CAST(COALESCE(SUM(completion_tokens), 0) AS BIGINT) AS completion,
        CAST(COALESCE(MIN(is_told), 0) AS BIGINT) AS is_told FROM message_calls WHERE message_id = $1";
    let row = tx.row(sql, args![message]).await?.ok_or_else(|| StoreError::corrupt("message_calls", "no sum"))?;
    Ok(CallTokens { prompt: row.int("prompt")?, completion: row.int("completion")?, is_told: row.flag("is_told")? })
}
