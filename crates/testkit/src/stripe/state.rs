//! Everything that this Stripe knows: objects as JSON in the shape in which they are answered, in the order in which they were
//! made. Refuses to know what any of them means.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use creel_types::{Clock, Random};
use serde_json::{Value, json};

use super::{
    answer::Refusal,
    cards::Card,
    delivery::Outbox,
    faults::ApiFaults,
    form::Form,
    idempotency::Idempotency,
    ids::{self, IdShape},
    settlement::Dunning,
    upgrades::Pending,
};

/// An invoice shows this many of its lines; the others have to be listed.
const LINES_SHOWN_MAX: usize = 10;

/// Looks at what goes in and out and says what is wrong with it.
pub trait Observer: Send + Sync {
    /// A request as its path, query and body tell.
    fn request(&self, method: &str, path: &str, given: &Form) -> Vec<String>;
    /// An answer with its status.
    fn answer(&self, method: &str, path: &str, status: u16, body: &Value) -> Vec<String>;
    /// An event as it was made.
    fn event(&self, event: &Value) -> Vec<String>;
}

/// The request that is being answered, as its events name it.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub id: String,
    pub idempotency_key: Option<String>,
}

pub(super) struct State {
    pub clock: Clock,
    pub random: Random,
    /// Where the hosted pages are, without a slash at its end.
    pub base_url: String,
    pub account: String,
    pub livemode: bool,
    pub secret_key: String,
    pub cards: HashMap<String, Card>,
    /// What a checkout session was asked to make once it is paid.
    pub checkouts: HashMap<String, Form>,
    /// What each subscription's change of plan waits for.
    pub pending: HashMap<String, Pending>,
    /// Trials of whose end was warned.
    pub trial_warnings: BTreeSet<String>,
    pub dunning: Dunning,
    /// Whether the portal's cancellation names the instant (`cancel_at`) and leaves the flag alone.
    pub portal_sets_cancel_at: bool,
    pub asked: Option<Asked>,
    pub idempotency: Idempotency,
    pub faults: ApiFaults,
    pub outbox: Outbox,
    pub observer: Option<Arc<dyn Observer>>,
    pub violations: Vec<String>,
    /// The number of the latest invoice.
    pub invoice_numbers: u64,
    objects: HashMap<String, Value>,
    /// Each object as its latest event told of it.
    told: HashMap<String, Value>,
    order: HashMap<String, Vec<String>>,
}

impl State {
    pub(super) fn new(clock: Clock, seed: u64) -> State {
        let random = Random::seeded(seed);
        let account = ids::draw(&random, ids::ACCOUNT);
        let secret_key = ids::draw(&random, IdShape("sk_test_51", 40));
        let outbox = Outbox::new(&random);
        State {
            clock,
            random,
            base_url: "http://stripe.invalid".to_owned(),
            account,
            livemode: false,
            secret_key,
            cards: HashMap::new(),
            checkouts: HashMap::new(),
            pending: HashMap::new(),
            trial_warnings: BTreeSet::new(),
            dunning: Dunning::default(),
            portal_sets_cancel_at: false,
            asked: None,
            idempotency: Idempotency::default(),
            faults: ApiFaults::default(),
            outbox,
            observer: None,
            violations: Vec::new(),
            invoice_numbers: 0,
            objects: HashMap::new(),
            told: HashMap::new(),
            order: HashMap::new(),
        }
    }

    /// Seconds since 1970, as Stripe counts.
    pub(super) fn now(&self) -> i64 {
        self.clock.now().0.div_euclid(1000)
    }

    pub(super) fn draw(&self, shape: IdShape) -> String {
        ids::draw(&self.random, shape)
    }

    pub(super) fn find(&self, id: &str) -> Option<&Value> {
        self.objects.get(id)
    }

    /// The object, where it must exist: what comes from an object of ours does.
    pub(super) fn object(&self, id: &str) -> Value {
        self.objects.get(id).cloned().unwrap_or(Value::Null)
    }

    /// The object of that kind, or Stripe's words for that there is none. `param` is `id` for an id of the path.
    pub(super) fn get(&self, kind: &str, id: &str, param: &str) -> Result<&Value, Refusal> {
        let found = self.objects.get(id).filter(|object| object["object"] == kind);
        found.ok_or_else(|| Refusal::no_such(&kind.replace('_', " "), id, param))
    }

    pub(super) fn newest_first(&self, kind: &str) -> impl DoubleEndedIterator<Item = &Value> {
        let ids = self.order.get(kind).map(Vec::as_slice).unwrap_or_default();
        ids.iter().rev().filter_map(|id| self.objects.get(id))
    }

    pub(super) fn ids(&self, kind: &str) -> Vec<String> {
        self.order.get(kind).cloned().unwrap_or_default()
    }

    /// Puts a new object in, without an event.
    pub(super) fn insert(&mut self, object: Value) -> String {
        let id = object["id"].as_str().unwrap_or_default().to_owned();
        let kind = object["object"].as_str().unwrap_or_default().to_owned();
        if self.objects.insert(id.clone(), object).is_none() {
            self.order.entry(kind).or_default().push(id.clone());
        }
        id
    }

    /// Puts a new object in and tells of it.
    pub(super) fn create(&mut self, event: &str, object: Value) -> String {
        let id = self.insert(object);
        self.tell(event, &id);
        id
    }

    /// Changes an object without an event.
    pub(super) fn edit(&mut self, id: &str, how: impl FnOnce(&mut Value)) {
        if let Some(object) = self.objects.get_mut(id) {
            how(object);
        }
    }

    /// Changes an object and tells of it; tells nothing when nothing changed.
    pub(super) fn change(&mut self, event: &str, id: &str, how: impl FnOnce(&mut Value)) {
        let before = self.object(id);
        self.edit(id, how);
        if self.find(id) != Some(&before) {
            self.tell(event, id);
        }
    }

    /// Tells of an object as it is; of an update with what it was when it was told of before.
    pub(super) fn tell(&mut self, event: &str, id: &str) {
        let now = self.object(id);
        let before = self.told.insert(id.to_owned(), now.clone());
        let previous = before.filter(|_| event.ends_with(".updated")).map(|before| previous_attributes(&before, &now));
        let shown = self.shown(&now);
        self.emit(event, shown, previous);
    }

    /// An object as it is sent: an invoice with its first lines only.
    pub(super) fn shown(&self, object: &Value) -> Value {
        let mut object = object.clone();
        if object["object"] == "invoice"
            && let Some(lines) = object["lines"]["data"].as_array_mut()
            && lines.len() > LINES_SHOWN_MAX
        {
            lines.truncate(LINES_SHOWN_MAX);
            object["lines"]["has_more"] = json!(true);
        }
        object
    }
}

/// The fields that changed, as they were: what Stripe sends as `previous_attributes`.
fn previous_attributes(before: &Value, after: &Value) -> Value {
    let mut previous = json!({});
    if let (Some(before), Some(after)) = (before.as_object(), after.as_object()) {
        for (key, value) in after {
            let was = before.get(key).unwrap_or(&Value::Null);
            if was != value {
                previous[key] = was.clone();
            }
        }
    }
    previous
}
