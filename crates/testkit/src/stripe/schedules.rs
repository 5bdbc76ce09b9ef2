//! Subscription schedules: what the portal makes of a downgrade. Two phases, the second from the period's end.

use serde_json::{Value, json};

use super::{
    StripeSimulator,
    answer::{LIST, Refusal, created_fits},
    form::Form,
    ids, months,
    state::State,
    subscriptions,
};

/// Plans what a subscription has from its period's end on; in place of what was planned before.
pub(super) fn plan(state: &mut State, subscription: &str, price: &str, quantity: i64) -> Result<String, Refusal> {
    let owner = state.get("subscription", subscription, "subscription")?.clone();
    state.get("price", price, "price")?;
    if !["active", "past_due", "trialing"].iter().any(|status| owner["status"] == *status) {
        return Err(Refusal::bad("You cannot migrate a subscription that is not active to a subscription schedule."));
    }
    let (start, end) = subscriptions::period_of(&owner);
    let item = vec![(price.to_owned(), quantity)];
    let second_end = months::after(end, subscriptions::interval(state, &item));
    let phases = json!([phase(&subscriptions::items_of(&owner), start, end), phase(&item, end, second_end)]);
    if let Some(existing) = owner["schedule"].as_str() {
        state.change("subscription_schedule.updated", existing, |schedule| schedule["phases"] = phases);
        return Ok(existing.to_owned());
    }
    let schedule = json!({
        "id": state.draw(ids::SCHEDULE), "object": "subscription_schedule", "application": null,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"}, "canceled_at": null, "completed_at": null,
        "created": state.now(), "current_phase": {"end_date": end, "start_date": start}, "customer": owner["customer"],
        "customer_account": null,
        "default_settings": {"application_fee_percent": null,
            "automatic_tax": {"disabled_reason": null, "enabled": false, "liability": null}, "billing_cycle_anchor": "automatic",
            "billing_thresholds": null, "collection_method": "charge_automatically", "default_payment_method": null,
            "description": null, "invoice_settings": {"account_tax_ids": null, "days_until_due": null, "issuer": {"type": "self"}},
            "on_behalf_of": null, "transfer_data": null},
        "end_behavior": "release", "livemode": state.livemode, "metadata": {}, "phases": phases, "released_at": null,
        "released_subscription": null, "status": "active", "subscription": subscription, "test_clock": null,
    });
    let id = state.create("subscription_schedule.created", schedule);
    state.change("customer.subscription.updated", subscription, |one| one["schedule"] = json!(id));
    Ok(id)
}

fn phase(items: &[(String, i64)], start: i64, end: i64) -> Value {
    let item = |(price, quantity): &(String, i64)| json!({"billing_thresholds": null, "discounts": [], "metadata": {}, "price": price, "quantity": quantity, "tax_rates": []});
    json!({
        "add_invoice_items": [], "application_fee_percent": null, "billing_cycle_anchor": null, "billing_thresholds": null,
        "collection_method": null, "currency": "usd", "default_payment_method": null, "default_tax_rates": [], "description": null,
        "discounts": [], "end_date": end, "invoice_settings": null, "items": items.iter().map(item).collect::<Vec<_>>(),
        "metadata": {}, "on_behalf_of": null, "proration_behavior": "none", "start_date": start, "transfer_data": null,
        "trial_end": null,
    })
}

/// The price and quantity that begin at `at`, where the subscription's schedule has any.
pub(super) fn phase_at(state: &State, schedule: &str, at: i64) -> Option<(String, i64)> {
    let schedule = state.object(schedule);
    let phase = schedule["phases"].as_array()?.iter().find(|phase| phase["start_date"] == at)?.clone();
    Some((phase["items"][0]["price"].as_str()?.to_owned(), phase["items"][0]["quantity"].as_i64().unwrap_or(1)))
}

/// Lets go of the subscription, which stays as it is.
pub(super) fn let_go(state: &mut State, id: &str) {
    let now = state.now();
    let subscription = state.object(id)["subscription"].as_str().unwrap_or_default().to_owned();
    state.change("subscription_schedule.released", id, |schedule| {
        schedule["status"] = json!("released");
        schedule["released_at"] = json!(now);
        schedule["released_subscription"] = json!(subscription);
        schedule["subscription"] = Value::Null;
        schedule["current_phase"] = Value::Null;
    });
    state.change("customer.subscription.updated", &subscription, |one| one["schedule"] = Value::Null);
}

/// Ends with its subscription.
pub(super) fn cancel(state: &mut State, id: &str) {
    let now = state.now();
    state.change("subscription_schedule.canceled", id, |schedule| {
        schedule["status"] = json!("canceled");
        schedule["canceled_at"] = json!(now);
        schedule["current_phase"] = Value::Null;
    });
}

pub(super) fn get(state: &State, id: &str) -> Result<Value, Refusal> {
    state.get("subscription_schedule", id, "id").cloned()
}

pub(super) fn list(state: &State, given: &Form) -> Result<Value, Refusal> {
    given.only(&[&LIST[..], &["customer", "scheduled"]].concat())?;
    created_fits(given, &Value::Null)?;
    let scheduled = given.flag("scheduled")?.unwrap_or(false);
    state.page("subscription_schedule", "/v1/subscription_schedules", given, |schedule| {
        given.filled("customer").is_none_or(|wanted| schedule["customer"] == wanted)
            && (!scheduled || schedule["status"] == "not_started")
            && created_fits(given, schedule).unwrap_or(false)
    })
}

/// `POST /v1/subscription_schedules/{id}/release`.
pub(super) fn release(state: &mut State, id: &str, given: &Form) -> Result<Value, Refusal> {
    given.only(&["preserve_cancel_date"])?;
    let schedule = state.get("subscription_schedule", id, "id")?;
    if !["active", "not_started"].iter().any(|status| schedule["status"] == *status) {
        let status = schedule["status"].as_str().unwrap_or_default();
        let message = format!(
            "You cannot release a subscription schedule that is currently in the `{status}` status. It must be in the `not_started` \
             or `active` status."
        );
        return Err(Refusal::bad(&message));
    }
    let_go(state, id);
    Ok(state.object(id))
}

impl StripeSimulator {
    /// A person's downgrade in the portal: it takes effect at the period's end. Answers with the schedule's id.
    pub fn schedule_downgrade(&self, subscription: &str, price: &str, quantity: i64) -> Result<String, Refusal> {
        let mut state = self.state();
        if state.get("subscription", subscription, "subscription")?["cancel_at_period_end"] == true {
            subscriptions::set_to_end(&mut state, subscription, false);
        }
        plan(&mut state, subscription, price, quantity)
    }
}
