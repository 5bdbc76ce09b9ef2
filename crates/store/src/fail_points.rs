//! Named places on the path of a page, or of a schedule's tick, at which a test may make the process die or the disk fail. Nothing stands there
//! otherwise: a store that is opened the ordinary way has none.

use std::{fmt, sync::Arc};

/// Every place that a page passes, in order. A test goes through all of them; one that is passed and not named
/// here, or named and never passed, fails it.
pub const PLACES: [&str; 21] = [
    "walk.leased",
    "walk.fetched",
    "walk.read",
    "walk.links_queued",
    "settle.drained",
    "settle.begun",
    "settle.organizations_locked",
    "settle.runs_locked",
    "settle.loaded",
    "settle.decided",
    "settle.captures_written",
    "settle.pages_finished",
    "settle.runs_counted",
    "account.lots_saved",
    "account.entries_saved",
    "account.organizations_saved",
    "account.consequences_written",
    "settle.written",
    "settle.committed",
    "settle.answered",
    "walk.settled",
];

/// Before the commit that turns events into deliveries and mails.
pub const FANNED_OUT: &str = "webhooks.fanned_out";

/// Every place that a schedule's tick passes, in order.
pub const PLACES_OF_A_TICK: [&str; 4] = ["due.locked", "due.run_inserted", "due.written", "due.committed"];

/// Every place that a batch of items passes, in order.
pub const PLACES_OF_ITEMS: [&str; 9] = [
    "items.begun",
    "items.locked",
    "items.decided",
    "account.lots_saved",
    "account.entries_saved",
    "account.organizations_saved",
    "account.consequences_written",
    "items.written",
    "items.committed",
];

/// Every place that a message of the assistant with two calls of the model passes, in order.
pub const PLACES_OF_A_MESSAGE: [&str; 22] = [
    "message.begun",
    "message.held",
    "account.lots_saved",
    "account.entries_saved",
    "account.organizations_saved",
    "account.consequences_written",
    "message.written",
    "message.committed",
    "call.noted",
    "account.lots_saved",
    "account.entries_saved",
    "account.organizations_saved",
    "account.consequences_written",
    "call.held",
    "call.noted",
    "message.settling",
    "account.lots_saved",
    "account.entries_saved",
    "account.organizations_saved",
    "account.consequences_written",
    "message.settled_written",
    "message.settled",
];

/// Every place that an event of Stripe passes until what was paid is granted, in order.
pub const PLACES_OF_AN_EVENT: [&str; 9] = [
    "stripe.event_kept",
    "stripe.customer_nudged",
    "stripe.asked",
    "stripe.grants_written",
    "account.lots_saved",
    "account.entries_saved",
    "account.organizations_saved",
    "account.consequences_written",
    "stripe.committed",
];

type Reached = dyn Fn(&'static str) + Send + Sync;

#[derive(Clone, Default)]
pub struct FailPoints(Option<Arc<Reached>>);

impl FailPoints {
    /// Calls `reached` with the name of each place that is passed.
    pub fn new(reached: impl Fn(&'static str) + Send + Sync + 'static) -> FailPoints {
        FailPoints(Some(Arc::new(reached)))
    }

    pub fn pass(&self, place: &'static str) {
        if let Some(reached) = &self.0 {
            reached(place);
        }
    }
}

impl fmt::Debug for FailPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "FailPoints(set)" } else { "FailPoints(none)" })
    }
}
