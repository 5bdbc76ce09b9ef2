//! What is to be told to somebody outside, written in the transaction that it tells of, so that nothing is told that did not
//! happen and nothing that happened stays untold. Delivery is somebody else's work.

use creel_types::{EventId, OrganizationId, Time, words};
use serde::Serialize;
use serde_json::Value as Json;

use crate::{
    Store, StoreError, args,
    database::{Given, Kind, Row, Tx},
    robots::LIST_ROWS_MAX,
};

words! {
    /// The names under which webhooks know them.
    MessageKind {
        RunCompleted = "run.completed",
        RunFailed = "run.failed",
        CreditsLow = "credits.low",
        CreditsExhausted = "credits.exhausted",
        CreditsGranted = "credits.granted",
        SchedulePaused = "schedule.paused",
        ScheduleResumed = "schedule.resumed",
        EnrichmentCompleted = "enrichment.completed",
        /// Verification found the ledger broken: an alert to whoever operates the installation.
        LedgerFrozen = "ledger.frozen",
        /// A webhook answered nothing good for so long that nothing is sent to it any more: told to people, by mail.
        WebhookDisabled = "webhook.disabled",
        /// Somebody asked for it, for one webhook.
        WebhookTest = "webhook.test",
    }
}

/// A message before it has an id.
#[derive(Debug)]
pub(crate) struct Message {
    pub organization: OrganizationId,
    pub kind: MessageKind,
    pub payload: Json,
}

/// A message as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutboxRow {
    pub id: EventId,
    pub kind: MessageKind,
    pub payload: Json,
    pub created_at: Time,
}

pub(crate) async fn insert(tx: &mut Tx, store: &Store, now: Time, messages: Vec<Message>) -> Result<(), StoreError> {
    // Ids of one millisecond have no order of their own; events of one transaction have the one in which they happened.
    let mut ids: Vec<EventId> = messages.iter().map(|_| store.random.id(now)).collect();
    ids.sort_unstable();
    write(tx, now, ids.into_iter().zip(messages), false).await
}

/// A message that is not for everybody who listens: the caller gives it to whom it is for.
pub(crate) async fn insert_fanned_out(tx: &mut Tx, id: EventId, now: Time, message: Message) -> Result<(), StoreError> {
    write(tx, now, std::iter::once((id, message)), true).await
}

async fn write(
    tx: &mut Tx,
    now: Time,
    messages: impl Iterator<Item = (EventId, Message)>,
    is_fanned_out: bool,
) -> Result<(), StoreError> {
    let mut given = Given::new(&[
        ("id", Kind::Text),
        ("organization_id", Kind::Text),
        ("kind", Kind::Text),
        ("payload", Kind::Text),
        ("created_at", Kind::Int),
        ("fanned_out", Kind::Int),
    ]);
    let fanned_out = i64::from(is_fanned_out);
    for (id, message) in messages {
        given.push(args![id, message.organization, message.kind.as_str(), message.payload.to_string(), now, fanned_out]);
    }
    tx.insert_given("outbox", given, "").await?;
    Ok(())
}

impl Store {
    /// Oldest first, after the given one.
    pub async fn list_outbox(
        &self,
        organization: OrganizationId,
        after: Option<EventId>,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let rows = self
            .database
            .rows(
                "SELECT * FROM outbox WHERE organization_id = $1 AND ($2 IS NULL OR id > $2) ORDER BY id LIMIT $3",
                args![organization, after, LIST_ROWS_MAX],
            )
            .await?;
        rows.iter().map(outbox_row).collect()
    }
}

pub(crate) fn outbox_row(row: &Row) -> Result<OutboxRow, StoreError> {
    Ok(OutboxRow {
        id: row.parsed("id")?,
        kind: row.parsed("kind")?,
        payload: row.json("payload")?,
        created_at: row.time("created_at")?,
    })
}
