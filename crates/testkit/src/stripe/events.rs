//! Events: one for each change, with the object frozen as it was; kept for thirty days.

use serde_json::{Value, json};

use super::{
    API_VERSION,
    answer::{LIST, Refusal, created_fits},
    form::Form,
    ids,
    state::State,
};

/// Stripe answers events of the last thirty days only.
const KEPT_SECONDS: i64 = 30 * 24 * 60 * 60;

impl State {
    /// Makes an event of an object as it is now and hands it to the deliveries.
    pub(super) fn emit(&mut self, kind: &str, object: Value, previous: Option<Value>) {
        let mut data = json!({"object": object});
        if let Some(previous) = previous {
            data["previous_attributes"] = previous;
        }
        let request = match &self.asked {
            Some(asked) => json!({"id": asked.id, "idempotency_key": asked.idempotency_key}),
            None => json!({"id": null, "idempotency_key": null}),
        };
        let event = json!({
            "id": self.draw(ids::EVENT), "object": "event", "api_version": API_VERSION, "created": self.now(), "data": data,
            "livemode": self.livemode, "pending_webhooks": self.receivers(kind), "request": request, "type": kind,
        });
        if let Some(observer) = &self.observer {
            self.violations.extend(observer.event(&event));
        }
        self.insert(event.clone());
        self.queue(&event);
    }

    fn is_kept(&self, event: &Value) -> bool {
        event["created"].as_i64().unwrap_or(0) > self.now() - KEPT_SECONDS
    }
}

pub(super) fn list(state: &State, given: &Form) -> Result<Value, Refusal> {
    given.only(&[&LIST[..], &["type", "types[]"]].concat())?;
    let kinds = given.list("types");
    let mut kept = Vec::new();
    for event in state.newest_first("event").filter(|event| state.is_kept(event)) {
        let kind = event["type"].as_str().unwrap_or_default();
        let is_wanted = given.filled("type").is_none_or(|wanted| is_of(kind, wanted));
        if created_fits(given, event)? && is_wanted && (kinds.is_empty() || kinds.iter().any(|wanted| is_of(kind, wanted))) {
            kept.push(event.clone());
        }
    }
    super::answer::page_of(kept, "/v1/events", given)
}

pub(super) fn get(state: &State, id: &str) -> Result<Value, Refusal> {
    let event = state.get("event", id, "id")?;
    if state.is_kept(event) { Ok(event.clone()) } else { Err(Refusal::no_such("event", id, "id")) }
}

/// `invoice.*` is every kind that begins so.
pub(super) fn is_of(kind: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(start) => kind.starts_with(start),
        None => kind == wanted,
    }
}
