//! Stripe on loopback, as far as Creel uses it: its API of one version, hosted pages for people, signed events, a clock that tests
//! move, and a menu of what goes wrong. Nothing here knows how Creel works; what it answers is held against Stripe's own OpenAPI
//! document by the `oracle`.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use creel_testkit::stripe::StripeSimulator;
//! use creel_types::{Clock, Time};
//!
//! let clock = Clock::fixed(Time(1_790_000_000_000));
//! let stripe = StripeSimulator::new(clock.clone(), 7);
//! let base = stripe.serve(tokio::net::TcpListener::bind("127.0.0.1:0").await?).await?;
//! // … point Creel at `base` with `stripe.secret_key()`, let a person buy, then live through a month:
//! stripe.advance_ms(31 * 24 * 60 * 60 * 1000).await;
//! # let _ = base;
//! # Ok(())
//! # }
//! ```

mod account;
mod answer;
mod cards;
mod checkout;
mod clock;
mod customers;
mod delivery;
mod disputes;
mod drafts;
mod events;
mod faults;
mod form;
mod http;
mod idempotency;
mod ids;
mod invoice_answers;
mod invoices;
mod invoices_by_hand;
mod months;
#[cfg(feature = "stripe-oracle")]
mod oracle;
#[cfg(feature = "stripe-oracle")]
mod oracle_dialect;
mod pages;
mod payments;
mod portal;
mod prices;
mod products;
mod refunds;
mod renewals;
mod schedules;
mod server;
mod settlement;
mod state;
mod subscriptions;
mod upgrades;
mod webhook_endpoints;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use creel_types::Clock;
use serde_json::Value;

#[cfg(feature = "stripe-oracle")]
pub use self::oracle::{OPENAPI_VARIABLE, Oracle};
pub use self::{
    answer::Refusal,
    cards::Card,
    clock::Tick,
    delivery::{Attempt, Deliver, Sending, Signed, signature_header},
    disputes::DisputeEnd,
    faults::{ApiFault, DeliveryFaults},
    form::Form,
    refunds::RefundAs,
    settlement::{AfterRetries, Dunning},
    state::Observer,
};
use self::{ids::IdShape, state::State};

/// The version that this simulator speaks and makes events in.
pub const API_VERSION: &str = "2026-05-27.dahlia";

/// A Stripe account. Clones are the same account.
#[derive(Clone)]
pub struct StripeSimulator(Arc<Inside>);

struct Inside {
    state: Mutex<State>,
    carrier: Mutex<Option<Arc<dyn Deliver>>>,
    tick: Mutex<Option<Tick>>,
    /// One who delivers at a time, so that the order is the one that was decided.
    pump: tokio::sync::Mutex<()>,
    advancing: tokio::sync::Mutex<()>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl StripeSimulator {
    /// An empty test-mode account that lives by `clock`; the same seed gives the same ids.
    #[must_use]
    pub fn new(clock: Clock, seed: u64) -> StripeSimulator {
        StripeSimulator(Arc::new(Inside {
            state: Mutex::new(State::new(clock, seed)),
            carrier: Mutex::new(None),
            tick: Mutex::new(None),
            pump: tokio::sync::Mutex::new(()),
            advancing: tokio::sync::Mutex::new(()),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0.state)
    }

    /// The only key that the API takes.
    #[must_use]
    pub fn secret_key(&self) -> String {
        self.state().secret_key.clone()
    }

    /// Makes the account a live one or a test one; its key changes with it.
    pub fn set_livemode(&self, live: bool) {
        let mut state = self.state();
        state.livemode = live;
        let shape = if live { IdShape("sk_live_51", 40) } else { IdShape("sk_test_51", 40) };
        state.secret_key = state.draw(shape);
    }

    /// Where it is served; a name that leads nowhere before that.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.state().base_url.clone()
    }

    /// Lets somebody look at every request, answer and event.
    pub fn watch(&self, observer: Arc<dyn Observer>) {
        self.state().observer = Some(observer);
    }

    /// What the observer found wrong since the start. Empty at the end of a good test.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.state().violations.clone()
    }

    /// The object with that id as the API would answer it.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Value> {
        let state = self.state();
        state.find(id).map(|object| state.shown(object))
    }

    /// All objects of a kind (Stripe's `object`, for example `invoice`), the oldest first.
    #[must_use]
    pub fn all(&self, kind: &str) -> Vec<Value> {
        let state = self.state();
        state.newest_first(kind).rev().map(|object| state.shown(object)).collect()
    }

    /// The kinds of all events, the oldest first.
    #[must_use]
    pub fn event_kinds(&self) -> Vec<String> {
        self.all("event").iter().filter_map(|event| event["type"].as_str()).map(str::to_owned).collect()
    }
}

impl std::fmt::Debug for StripeSimulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StripeSimulator({})", self.state().account)
    }
}
