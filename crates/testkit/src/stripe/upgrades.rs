//! Changes of a subscription over the API: a plan that is paid at once, a change that waits for its payment, and the end of the
//! period as the end.

use serde_json::{Value, json};

use super::{
    answer::Refusal,
    cards::Card,
    drafts::{self, LineOf, NewInvoice, NewLine},
    form::Form,
    invoices, months,
    state::State,
    subscriptions,
};

/// A pending update waits no longer for its payment.
const PENDING_SECONDS: i64 = 23 * 60 * 60;
/// What may be said together with `pending_if_incomplete`.
const PENDING_FIELDS: [&str; 6] =
    ["items[][id]", "items[][price]", "items[][quantity]", "billing_cycle_anchor", "proration_behavior", "payment_behavior"];

/// A change of plan whose invoice is not paid.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub invoice: String,
    /// Item, price and quantity.
    items: Vec<(String, String, i64)>,
    anchor: i64,
    pub expires_at: i64,
}

/// `POST /v1/subscriptions/{id}`.
pub(super) fn update(state: &mut State, id: &str, given: &Form) -> Result<Value, Refusal> {
    given.only(&[&PENDING_FIELDS[..], &["cancel_at_period_end", "metadata[*]", "metadata"]].concat())?;
    let subscription = state.get("subscription", id, "id")?.clone();
    if subscriptions::is_over(&subscription) {
        return Err(Refusal::bad("A canceled subscription can only update its cancellation_details and metadata."));
    }
    if given.filled("payment_behavior") == Some("pending_if_incomplete") && given.only(&PENDING_FIELDS).is_err() {
        return Err(Refusal::bad(
            "When `payment_behavior` is set to `pending_if_incomplete`, you may only pass parameters that pending updates support.",
        ));
    }
    let end = given.flag("cancel_at_period_end")?;
    if let Some(schedule) = subscription["schedule"].as_str() {
        refuse_managed(schedule, given)?;
    }
    if given.has("items") || given.has("billing_cycle_anchor") {
        change_items(state, &subscription, given)?;
    }
    if let Some(end) = end {
        subscriptions::set_to_end(state, id, end);
    }
    if given.has("metadata") {
        let merged = given.merged_metadata("metadata", &subscription["metadata"]);
        state.change("customer.subscription.updated", id, |one| one["metadata"] = merged);
    }
    Ok(state.object(id))
}

fn refuse_managed(schedule: &str, given: &Form) -> Result<(), Refusal> {
    let what = if given.has("cancel_at_period_end") {
        "updating any cancelation behavior"
    } else if given.has("items") || given.has("billing_cycle_anchor") {
        "updating its items"
    } else {
        return Ok(());
    };
    let message = format!(
        "The subscription is managed by the subscription schedule `{schedule}`, and {what} directly is not allowed. Please update the \
         schedule instead."
    );
    Err(Refusal::bad(&message))
}

/// The items as they are to be: those that are named change, the others stay.
fn wanted_items(state: &State, subscription: &Value, given: &Form) -> Result<Vec<(String, String, i64)>, Refusal> {
    let mut wanted: Vec<(String, String, i64)> = Vec::new();
    for item in subscription["items"]["data"].as_array().into_iter().flatten() {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        wanted.push((text(&item["id"]), text(&item["price"]["id"]), item["quantity"].as_i64().unwrap_or(1)));
    }
    for element in given.elements("items") {
        let Some(id) = given.filled(&format!("{element}[id]")) else {
            return Err(Refusal::invalid(&format!("{element}[id]"), "This simulator changes items; it does not add any."));
        };
        let price = given.filled(&format!("{element}[price]"));
        if let Some(price) = price {
            let found = state.get("price", price, &format!("{element}[price]"))?;
            if found["recurring"].is_null() {
                return Err(Refusal::invalid(
                    &format!("{element}[price]"),
                    "The price specified is set to `type=one_time`.",
                ));
            }
            if found["active"] == false {
                return Err(Refusal::invalid(&format!("{element}[price]"), "The price specified is inactive."));
            }
        }
        let quantity = given.integer(&format!("{element}[quantity]"))?;
        let Some(item) = wanted.iter_mut().find(|(known, _, _)| known == id) else {
            return Err(Refusal::no_such("subscription item", id, &format!("{element}[id]")));
        };
        item.1 = price.map_or_else(|| item.1.clone(), str::to_owned);
        item.2 = quantity.unwrap_or(item.2);
    }
    Ok(wanted)
}

fn change_items(state: &mut State, subscription: &Value, given: &Form) -> Result<(), Refusal> {
    let id = subscription["id"].as_str().unwrap_or_default();
    let wanted = wanted_items(state, subscription, given)?;
    let says = |key: &str, word: &str| given.filled(key) == Some(word);
    if !says("proration_behavior", "none") {
        return Err(Refusal::invalid("proration_behavior", "This simulator knows proration_behavior=none only."));
    }
    if !says("billing_cycle_anchor", "now") {
        // Nothing is billed before the next period.
        replace_items(state, id, &wanted, None);
        state.tell("customer.subscription.updated", id);
        return Ok(());
    }
    if !says("payment_behavior", "pending_if_incomplete") {
        return Err(Refusal::invalid(
            "payment_behavior",
            "This simulator knows payment_behavior=pending_if_incomplete only.",
        ));
    }
    if !["active", "trialing", "past_due", "unpaid"].iter().any(|status| subscription["status"] == *status) {
        let status = subscription["status"].as_str().unwrap_or_default();
        return Err(Refusal::bad(&format!("A subscription whose status is {status} cannot be updated so.")));
    }
    let customer = subscription["customer"].as_str().unwrap_or_default();
    if state.card(customer) == Card::None {
        let message = "This customer has no attached payment source or default payment method. Please consider adding a default \
                       payment method.";
        return Err(Refusal::new(400, "invalid_request_error", Some("resource_missing"), message));
    }
    // A new change takes the place of one that still waits.
    discard(state, id, None);
    ask_for_payment(state, subscription, wanted);
    Ok(())
}

fn ask_for_payment(state: &mut State, subscription: &Value, items: Vec<(String, String, i64)>) {
    let (id, now) = (subscription["id"].as_str().unwrap_or_default().to_owned(), state.now());
    let priced: Vec<(String, i64)> = items.iter().map(|(_, price, quantity)| (price.clone(), *quantity)).collect();
    let end = months::period_end(now, now, subscriptions::interval(state, &priced));
    let line = |(item, price, quantity): &(String, String, i64)| NewLine {
        of: LineOf::SubscriptionItem { subscription: id.clone(), item: item.clone() },
        price: price.clone(),
        quantity: *quantity,
        amount: state.object(price)["unit_amount"].as_i64().unwrap_or(0) * quantity,
        period: (now, end),
    };
    let lines = items.iter().map(line).collect();
    let customer = subscription["customer"].as_str().unwrap_or_default();
    let reason = "subscription_update";
    let looks_back_on = (subscriptions::period_of(subscription).0, now);
    let new = NewInvoice { customer, reason, subscription: Some(&id), lines, period: looks_back_on, metadata: json!({}) };
    let invoice = drafts::draft(state, new);
    state.edit(&id, |one| one["latest_invoice"] = json!(invoice));
    let period_end = subscriptions::period_of(subscription).1;
    let expires_at = (now + PENDING_SECONDS)
        .min(subscription["trial_end"].as_i64().filter(|at| *at > now).unwrap_or(i64::MAX))
        .min(period_end);
    state.pending.insert(id.clone(), Pending { invoice: invoice.clone(), items, anchor: now, expires_at });
    invoices::finalize_and_pay(state, &invoice);
    if let Some(pending) = state.pending.get(&id).cloned() {
        let items: Vec<Value> =
            pending.items.iter().map(|(item, price, quantity)| pending_item(state, &id, item, price, *quantity)).collect();
        state.change("customer.subscription.updated", &id, |one| {
            one["pending_update"] = json!({
                "billing_cycle_anchor": pending.anchor, "expires_at": pending.expires_at, "subscription_items": items,
                "trial_end": null, "trial_from_plan": null,
            });
        });
    }
}

fn pending_item(state: &State, subscription: &str, id: &str, price: &str, quantity: i64) -> Value {
    let period = subscriptions::period_of(&state.object(subscription));
    let mut item = subscriptions::item(state, subscription, price, quantity, period);
    item["id"] = json!(id);
    item
}

/// The change takes effect: its invoice was paid.
pub(super) fn apply(state: &mut State, id: &str) {
    let Some(pending) = state.pending.remove(id) else { return };
    let is_late = !state.object(id)["pending_update"].is_null();
    replace_items(state, id, &pending.items, Some(pending.anchor));
    state.edit(id, |one| {
        one["pending_update"] = Value::Null;
        if one["status"] == "trialing" {
            one["status"] = json!("active");
            one["trial_end"] = json!(pending.anchor);
        }
    });
    state.tell("customer.subscription.updated", id);
    if is_late {
        state.tell("customer.subscription.pending_update_applied", id);
    }
}

/// The change is dropped and its invoice voided.
pub(super) fn discard(state: &mut State, id: &str, event: Option<&str>) {
    let Some(pending) = state.pending.remove(id) else { return };
    invoices::void(state, &pending.invoice);
    state.edit(id, |one| one["pending_update"] = Value::Null);
    if let Some(event) = event {
        state.tell(event, id);
    }
}

fn replace_items(state: &mut State, id: &str, items: &[(String, String, i64)], anchor: Option<i64>) {
    for (item, price, quantity) in items {
        let price = state.object(price);
        state.edit(id, |one| {
            for known in
                one["items"]["data"].as_array_mut().into_iter().flatten().filter(|known| known["id"] == item.as_str())
            {
                known["price"] = price.clone();
                known["quantity"] = json!(quantity);
            }
        });
    }
    if let Some(anchor) = anchor {
        move_period(state, id, anchor);
    }
}

/// A new anchor, and the period that begins with it.
pub(super) fn move_period(state: &mut State, id: &str, anchor: i64) {
    let months = subscriptions::interval(state, &subscriptions::items_of(&state.object(id)));
    set_period(state, id, (anchor, months::period_end(anchor, anchor, months)));
    state.edit(id, |one| one["billing_cycle_anchor"] = json!(anchor));
}

pub(super) fn set_period(state: &mut State, id: &str, period: (i64, i64)) {
    state.edit(id, |one| {
        for item in one["items"]["data"].as_array_mut().into_iter().flatten() {
            item["current_period_start"] = json!(period.0);
            item["current_period_end"] = json!(period.1);
        }
        if !one["cancel_at"].is_null() {
            one["cancel_at"] = json!(period.1);
        }
    });
}
