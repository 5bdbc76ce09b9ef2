//! Reconcilers: tasks that recur without input, may run in several processes at once and be killed anywhere, and change nothing
//! where nothing is left to do. Each lives with what it puts right; here stand their names, how they fare, and what waits for
//! them.

mod backlog;
mod record;
mod stuck_runs;

use std::time::Duration;

use creel_types::{Time, words};

pub use backlog::{Backlog, QueueName};
pub use record::{ReconcilerRow, Tally};
pub use stuck_runs::STUCK_AFTER_MS;

words! {
    /// What recurs. The names are stable: metrics and `creel doctor` show them.
    ReconcilerName {
        /// Lots and holds that have ended leave the balance; thresholds, schedules and runs follow.
        Credits = "credits",
        /// Messages of the assistant whose process died are ended and debited.
        Messages = "messages",
        /// Every ledger is recomputed.
        Ledgers = "ledgers",
        /// Captures are listed, and can be searched in.
        Captures = "captures",
        /// Runs that live and do not get on are taken from whoever holds them.
        StuckRuns = "stuck_runs",
        /// Schedules that are due make their runs.
        Schedules = "schedules",
        /// Events become deliveries and mails, and deliveries that are due are sent.
        Webhooks = "webhooks",
        /// Mails are sent.
        Mail = "mail",
        /// Events of Stripe say whom to look at.
        StripeEvents = "stripe_events",
        /// Customers at Stripe are looked at, and what they paid for is granted.
        StripeCustomers = "stripe_customers",
        /// Stripe's list of events is read for what no webhook brought.
        StripePoll = "stripe_poll",
        /// Ended sessions, used links, old answers and the like are cleared away.
        Clearing = "clearing",
    }
}

impl ReconcilerName {
    /// How often it looks where nobody nudges it.
    #[must_use]
    pub const fn every(self) -> Duration {
        if matches!(self, ReconcilerName::Webhooks) {
            return Duration::from_millis(500);
        }
        Duration::from_secs(match self {
            // Nothing depends on its being in time: whoever debits or asks for a balance looks for itself.
            ReconcilerName::Credits => 2,
            // A fifth of the time by which full text may be behind.
            ReconcilerName::Captures | ReconcilerName::Schedules | ReconcilerName::Webhooks => 1,
            ReconcilerName::StripeEvents | ReconcilerName::StripeCustomers => 2,
            ReconcilerName::Messages => 10,
            ReconcilerName::Mail => 15,
            ReconcilerName::StripePoll => 300,
            ReconcilerName::StuckRuns => 60,
            ReconcilerName::Clearing | ReconcilerName::Ledgers => 600,
        })
    }
}

/// What a pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// Rows that it changed.
    pub changed: u64,
    /// Whether more is waiting: then it is called again at once.
    pub more: bool,
    /// When the next of it is due, where that is known.
    pub next_at: Option<Time>,
}
