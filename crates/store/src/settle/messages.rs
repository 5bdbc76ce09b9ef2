//! What a message of the assistant came to: debited once, from what was held for it, when it ends.
//!
//! The tokens are those that were noted call by call, so that whoever ends it, the process that made the answer or another one
//! after its death, debits the same.

use creel_types::{ApiKeyId, Credits, MessageEnd, MessageId, OrganizationId, Time, credits_of_tokens, metric};
use serde_json::Value as Json;

use crate::{
    Store, StoreError, args,
    conversations::{self, CallTokens, MessageView, SILENT_MS_MAX},
    database::{Row, Tx},
    ledger::{
        account::{Locked, Named, lock_account},
        consequences,
        limits::{self, LimitSubject, Limits, RunSpending},
    },
    reconcile::Pass,
};

/// Messages that one pass looks at.
const ABANDONED_MAX: i64 = 100;

/// How a message ends.
#[derive(Clone, Debug)]
pub struct EndedMessage {
    pub reason: MessageEnd,
    pub error: Option<String>,
    /// All that was said, and done for it.
    pub answer: String,
    pub steps: Json,
    /// The last call of the model by its number and what it took, should that not have been noted.
    pub last_call: Option<(i64, CallTokens)>,
}

impl Store {
    /// Ends a message and debits what it took. One that has ended stays as it is; the answer is always how it stands.
    pub async fn settle_message(
        &self,
        organization: OrganizationId,
        message: MessageId,
        ended: EndedMessage,
    ) -> Result<MessageView, StoreError> {
        let mut tx = self.database.begin().await?;
        let settled = self.settle_in(&mut tx, organization, message, Some(&ended), None).await?;
        tx.commit().await?;
        self.fail_points.pass("message.settled");
        count(settled);
        let sql = "SELECT * FROM messages WHERE organization_id = $1 AND id = $2";
        let row = self.database.row(sql, args![organization, message]).await?;
        conversations::message(&row.ok_or_else(|| StoreError::NotFound { what: "message", id: message.to_string() })?)
    }

    /// Ends messages whose process has died: what they are known to have taken is debited, the rest of their holds returns.
    pub async fn settle_abandoned_messages(&self) -> Result<Pass, StoreError> {
        let silent_since = self.clock.now().plus_ms(-SILENT_MS_MAX);
        let sql = "SELECT m.id, m.organization_id FROM messages m JOIN organizations o ON o.id = m.organization_id
            WHERE m.ended_at IS NULL AND m.beat_at <= $1 AND o.ledger_frozen_at IS NULL ORDER BY m.beat_at LIMIT $2";
        let rows = self.database.rows(sql, args![silent_since, ABANDONED_MAX]).await?;
        let mut changed = 0;
        for row in &rows {
            let (organization, id) = (row.parsed("organization_id")?, row.parsed("id")?);
            match self.settle_abandoned(organization, id, silent_since).await {
                Ok(settled) => {
                    changed += u64::from(settled.is_some());
                    count(settled);
                }
                Err(error) if error.is_transient() => return Err(error),
                // The others behind it are not kept waiting.
                Err(error) => tracing::error!(%error, message = %id, "an abandoned message cannot be settled"),
            }
        }
        Ok(Pass { changed, more: rows.len() as u64 >= ABANDONED_MAX.unsigned_abs(), next_at: None })
    }

    async fn settle_abandoned(
        &self,
        organization: OrganizationId,
        message: MessageId,
        silent_since: Time,
    ) -> Result<Option<Credits>, StoreError> {
        let mut tx = self.database.begin().await?;
        let settled = self.settle_in(&mut tx, organization, message, None, Some(silent_since)).await?;
        tx.commit().await?;
        Ok(settled)
    }

    /// Answers what was debited; nothing where it had ended, or where it was heard of after `silent_since`.
    async fn settle_in(
        &self,
        tx: &mut Tx,
        organization: OrganizationId,
        message: MessageId,
        ended: Option<&EndedMessage>,
        silent_since: Option<Time>,
    ) -> Result<Option<Credits>, StoreError> {
        let Some(hold) = conversations::hold_of(tx, organization, message).await? else { return Ok(None) };
        let mut locked = lock_account(tx, organization, Named::hold(hold)).await?;
        let Some(row) = conversations::lock_message(tx, organization, message).await? else { return Ok(None) };
        let beat_at = row.time("beat_at")?;
        if silent_since.is_some_and(|since| beat_at > since) {
            return Ok(None);
        }
        self.fail_points.pass("message.settling");
        let now = self.clock.now();
        locked.refuse_if_frozen()?;
        if let Some((number, took)) = ended.and_then(|ended| ended.last_call) {
            conversations::write_call(tx, message, number, took).await?;
        }
        let took = conversations::tokens_of(tx, message).await?;
        let tokens = took.prompt.saturating_add(took.completion);
        let description = format!("Answer of the assistant, {tokens} tokens");
        let settlement = locked.account.settle_hold(now, hold, credits_of_tokens(tokens), description)?;
        count_in_limit(tx, organization, &locked, row.opt_parsed("api_key_id")?, settlement.debited, now).await?;
        let reason = match ended {
            Some(ended) => ended.reason,
            None if row.flag("stop_asked")? => MessageEnd::StoppedByUser,
            None => MessageEnd::Interrupted,
        };
        let write = Write { message, now, took, debited: settlement.debited, shortfall: settlement.shortfall, reason };
        write.all(tx, &row, ended).await?;
        consequences::save(tx, self, &mut [&mut locked], now).await?;
        self.fail_points.pass("message.settled_written");
        Ok(Some(settlement.debited))
    }
}

fn count(settled: Option<Credits>) {
    if let Some(debited) = settled {
        metrics::counter!(metric::CREDITS_DEBITED, "action" => "assistant").increment(debited.0.unsigned_abs());
    }
}

async fn count_in_limit(
    tx: &mut Tx,
    organization: OrganizationId,
    locked: &Locked,
    key: Option<ApiKeyId>,
    debited: Credits,
    now: Time,
) -> Result<(), StoreError> {
    let Some(key) = key.filter(|_| debited > Credits::ZERO) else { return Ok(()) };
    let Some(mut limits) = Limits::load_one(tx, locked, now).await? else { return Ok(()) };
    let subjects = [(LimitSubject::ApiKey, key.to_string())];
    limits.count(&RunSpending { subjects: &subjects, spent: Credits::ZERO }, debited);
    limits::save(tx, [(&organization, &limits)]).await
}

/// What the end of a message writes.
struct Write {
    message: MessageId,
    now: Time,
    took: CallTokens,
    debited: Credits,
    shortfall: Credits,
    reason: MessageEnd,
}

impl Write {
    async fn all(&self, tx: &mut Tx, row: &Row, ended: Option<&EndedMessage>) -> Result<(), StoreError> {
        tx.execute(
            "UPDATE messages SET status = $2, end_reason = $3, prompt_tokens = $4, completion_tokens = $5, credits_spent = $6,
             shortfall = $7, debits = $8, ended_at = $9 WHERE id = $1",
            args![
                self.message,
                self.reason.status().as_str(),
                self.reason.as_str(),
                self.took.prompt,
                self.took.completion,
                self.debited,
                self.shortfall,
                self.debited > Credits::ZERO,
                self.now
            ],
        )
        .await?;
        // Of a deleted one nothing is kept that was said.
        if let Some(ended) = ended.filter(|_| row.opt_int("deleted_at").is_ok_and(|at| at.is_none())) {
            let sql = "UPDATE messages SET answer = $2, steps = $3, error_message = $4 WHERE id = $1";
            let args = args![self.message, ended.answer.as_str(), ended.steps.to_string(), ended.error.clone()];
            tx.execute(sql, args).await?;
        }
        let sql = "UPDATE conversations SET credits_spent = credits_spent + $2, updated_at = $3 WHERE id = $1";
        tx.execute(sql, args![row.text("conversation_id")?, self.debited, self.now]).await?;
        Ok(())
    }
}
