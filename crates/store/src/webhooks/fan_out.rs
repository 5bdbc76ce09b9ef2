//! Turns what happened into what is sent: one delivery for each endpoint that wants the event, and a mail for each member who does.
//!
//! An event is marked in the transaction that does this, so it is done exactly once, whoever crashes. Processes take turns at it: the
//! deliveries of an endpoint have the order in which its events became known, which is that of their commits.

use std::collections::BTreeMap;

use creel_types::{DeliveryId, EventId, OrganizationId, Time, WebhookId};
use uuid::Uuid;

use super::EventKind;
use crate::{
    Store, StoreError, args,
    database::{Given, Kind, Row, Turn, Tx},
    fail_points::FANNED_OUT,
    notices,
    outbox::{OutboxRow, outbox_row},
};

/// Events that are gone through in one transaction.
const EVENTS_MAX: usize = 200;

/// What a pass has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FannedOut {
    /// Whether more events may wait.
    pub more: bool,
    /// Mails that were written.
    pub mails: u64,
}

/// An endpoint with what new deliveries change of it.
struct Target {
    id: WebhookId,
    events: Vec<EventKind>,
    position: i64,
    last_due_at: Time,
    due_at: Option<Time>,
    is_new: bool,
}

impl Store {
    /// Goes through the oldest events that wait. Mails are written only where they can be sent.
    pub async fn fan_out_events(&self, sends_mail: bool) -> Result<FannedOut, StoreError> {
        if self.database.row("SELECT 1 AS one FROM outbox WHERE fanned_out = 0 LIMIT 1", args![]).await?.is_none() {
            return Ok(FannedOut::default());
        }
        let mut tx = self.database.begin().await?;
        tx.take_turn(Turn::FanningOut).await?;
        let now = self.clock.now();
        let limit = i64::try_from(EVENTS_MAX).unwrap_or(i64::MAX);
        let sql = "SELECT * FROM outbox WHERE fanned_out = 0 ORDER BY created_at, id LIMIT $1";
        let rows = tx.rows(sql, args![limit]).await?;
        let events = rows.iter().map(told).collect::<Result<Vec<_>, _>>()?;
        let mut targets = lock_targets(&mut tx, &events).await?;
        let deliveries = self.deliveries(&events, &mut targets, now);
        tx.insert_given("webhook_deliveries", deliveries, "ON CONFLICT DO NOTHING").await?;
        save_targets(&mut tx, &targets).await?;
        let mut mails = 0;
        for (organization, event) in events.iter().filter(|_| sends_mail) {
            mails += notices::write(&mut tx, self, *organization, event, now).await?;
        }
        let mut done = Given::new(&[("id", Kind::Text)]);
        events.iter().for_each(|(_, event)| done.push(args![event.id]));
        tx.execute_given(done, "UPDATE outbox SET fanned_out = 1 WHERE id IN (SELECT id FROM given)").await?;
        self.fail_points.pass(FANNED_OUT);
        tx.commit().await?;
        Ok(FannedOut { more: events.len() == EVENTS_MAX, mails })
    }

    fn deliveries(&self, events: &[(OrganizationId, OutboxRow)], targets: &mut Targets, now: Time) -> Given {
        let mut rows = Vec::new();
        for (organization, event) in events {
            let Some(kind) = EventKind::parse(event.kind.as_str()) else { continue };
            for target in targets.get_mut(organization).into_iter().flatten() {
                if !target.events.is_empty() && !target.events.contains(&kind) {
                    continue;
                }
                // Never before the one ahead of it, also where this machine's clock is behind the one that wrote that.
                let due = now.max(target.last_due_at);
                target.position += 1;
                (target.last_due_at, target.is_new) = (due, true);
                target.due_at = Some(target.due_at.map_or(due, |at| at.min(due)));
                rows.push((*organization, target.id, event.id, kind, target.position, due));
            }
        }
        // Lists go by ids, of which those of one millisecond have no order of their own.
        let mut ids: Vec<DeliveryId> = rows.iter().map(|_| self.random.id(now)).collect();
        ids.sort_unstable();
        let mut given = Given::new(DELIVERY);
        for (id, (organization, webhook, event, kind, position, due)) in ids.into_iter().zip(rows) {
            given.push(delivery(id, organization, webhook, event, kind, position, due, now));
        }
        given
    }
}

type Targets = BTreeMap<OrganizationId, Vec<Target>>;

pub(super) const DELIVERY: &[(&str, Kind)] = &[
    ("id", Kind::Text),
    ("organization_id", Kind::Text),
    ("webhook_id", Kind::Text),
    ("event_id", Kind::Text),
    ("event", Kind::Text),
    ("position", Kind::Int),
    ("status", Kind::Text),
    ("not_before", Kind::Int),
    ("created_at", Kind::Int),
];

#[expect(clippy::too_many_arguments, reason = "one for each column")]
pub(super) fn delivery(
    id: DeliveryId,
    organization: OrganizationId,
    webhook: WebhookId,
    event: EventId,
    kind: EventKind,
    position: i64,
    due: Time,
    now: Time,
) -> Vec<crate::database::Value> {
    args![id, organization, webhook, event, kind.as_str(), position, "pending", due, now]
}

fn told(row: &Row) -> Result<(OrganizationId, OutboxRow), StoreError> {
    Ok((row.parsed("organization_id")?, outbox_row(row)?))
}

/// The endpoints of these events' organizations to which something may be sent, locked.
async fn lock_targets(tx: &mut Tx, events: &[(OrganizationId, OutboxRow)]) -> Result<Targets, StoreError> {
    let mut organizations: Vec<OrganizationId> = events.iter().map(|(organization, _)| *organization).collect();
    organizations.sort_unstable();
    organizations.dedup();
    let mut targets = Targets::new();
    for organization in organizations {
        let sql = format!(
            "SELECT id, events, last_position, last_due_at, due_at FROM webhooks
             WHERE organization_id = $1 AND deleted_at IS NULL AND status = 'active' ORDER BY id{}",
            tx.lock("webhooks")
        );
        let rows = tx.rows(&sql, args![organization]).await?;
        targets.insert(organization, rows.iter().map(target).collect::<Result<_, _>>()?);
    }
    Ok(targets)
}

fn target(row: &Row) -> Result<Target, StoreError> {
    Ok(Target {
        id: row.parsed("id")?,
        events: row.json("events")?,
        position: row.int("last_position")?,
        last_due_at: row.time("last_due_at")?,
        due_at: row.opt_time("due_at")?,
        is_new: false,
    })
}

async fn save_targets(tx: &mut Tx, targets: &Targets) -> Result<(), StoreError> {
    let mut given =
        Given::new(&[("id", Kind::Text), ("last_position", Kind::Int), ("last_due_at", Kind::Int), ("due_at", Kind::Int)]);
    for target in targets.values().flatten().filter(|target| target.is_new) {
        let id: Uuid = target.id.0;
        given.push(args![id, target.position, target.last_due_at, target.due_at]);
    }
    let sql = "UPDATE webhooks SET last_position = given.last_position, last_due_at = given.last_due_at,
               due_at = given.due_at FROM given WHERE webhooks.id = given.id";
    tx.execute_given(given, sql).await.map(|_| ())
}
