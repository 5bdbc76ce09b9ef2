//! One attempt at a time for each endpoint: taken under a lease, written down before it is made and completed after. Decides when it is
//! made again, and when an endpoint has failed for so long that nothing is sent to it any more.

use creel_types::{By, DeliveryId, EventId, OrganizationId, Time, WebhookId, time::DAY_MS, time::HOUR_MS};
use serde_json::json;
use uuid::Uuid;

use super::{
    SigningSecret,
    endpoints::{DisabledReason, place, reckon_due},
    event::body,
};
use crate::{
    Store, StoreError,
    access::audit::{self, AuditAction, Deed, TargetKind},
    args,
    database::{Row, Tx},
    outbox::{self, Message, MessageKind, outbox_row},
    retry,
};

/// Waits before the second attempt and each later one, as Standard Webhooks suggests: about three days in all.
pub const WAITS_MS: [i64; 9] =
    [5_000, 5 * 60_000, 30 * 60_000, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS, 24 * HOUR_MS];
/// A wait is longer by up to this part of itself, so that what failed together does not come back together.
const JITTER_PART: i64 = 10;
/// The longest wait that an endpoint may ask for with `Retry-After`.
pub const RETRY_AFTER_MS_MAX: i64 = HOUR_MS / 2;
/// An endpoint that has only failed for so long is disabled.
pub const FAILING_MS_MAX: i64 = 5 * DAY_MS;
/// How long whoever took an endpoint has for one request, which takes up to 17 seconds, and for writing down what came of it.
pub const LEASE_MS: i64 = 30_000;
/// Endpoints that are gone through for one with something to send.
const STALE_MAX: usize = 100;
const GONE: u16 = 410;
const INTERRUPTED: &str = "whoever sent it ended before the answer was known";

/// Which endpoints: those of which nobody knows any good may be kept from taking the place of those that answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its last attempt succeeded.
    Proven,
    /// Its last attempt failed, or it had none yet.
    Unproven,
}

/// A request to be sent, and its endpoint with it: nobody else sends there meanwhile.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub webhook: WebhookId,
    pub organization: OrganizationId,
    pub delivery: DeliveryId,
    pub event: EventId,
    pub url: String,
    pub body: String,
    /// The one in force, then the one before it while it still signs.
    pub secrets: Vec<SigningSecret>,
    pub at: Time,
    lease: Uuid,
    /// Of this attempt.
    number: i64,
    /// Attempts since the first or the last replay, with this one.
    tries: i64,
}

/// What came of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub status_code: Option<u16>,
    /// The beginning of the body.
    pub body: Option<String>,
    /// Why there was no answer.
    pub error: Option<String>,
    pub retry_after_ms: Option<i64>,
    pub duration_ms: i64,
}

impl Answer {
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status_code.is_some_and(|status| (200..300).contains(&status))
    }
}

impl Store {
    /// Takes the endpoint whose next attempt has been due for longest.
    pub async fn take_parcel(&self, standing: Standing) -> Result<Option<Parcel>, StoreError> {
        let proven = i64::from(standing == Standing::Proven);
        for _ in 0..STALE_MAX {
            let now = self.clock.now();
            let due = format!(
                "due_at <= $1 AND (lease_expires_at IS NULL OR lease_expires_at <= $1)
                 AND (CASE WHEN delivered_at IS NOT NULL AND failing_since IS NULL THEN 1 ELSE 0 END) = {proven}"
            );
            let look = format!("SELECT 1 AS one FROM webhooks WHERE {due} LIMIT 1");
            if self.database.row(&look, args![now]).await?.is_none() {
                return Ok(None);
            }
            let mut tx = self.database.begin().await?;
            let sql = format!("SELECT * FROM webhooks WHERE {due} ORDER BY due_at, id LIMIT 1{}", tx.lock_free());
            let Some(row) = tx.row(&sql, args![now]).await? else { return Ok(None) };
            let parcel = self.begin_attempt(&mut tx, &row, now).await?;
            if parcel.is_none() {
                reckon_due(&mut tx, row.parsed("id")?).await?;
            }
            tx.commit().await?;
            if parcel.is_some() {
                return Ok(parcel);
            }
        }
        Ok(None)
    }

    /// Writes down that an attempt is made; `None` where nothing is due after all.
    async fn begin_attempt(&self, tx: &mut Tx, webhook: &Row, now: Time) -> Result<Option<Parcel>, StoreError> {
        let id: WebhookId = webhook.parsed("id")?;
        let sql = "SELECT * FROM webhook_deliveries WHERE webhook_id = $1 AND status = 'pending' AND not_before <= $2
                   ORDER BY not_before, position LIMIT 1";
        let Some(row) = tx.row(sql, args![id, now]).await? else { return Ok(None) };
        let (delivery, event): (DeliveryId, EventId) = (row.parsed("id")?, row.parsed("event_id")?);
        let organization: OrganizationId = row.parsed("organization_id")?;
        let Some(event_row) = tx.row("SELECT * FROM outbox WHERE id = $1", args![event]).await? else {
            return Err(StoreError::corrupt("event_id", event));
        };
        let (number, tries) = (row.int("attempts")? + 1, row.int("tries")? + 1);
        let lease: Uuid = self.random.id(now);
        let sql = "UPDATE webhook_attempts SET error = $2 WHERE delivery_id = $1 AND duration_ms IS NULL AND error IS NULL";
        tx.execute(sql, args![delivery, INTERRUPTED]).await?;
        tx.execute("UPDATE webhook_deliveries SET attempts = $2, tries = $3 WHERE id = $1", args![delivery, number, tries])
            .await?;
        let sql = "INSERT INTO webhook_attempts (delivery_id, number, organization_id, at) VALUES ($1, $2, $3, $4)";
        tx.execute(sql, args![delivery, number, organization, now]).await?;
        let sql = "UPDATE webhooks SET leased_by = $2, lease_expires_at = $3 WHERE id = $1";
        tx.execute(sql, args![id, lease, now.plus_ms(LEASE_MS)]).await?;
        Ok(Some(Parcel {
            webhook: id,
            organization,
            delivery,
            event,
            url: webhook.text("url")?,
            body: body(organization, &outbox_row(&event_row)?),
            secrets: secrets(webhook, now)?,
            at: now,
            lease,
            number,
            tries,
        }))
    }

    /// Writes down what came of it, and when it is tried again. A lease that went to another loses its say about the endpoint; what was
    /// delivered is delivered all the same.
    pub async fn finish_parcel(&self, parcel: &Parcel, answer: &Answer) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let sql = format!("SELECT * FROM webhooks WHERE id = $1{}", tx.lock("webhooks"));
        let Some(webhook) = tx.row(&sql, args![parcel.webhook]).await? else { return Ok(()) };
        write_answer(&mut tx, parcel, answer).await?;
        let holds: Option<Uuid> = webhook.opt_parsed("leased_by")?;
        let holds = holds == Some(parcel.lease);
        if answer.is_success() {
            let sql = "UPDATE webhook_deliveries SET status = 'delivered', ended_at = $2 WHERE id = $1";
            tx.execute(sql, args![parcel.delivery, now]).await?;
            let sql = "UPDATE webhooks SET failing_since = NULL, delivered_at = $2 WHERE id = $1";
            tx.execute(sql, args![parcel.webhook, now]).await?;
        } else if holds {
            self.put_off(&mut tx, parcel, answer, now).await?;
            self.judge(&mut tx, parcel, answer, &webhook, now).await?;
        }
        if holds {
            let sql = "UPDATE webhooks SET leased_by = NULL, lease_expires_at = NULL WHERE id = $1";
            tx.execute(sql, args![parcel.webhook]).await?;
        }
        reckon_due(&mut tx, parcel.webhook).await?;
        tx.commit().await
    }

    /// Gives back what could not be sent to its end, as when the process is told to stop: it is due at once, and has lost no try.
    pub async fn return_parcel(&self, parcel: &Parcel) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let sql = "UPDATE webhook_attempts SET error = $3 WHERE delivery_id = $1 AND number = $2";
        tx.execute(sql, args![parcel.delivery, parcel.number, INTERRUPTED]).await?;
        let sql = "UPDATE webhook_deliveries SET tries = tries - 1 WHERE id = $1 AND status = 'pending' AND tries = $2";
        tx.execute(sql, args![parcel.delivery, parcel.tries]).await?;
        let sql = "UPDATE webhooks SET leased_by = NULL, lease_expires_at = NULL WHERE id = $1 AND leased_by = $2";
        tx.execute(sql, args![parcel.webhook, parcel.lease]).await?;
        tx.commit().await
    }

    /// When it is tried again; never, where it was tried often enough or the endpoint is gone.
    async fn put_off(&self, tx: &mut Tx, parcel: &Parcel, answer: &Answer, now: Time) -> Result<(), StoreError> {
        let wait = wait_ms(parcel.tries, answer.retry_after_ms).filter(|_| answer.status_code != Some(GONE));
        let jitter = wait.map_or(0, |wait| self.random.below(u64::try_from(wait / JITTER_PART).unwrap_or(0)));
        let again = wait.map(|wait| now.plus_ms(wait).plus_ms(i64::try_from(jitter).unwrap_or(0)));
        // Tries that changed meanwhile were set back by a replay: that one's time holds.
        tx.execute(
            "UPDATE webhook_deliveries SET status = CASE WHEN $3 IS NULL THEN 'failed' ELSE status END,
             not_before = COALESCE($3, not_before), ended_at = CASE WHEN $3 IS NULL THEN $4 END
             WHERE id = $1 AND tries = $2 AND status = 'pending'",
            args![parcel.delivery, parcel.tries, again, now],
        )
        .await
        .map(|_| ())
    }

    /// Whether anything more is sent to an endpoint that failed.
    async fn judge(
        &self,
        tx: &mut Tx,
        parcel: &Parcel,
        answer: &Answer,
        webhook: &Row,
        now: Time,
    ) -> Result<(), StoreError> {
        let since = webhook.opt_time("failing_since")?.unwrap_or(now);
        tx.execute("UPDATE webhooks SET failing_since = $2 WHERE id = $1", args![parcel.webhook, since]).await?;
        let reason = match answer.status_code {
            Some(GONE) => DisabledReason::Gone,
            _ if now.ms_since(since) >= FAILING_MS_MAX => DisabledReason::Failing,
            _ => return Ok(()),
        };
        let sql = "UPDATE webhooks SET status = 'disabled', disabled_reason = $2 WHERE id = $1 AND status = 'active'
                   AND deleted_at IS NULL";
        if tx.execute(sql, args![parcel.webhook, reason.as_str()]).await? == 0 {
            return Ok(());
        }
        let place = place(&webhook.text("url")?);
        let details = json!({"reason": reason, "failing_since": since});
        let deed =
            Deed::new(AuditAction::WebhookDisabled, TargetKind::Webhook, parcel.webhook, place.as_str()).with(details);
        audit::write(tx, self, parcel.organization, now, &By::system(), deed).await?;
        let payload = json!({"webhook_id": parcel.webhook, "place": place, "reason": reason, "failing_since": since});
        let told = Message { organization: parcel.organization, kind: MessageKind::WebhookDisabled, payload };
        outbox::insert(tx, self, now, vec![told]).await
    }
}

async fn write_answer(tx: &mut Tx, parcel: &Parcel, answer: &Answer) -> Result<(), StoreError> {
    let error = answer.error.as_deref().map(retry::shortened);
    tx.execute(
        "UPDATE webhook_attempts SET status_code = $3, answer = $4, error = $5, duration_ms = $6
         WHERE delivery_id = $1 AND number = $2",
        args![
            parcel.delivery,
            parcel.number,
            answer.status_code.map(i64::from),
            answer.body.clone(),
            error,
            answer.duration_ms
        ],
    )
    .await
    .map(|_| ())
}

fn secrets(webhook: &Row, now: Time) -> Result<Vec<SigningSecret>, StoreError> {
    let mut secrets = vec![webhook.text("secret")?];
    if webhook.opt_time("previous_valid_until")?.is_some_and(|until| until > now) {
        secrets.extend(webhook.opt_text("previous_secret")?);
    }
    Ok(secrets.into_iter().map(SigningSecret::stored).collect())
}

/// How long until the next attempt after so many; `None` after the last.
fn wait_ms(tries: i64, retry_after_ms: Option<i64>) -> Option<i64> {
    let wait = WAITS_MS.get(usize::try_from(tries - 1).ok()?)?;
    Some(retry_after_ms.unwrap_or(0).min(RETRY_AFTER_MS_MAX).max(*wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_end_and_may_be_asked_to_be_longer() {
        let cases = [
            (1, None, Some(5_000)),
            (2, None, Some(300_000)),
            (9, None, Some(DAY_MS)),
            (10, None, None),
            (10, Some(60_000), None),
            (1, Some(1_000), Some(5_000)),
            (1, Some(60_000), Some(60_000)),
            (1, Some(30 * DAY_MS), Some(RETRY_AFTER_MS_MAX)),
        ];
        for (tries, asked, expected) in cases {
            assert_eq!(wait_ms(tries, asked), expected, "{tries} {asked:?}");
        }
    }
}
