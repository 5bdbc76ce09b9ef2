//! The inbox of Stripe's events: each is kept once, whichever way and however often it comes, and says whom to look at. What
//! stands in it beyond that is not read, since it was true when it was made and may not be now.

use creel_types::{Time, time::DAY_MS};

use super::customers;
use crate::{
    Store, StoreError, args,
    database::{Row, Tx},
    reconcile::Pass,
    retry,
};

/// How long an event is remembered: longer than Stripe's own list reaches back.
pub const EVENTS_KEPT_MS: i64 = 45 * DAY_MS;
/// Rows that one sweep takes.
const SWEPT_ROWS_MAX: i64 = 10_000;
/// Events that one pass takes.
pub const EVENTS_MAX: i64 = 100;
/// The first wait after a failure; each further one is twice as long.
const WAIT_MS: i64 = 2_000;
const WAIT_MS_MAX: i64 = 10 * 60_000;

/// What is kept of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripeEvent {
    pub id: String,
    pub kind: String,
    pub created_at: Time,
    /// Whom it names, where it does.
    pub customer: Option<String>,
    /// What leads to the customer of a refund or a dispute.
    pub payment_intent: Option<String>,
    pub charge: Option<String>,
}

/// An event that nobody has dealt with yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxEvent {
    pub event: StripeEvent,
    pub attempts: i64,
}

impl Store {
    /// Keeps those that are new; how many were.
    pub async fn keep_stripe_events(&self, events: &[StripeEvent]) -> Result<u64, StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let mut new = 0;
        for event in events {
            new += keep(&mut tx, event, now).await?;
        }
        self.fail_points.pass("stripe.event_kept");
        tx.commit().await?;
        Ok(new)
    }

    /// Those that wait, oldest first.
    pub async fn list_stripe_inbox(&self) -> Result<Vec<InboxEvent>, StoreError> {
        let sql = "SELECT * FROM stripe_events WHERE done_at IS NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2";
        self.database.rows(sql, args![self.clock.now(), EVENTS_MAX]).await?.iter().map(inbox_event).collect()
    }

    /// The event is dealt with: whoever it is about is looked at soon. Twice changes nothing.
    pub async fn finish_stripe_event(&self, id: &str, customer: Option<&str>, outcome: &str) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        if let Some(customer) = customer {
            customers::nudge(&mut tx, customer, now).await?;
        }
        self.fail_points.pass("stripe.customer_nudged");
        let sql = "UPDATE stripe_events SET done_at = $2, outcome = $3, last_error = NULL WHERE id = $1 AND done_at IS NULL";
        tx.execute(sql, args![id, now, outcome]).await?;
        tx.commit().await
    }

    /// It could not be found out whom the event is about; it is tried again.
    pub async fn put_off_stripe_event(&self, event: &InboxEvent, error: &str) -> Result<(), StoreError> {
        let wait = retry::doubled_ms(WAIT_MS, event.attempts + 1, WAIT_MS_MAX);
        let sql = "UPDATE stripe_events SET attempts = attempts + 1, due_at = $2, last_error = $3 WHERE id = $1 AND done_at IS NULL";
        let args = args![event.event.id.as_str(), self.clock.now().plus_ms(wait), retry::shortened(error)];
        self.database.execute(sql, args).await?;
        Ok(())
    }

    /// How far the list of events was read; `None` before the first time.
    pub async fn stripe_events_read_to(&self) -> Result<Option<Time>, StoreError> {
        let row = self.database.row("SELECT read_to FROM stripe_poll WHERE one = 1", args![]).await?;
        row.map(|row| row.time("read_to")).transpose()
    }

    /// Notes that the list was read, never further back than it was.
    pub async fn note_stripe_events_read(&self, read_to: Time) -> Result<(), StoreError> {
        let sql = "INSERT INTO stripe_poll (one, read_to, polled_at) VALUES (1, $1, $2) ON CONFLICT (one) DO UPDATE SET
                   read_to = CASE WHEN excluded.read_to > stripe_poll.read_to THEN excluded.read_to ELSE stripe_poll.read_to END,
                   polled_at = excluded.polled_at";
        self.database.execute(sql, args![read_to, self.clock.now()]).await?;
        Ok(())
    }

    /// Forgets events that were dealt with long ago.
    pub async fn sweep_stripe_events(&self) -> Result<Pass, StoreError> {
        let sql = "DELETE FROM stripe_events WHERE id IN (SELECT id FROM stripe_events WHERE done_at <= $1 LIMIT $2)";
        let args = args![self.clock.now().plus_ms(-EVENTS_KEPT_MS), SWEPT_ROWS_MAX];
        let changed = self.database.execute(sql, args).await?;
        Ok(Pass { changed, more: changed >= SWEPT_ROWS_MAX.unsigned_abs(), next_at: None })
    }
}

async fn keep(tx: &mut Tx, event: &StripeEvent, now: Time) -> Result<u64, StoreError> {
    tx.execute(
        "INSERT INTO stripe_events (id, kind, created_at, received_at, customer, payment_intent, charge, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $4) ON CONFLICT DO NOTHING",
        args![
            event.id.as_str(),
            event.kind.as_str(),
            event.created_at,
            now,
            event.customer.as_deref(),
            event.payment_intent.as_deref(),
            event.charge.as_deref()
        ],
    )
    .await
}

fn inbox_event(row: &Row) -> Result<InboxEvent, StoreError> {
    Ok(InboxEvent {
        event: StripeEvent {
            id: row.text("id")?,
            kind: row.text("kind")?,
            created_at: row.time("created_at")?,
            customer: row.opt_text("customer")?,
            payment_intent: row.opt_text("payment_intent")?,
            charge: row.opt_text("charge")?,
        },
        attempts: row.int("attempts")?,
    })
}
