//! What was sent where and what came of it, for people; a test event for one endpoint, and sending something once more.

use creel_types::{By, DeliveryId, EventId, OrganizationId, Time, WebhookId, words};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    EventKind,
    endpoints::{lock_active_webhook, place, reckon_due, webhook_in},
    event::body,
    fan_out::{DELIVERY, delivery},
};
use crate::{
    Store, StoreError,
    access::audit::{self, AuditAction, Deed, TargetKind},
    args,
    database::{Given, Row, Tx},
    outbox::{self, Message, MessageKind, outbox_row},
    robots::LIST_ROWS_MAX,
};

/// Attempts of one delivery that are shown: the newest.
pub const ATTEMPTS_SHOWN_MAX: i64 = 100;

words! {
    DeliveryStatus {
        /// It is sent, or will be.
        Pending = "pending",
        Delivered = "delivered",
        /// It was tried often enough.
        Failed = "failed",
    }
}

/// One event on its way to one webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Delivery {
    pub id: DeliveryId,
    pub webhook_id: WebhookId,
    /// The `webhook-id` of each of its requests.
    pub event_id: EventId,
    pub event: EventKind,
    pub status: DeliveryStatus,
    pub attempts: i64,
    pub created_at: Time,
    /// Null once nothing more is tried.
    pub next_attempt_at: Option<Time>,
    /// When it was delivered or given up.
    pub ended_at: Option<Time>,
}

/// One request and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Attempt {
    pub number: i64,
    pub at: Time,
    /// Null where there was no answer, or none yet.
    pub status_code: Option<i64>,
    /// The first 4 KB of the answer's body.
    pub answer: Option<String>,
    /// Why there was no answer.
    pub error: Option<String>,
    pub duration_ms: Option<i64>,
}

/// A delivery with its body and its attempts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeliveryView {
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The body of each request, to the byte.
    pub request_body: String,
    /// The newest 100, oldest first.
    pub attempt_log: Vec<Attempt>,
}

/// Which deliveries; what is not given bounds nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeliveryFilter {
    pub status: Option<DeliveryStatus>,
    pub event: Option<EventKind>,
}

impl Store {
    /// Newest first.
    pub async fn list_webhook_deliveries(
        &self,
        organization: OrganizationId,
        webhook: WebhookId,
        filter: DeliveryFilter,
        before: Option<DeliveryId>,
        limit: i64,
    ) -> Result<Vec<Delivery>, StoreError> {
        let mut tx = self.database.begin_read().await?;
        webhook_in(&mut tx, organization, webhook).await?;
        let rows = tx
            .rows(
                "SELECT * FROM webhook_deliveries WHERE organization_id = $1 AND webhook_id = $2
                 AND ($3 IS NULL OR status = $3) AND ($4 IS NULL OR event = $4) AND ($5 IS NULL OR id < $5)
                 ORDER BY id DESC LIMIT $6",
                args![
                    organization,
                    webhook,
                    filter.status.map(DeliveryStatus::as_str),
                    filter.event.map(EventKind::as_str),
                    before,
                    limit.clamp(1, LIST_ROWS_MAX)
                ],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// One delivery with what was sent and what was answered.
    pub async fn get_webhook_delivery(
        &self,
        organization: OrganizationId,
        webhook: WebhookId,
        id: DeliveryId,
    ) -> Result<DeliveryView, StoreError> {
        let mut tx = self.database.begin_read().await?;
        webhook_in(&mut tx, organization, webhook).await?;
        let delivery = delivery_in(&mut tx, organization, webhook, id).await?;
        let event = tx.row("SELECT * FROM outbox WHERE id = $1", args![delivery.event_id]).await?;
        let request_body = match event {
            Some(row) => body(organization, &outbox_row(&row)?),
            None => String::new(),
        };
        let sql = "SELECT * FROM webhook_attempts WHERE organization_id = $1 AND delivery_id = $2
                   ORDER BY number DESC LIMIT $3";
        let rows = tx.rows(sql, args![organization, id, ATTEMPTS_SHOWN_MAX]).await?;
        let attempt_log = rows.iter().rev().map(attempt).collect::<Result<_, _>>()?;
        Ok(DeliveryView { delivery, request_body, attempt_log })
    }

    /// Sends it once more, at once, with all its tries before it again: the same event under the same id.
    pub async fn replay_webhook_delivery(
        &self,
        organization: OrganizationId,
        webhook: WebhookId,
        id: DeliveryId,
        by: &By,
    ) -> Result<Delivery, StoreError> {
        let mut tx = self.database.begin().await?;
        let endpoint = lock_active_webhook(&mut tx, organization, webhook, by).await?;
        let now = self.clock.now();
        let delivery = delivery_in(&mut tx, organization, webhook, id).await?;
        tx.execute(
            "UPDATE webhook_deliveries SET status = 'pending', tries = 0, not_before = $2, ended_at = NULL WHERE id = $1",
            args![id, now],
        )
        .await?;
        reckon_due(&mut tx, webhook).await?;
        let details = json!({"delivery_id": id, "event": delivery.event});
        let deed = Deed::new(AuditAction::WebhookReplayed, TargetKind::Webhook, webhook, place(&endpoint.url)).with(details);
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        let delivery = delivery_in(&mut tx, organization, webhook, id).await?;
        tx.commit().await?;
        Ok(delivery)
    }

    /// Sends a test event to this endpoint alone.
    pub async fn test_webhook(
        &self,
        organization: OrganizationId,
        webhook: WebhookId,
        by: &By,
    ) -> Result<Delivery, StoreError> {
        let mut tx = self.database.begin().await?;
        let endpoint = lock_active_webhook(&mut tx, organization, webhook, by).await?;
        let now = self.clock.now();
        let (event, id): (EventId, DeliveryId) = (self.random.id(now), self.random.id(now));
        let payload = json!({"webhook_id": webhook, "message": "Somebody asked Creel for this test."});
        let message = Message { organization, kind: MessageKind::WebhookTest, payload };
        outbox::insert_fanned_out(&mut tx, event, now, message).await?;
        let sql = "UPDATE webhooks SET last_position = last_position + 1,
                   last_due_at = CASE WHEN last_due_at > $2 THEN last_due_at ELSE $2 END WHERE id = $1
                   RETURNING last_position, last_due_at";
        let row = tx.row(sql, args![webhook, now]).await?.ok_or_else(|| missing(id))?;
        let (position, due) = (row.int("last_position")?, row.time("last_due_at")?);
        let mut given = Given::new(DELIVERY);
        given.push(delivery(id, organization, webhook, event, EventKind::WebhookTest, position, due, now));
        tx.insert_given("webhook_deliveries", given, "").await?;
        reckon_due(&mut tx, webhook).await?;
        let deed = Deed::new(AuditAction::WebhookTested, TargetKind::Webhook, webhook, place(&endpoint.url));
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        let made = delivery_in(&mut tx, organization, webhook, id).await?;
        tx.commit().await?;
        Ok(made)
    }
}

async fn delivery_in(
    tx: &mut Tx,
    organization: OrganizationId,
    webhook: WebhookId,
    id: DeliveryId,
) -> Result<Delivery, StoreError> {
    let sql = "SELECT * FROM webhook_deliveries WHERE organization_id = $1 AND webhook_id = $2 AND id = $3";
    read(&tx.row(sql, args![organization, webhook, id]).await?.ok_or_else(|| missing(id))?)
}

fn missing(id: DeliveryId) -> StoreError {
    StoreError::NotFound { what: "delivery", id: id.to_string() }
}

fn read(row: &Row) -> Result<Delivery, StoreError> {
    let status: DeliveryStatus = row.parsed("status")?;
    Ok(Delivery {
        id: row.parsed("id")?,
        webhook_id: row.parsed("webhook_id")?,
        event_id: row.parsed("event_id")?,
        event: row.parsed("event")?,
        status,
        attempts: row.int("attempts")?,
        created_at: row.time("created_at")?,
        next_attempt_at: if status == DeliveryStatus::Pending { Some(row.time("not_before")?) } else { None },
        ended_at: row.opt_time("ended_at")?,
    })
}

fn attempt(row: &Row) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        number: row.int("number")?,
        at: row.time("at")?,
        status_code: row.opt_int("status_code")?,
        answer: row.opt_text("answer")?,
        error: row.opt_text("error")?,
        duration_ms: row.opt_int("duration_ms")?,
    })
}
