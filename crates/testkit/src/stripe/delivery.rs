//! Signed deliveries of events: who gets one, when, with which signature, and the menu of what goes wrong on the way. Refuses to
//! know HTTP: what carries a delivery is handed in.

use std::{future::Future, pin::Pin, sync::Arc};

use bytes::Bytes;
use creel_types::{Random, Time};
use ring::hmac;
use serde_json::{Value, json};

use super::{StripeSimulator, events::is_of, faults::DeliveryFaults, ids, state::State};

const HOUR: i64 = 60 * 60;
/// How long after each failed attempt the next one comes, in seconds: three days in all, as Stripe has it in live mode.
const RETRY_AFTER: [i64; 9] = [5 * 60, 30 * 60, 2 * HOUR, 5 * HOUR, 10 * HOUR, 12 * HOUR, 12 * HOUR, 15 * HOUR, 15 * HOUR];

/// A request on its way.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<u16, ()>> + Send + 'a>>;

/// What carries a delivery to a webhook endpoint: a test's HTTP client, or the service under test itself.
pub trait Deliver: Send + Sync {
    /// Posts the body and answers with the status; `Err` where nobody answered.
    fn send(&self, url: &str, headers: Vec<(String, String)>, body: Bytes) -> Sending<'_>;
}

/// A signed event that a test takes and hands on itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub event_id: String,
    /// The event's `type`.
    pub kind: String,
    pub body: Bytes,
    /// The value of the header `Stripe-Signature`.
    pub signature: String,
}

/// One attempt that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub event_id: String,
    pub kind: String,
    pub url: String,
    pub at: Time,
    /// `None` where nobody answered.
    pub status: Option<u16>,
}

/// A delivery that waits. Without an endpoint it waits for a test to take it.
#[derive(Clone, Debug)]
struct Waiting {
    event_id: String,
    kind: String,
    body: Bytes,
    endpoint: Option<String>,
    due: i64,
    attempts: usize,
}

/// What waits, what was sent, and the secrets.
pub(super) struct Outbox {
    /// Where no endpoint is registered.
    secret: String,
    /// The secrets of an endpoint, the newest first, each with the second at which it ends.
    secrets: Vec<(String, String, Option<i64>)>,
    waiting: Vec<Waiting>,
    attempts: Vec<Attempt>,
    pub faults: DeliveryFaults,
}

impl Outbox {
    pub(super) fn new(random: &Random) -> Outbox {
        let secret = ids::draw(random, ids::WEBHOOK_SECRET);
        let faults = DeliveryFaults::default();
        Outbox { secret, secrets: Vec::new(), waiting: Vec::new(), attempts: Vec::new(), faults }
    }
}

impl State {
    fn endpoints(&self, kind: &str) -> Vec<String> {
        let wants = |endpoint: &&Value| {
            let wanted = endpoint["enabled_events"].as_array().into_iter().flatten().filter_map(Value::as_str);
            endpoint["status"] == "enabled" && wanted.into_iter().any(|wanted| is_of(kind, wanted))
        };
        let all = self.newest_first("webhook_endpoint").rev().filter(wants);
        all.filter_map(|endpoint| endpoint["id"].as_str()).map(str::to_owned).collect()
    }

    /// How many endpoints an event of that kind goes to.
    pub(super) fn receivers(&self, kind: &str) -> usize {
        self.endpoints(kind).len()
    }

    /// Lines an event up for whoever wants it, as the fault menu has it.
    pub(super) fn queue(&mut self, event: &Value) {
        let kind = event["type"].as_str().unwrap_or_default().to_owned();
        let none_registered = self.ids("webhook_endpoint").is_empty();
        let endpoints = self.endpoints(&kind).into_iter().map(Some);
        let receivers: Vec<Option<String>> = if none_registered { vec![None] } else { endpoints.collect() };
        for endpoint in receivers {
            for event in self.faulty(event) {
                let due = self.now() + self.outbox.faults.delay_seconds;
                let event_id = event["id"].as_str().unwrap_or_default().to_owned();
                let body = Bytes::from(serde_json::to_vec_pretty(&event).unwrap_or_default());
                let waiting = Waiting { event_id, kind: kind.clone(), body, endpoint: endpoint.clone(), due, attempts: 0 };
                self.outbox.waiting.push(waiting);
            }
        }
    }

    /// The event as often, and under the ids, in which it will be sent.
    fn faulty(&self, event: &Value) -> Vec<Value> {
        let faults = &self.outbox.faults;
        let dice = |in_hundred: u64| self.random.below(100) < in_hundred;
        if dice(faults.drop_percent) {
            return Vec::new();
        }
        let mut sent = vec![event.clone()];
        if dice(faults.duplicate_percent) {
            sent.push(event.clone());
        }
        if dice(faults.replay_percent) {
            let mut again = event.clone();
            again["id"] = json!(self.draw(ids::EVENT));
            sent.push(again);
        }
        sent
    }

    /// Takes out what is due; shuffled when the menu says so.
    fn take_due(&mut self, wanted: impl Fn(&Waiting) -> bool) -> Vec<Waiting> {
        let now = self.now();
        let (mut due, rest): (Vec<Waiting>, Vec<Waiting>) =
            std::mem::take(&mut self.outbox.waiting).into_iter().partition(|one| one.due <= now && wanted(one));
        self.outbox.waiting = rest;
        if self.outbox.faults.reorder {
            for at in (1..due.len()).rev() {
                let other = self.random.below(at as u64 + 1);
                due.swap(at, usize::try_from(other).unwrap_or(at));
            }
        }
        due
    }

    /// When the next delivery has to be made; without anybody who carries them, never.
    pub(super) fn next_delivery(&self) -> Option<i64> {
        self.outbox.waiting.iter().filter(|one| one.endpoint.is_some()).map(|one| one.due).min()
    }

    /// What `Stripe-Signature` says of a body at an instant: one `v1` for each secret that is good.
    fn signature(&self, endpoint: Option<&str>, body: &[u8]) -> String {
        let now = self.now();
        let own = self
            .outbox
            .secrets
            .iter()
            .filter(|(of, _, ends)| Some(of.as_str()) == endpoint && ends.is_none_or(|at| now < at));
        let mut secrets: Vec<&str> = own.map(|(_, secret, _)| secret.as_str()).collect();
        if secrets.is_empty() {
            secrets.push(&self.outbox.secret);
        }
        signature_header(&secrets, now, body)
    }

    pub(super) fn add_secret(&mut self, endpoint: &str) -> String {
        let secret = self.draw(ids::WEBHOOK_SECRET);
        self.outbox.secrets.insert(0, (endpoint.to_owned(), secret.clone(), None));
        secret
    }

    fn signed(&self, one: &Waiting) -> Signed {
        let signature = self.signature(one.endpoint.as_deref(), &one.body);
        Signed { event_id: one.event_id.clone(), kind: one.kind.clone(), body: one.body.clone(), signature }
    }

    fn note_attempt(&mut self, mut one: Waiting, url: String, status: Option<u16>) {
        let at = self.clock.now();
        self.outbox.attempts.push(Attempt { event_id: one.event_id.clone(), kind: one.kind.clone(), url, at, status });
        if status.is_some_and(|status| (200..300).contains(&status)) {
            return;
        }
        if let Some(after) = RETRY_AFTER.get(one.attempts) {
            one.due = self.now() + after;
            one.attempts += 1;
            self.outbox.waiting.push(one);
        }
    }
}

/// `t=…,v1=…[,v1=…]`: HMAC-SHA256 over the time, a dot and the body, with the whole text of the secret as the key.
#[must_use]
pub fn signature_header(secrets: &[&str], at: i64, body: &[u8]) -> String {
    let signed: Vec<u8> = [format!("{at}.").as_bytes(), body].concat();
    let mut header = format!("t={at}");
    for secret in secrets {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), &signed);
        let hex = creel_types::hex(tag.as_ref());
        header.push_str(",v1=");
        header.push_str(&hex);
    }
    header
}

impl StripeSimulator {
    /// From now on deliveries go out through this; those that wait, too.
    pub fn deliver_through(&self, carrier: Arc<dyn Deliver>) {
        *super::lock(&self.0.carrier) = Some(carrier);
    }

    /// The signed events that are due and were not delivered, the oldest first; each is given once.
    pub fn take_events(&self) -> Vec<Signed> {
        let mut state = self.state();
        let due = state.take_due(|_| true);
        due.iter().map(|one| state.signed(one)).collect()
    }

    /// The value of `Stripe-Signature` for any body, as of any instant, with the first endpoint's newest secret.
    #[must_use]
    pub fn sign(&self, body: &[u8], at: Time) -> String {
        signature_header(&[&self.webhook_secret()], at.0.div_euclid(1000), body)
    }

    /// The newest secret of the first endpoint; where there is none, the one that signs what [`StripeSimulator::take_events`]
    /// gives.
    #[must_use]
    pub fn webhook_secret(&self) -> String {
        let state = self.state();
        let first = state.ids("webhook_endpoint").into_iter().next();
        let own = first
            .and_then(|id| state.outbox.secrets.iter().find(|(of, _, _)| *of == id).map(|(_, secret, _)| secret.clone()));
        own.unwrap_or_else(|| state.outbox.secret.clone())
    }

    /// Gives an endpoint a new secret; the old ones sign as well until `old_ends`.
    pub fn rotate_secret(&self, endpoint: &str, old_ends: Time) -> String {
        let mut state = self.state();
        let ends = old_ends.0.div_euclid(1000);
        for (_, _, end) in state.outbox.secrets.iter_mut().filter(|(of, _, _)| of == endpoint) {
            *end = Some(end.map_or(ends, |earlier| earlier.min(ends)));
        }
        state.add_secret(endpoint)
    }

    /// Every attempt to deliver, the oldest first.
    #[must_use]
    pub fn attempts(&self) -> Vec<Attempt> {
        self.state().outbox.attempts.clone()
    }

    /// Sends an event again, as the button in Stripe's dashboard does.
    pub fn resend(&self, event: &str) {
        let mut state = self.state();
        let event = state.object(event);
        if !event.is_null() {
            state.queue(&event);
        }
    }

    /// Delivers what is due until nothing is. Does nothing without [`StripeSimulator::deliver_through`].
    pub async fn settle(&self) {
        let Some(carrier) = super::lock(&self.0.carrier).clone() else { return };
        let _alone = self.0.pump.lock().await;
        loop {
            let due = self.state().take_due(|one| one.endpoint.is_some());
            if due.is_empty() {
                return;
            }
            for one in due {
                self.send(carrier.as_ref(), one).await;
            }
        }
    }

    async fn send(&self, carrier: &dyn Deliver, one: Waiting) {
        let endpoint = one.endpoint.clone().unwrap_or_default();
        let (url, signature, slow) = {
            let state = self.state();
            let url = state.object(&endpoint)["url"].as_str().unwrap_or_default().to_owned();
            (url, state.signature(Some(&endpoint), &one.body), state.outbox.faults.slow_acknowledgement)
        };
        let headers = vec![
            ("Content-Type".to_owned(), "application/json; charset=utf-8".to_owned()),
            ("User-Agent".to_owned(), "Stripe/1.0 (+https://stripe.com/docs/webhooks)".to_owned()),
            ("Stripe-Signature".to_owned(), signature),
        ];
        let status = carrier.send(&url, headers, one.body.clone()).await.ok();
        // The receiver did its work, and Stripe was too impatient to hear of it.
        self.state().note_attempt(one, url, if slow { None } else { status });
    }
}
