//! What waits, and since when: a queue that grows older shows that something does not keep up, whatever it says of itself.

use creel_types::{Time, words};
use serde::Serialize;

use super::stuck_runs::{STUCK, STUCK_AFTER_MS};
use crate::{
    Concurrency, Store, StoreError, args,
    conversations::SILENT_MS_MAX,
    database::Value,
    ledger::verify::{CHECK_EVERY_MS, LEDGER_DUE},
    listing::NOT_LISTED,
    turns::claimable,
};

/// Things that are counted one by one; beyond, there are "at least so many".
const COUNTED_MAX: i64 = 10_000;

words! {
    /// What may wait. The names are stable: metrics and `creel doctor` show them.
    QueueName {
        /// Lots and holds that have ended and still stand in the balance.
        CreditsEnded = "credits_ended",
        /// Captures that are stored and cannot be searched in yet.
        CapturesUnlisted = "captures_unlisted",
        /// Runs whose turn it is and that nobody has taken yet.
        RunsPending = "runs_pending",
        /// Runs that live and do not get on.
        RunsStuck = "runs_stuck",
        /// Messages of the assistant whose process died.
        MessagesAbandoned = "messages_abandoned",
        BuildsPending = "builds_pending",
        MailsDue = "mails_due",
        /// Schedules whose tick is due.
        SchedulesDue = "schedules_due",
        /// Events that are not deliveries yet.
        EventsWaiting = "events_waiting",
        /// Webhooks whose next delivery is due.
        WebhooksDue = "webhooks_due",
        /// Events of Stripe of which nobody knows yet whom they are about.
        StripeEventsWaiting = "stripe_events_waiting",
        /// Customers at Stripe who are to be looked at.
        StripeCustomersDue = "stripe_customers_due",
        /// Organizations whose ledger was not recomputed for a day.
        LedgersUnchecked = "ledgers_unchecked",
    }
}

/// One queue at one instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Backlog {
    pub queue: QueueName,
    /// At most 10,000 are counted.
    pub waiting: i64,
    /// Since when the first of them waits.
    pub oldest_at: Option<Time>,
}

impl Store {
    /// Every queue, as it is now.
    pub async fn backlogs(&self) -> Result<Vec<Backlog>, StoreError> {
        let now = self.clock.now();
        let mut backlogs = Vec::new();
        for queue in QueueName::ALL {
            let (sql, args) = waiting_since(*queue, self.concurrency, now);
            let bound = args.len() + 1;
            let sql = format!("SELECT COUNT(*) AS waiting, MIN(since) AS oldest_at FROM ({sql} LIMIT ${bound}) waiting");
            let args: Vec<Value> = args.into_iter().chain([COUNTED_MAX.into()]).collect();
            let row = self.database.row(&sql, args).await?;
            let row = row.ok_or_else(|| StoreError::Corrupt("a count without a row".to_owned()))?;
            let (waiting, oldest_at) = (row.int("waiting")?, row.opt_time("oldest_at")?);
            backlogs.push(Backlog { queue: *queue, waiting, oldest_at });
        }
        Ok(backlogs)
    }
}

/// The rows that wait, each with since when.
fn waiting_since(queue: QueueName, concurrency: Concurrency, now: Time) -> (String, Vec<Value>) {
    let text = |text: &str| text.to_owned();
    match queue {
        QueueName::CreditsEnded => (
            text(
                "SELECT expires_at AS since FROM lots WHERE remaining > 0 AND expires_at <= $1
                 UNION ALL SELECT ends_at AS since FROM holds WHERE state = 'open' AND ends_at <= $1",
            ),
            args![now],
        ),
        QueueName::CapturesUnlisted => (
            format!(
                "SELECT c.extracted_at AS since FROM organizations o
                 LEFT JOIN listing_progress p ON p.organization_id = o.id
                 JOIN captures c ON c.organization_id = o.id AND c.extracted_at >= COALESCE(p.through_at, $1)
                 WHERE {NOT_LISTED}"
            ),
            args![i64::MIN + 1],
        ),
        QueueName::RunsPending => {
            let claimable = claimable(concurrency, "");
            (format!("SELECT waits_since AS since FROM ({claimable}) claimable WHERE leased_by IS NULL"), args![now])
        }
        QueueName::RunsStuck => {
            (format!("SELECT r.claimed_at AS since FROM runs r WHERE {STUCK}"), args![now.plus_ms(-STUCK_AFTER_MS)])
        }
        QueueName::MessagesAbandoned => (
            text("SELECT beat_at AS since FROM messages WHERE ended_at IS NULL AND beat_at <= $1"),
            args![now.plus_ms(-SILENT_MS_MAX)],
        ),
        QueueName::BuildsPending => {
            (text("SELECT created_at AS since FROM robot_builds WHERE ended_at IS NULL AND leased_by IS NULL"), args![])
        }
        QueueName::LedgersUnchecked => (
            format!("SELECT COALESCE(ledger_checked_at, created_at) AS since FROM organizations WHERE {LEDGER_DUE}"),
            args![now.plus_ms(-CHECK_EVERY_MS)],
        ),
        QueueName::SchedulesDue => {
            (text("SELECT next_run_at AS since FROM schedules WHERE status = 'active' AND next_run_at <= $1"), args![now])
        }
        QueueName::StripeEventsWaiting => {
            (text("SELECT received_at AS since FROM stripe_events WHERE done_at IS NULL"), args![])
        }
        QueueName::StripeCustomersDue => {
            (text("SELECT due_at AS since FROM stripe_customers WHERE deleted_at IS NULL AND due_at <= $1"), args![now])
        }
        QueueName::EventsWaiting => (text("SELECT created_at AS since FROM outbox WHERE fanned_out = 0"), args![]),
        QueueName::WebhooksDue => (text("SELECT due_at AS since FROM webhooks WHERE due_at <= $1"), args![now]),
        QueueName::MailsDue => {
            (text("SELECT not_before AS since FROM mails WHERE state = 'queued' AND not_before <= $1"), args![now])
        }
    }
}
