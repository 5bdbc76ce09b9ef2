//! Subscriptions: begun, ended, listed, and set to end. What happens at a period's end belongs to `renewals`, a change of plan to
//! `upgrades`.

use serde_json::{Value, json};

use super::{
    StripeSimulator,
    answer::{LIST, Refusal, created_fits},
    cards::Card,
    drafts::{self, LineOf, NewInvoice, NewLine},
    form::Form,
    ids, invoices, months, schedules,
    state::State,
    upgrades,
};

/// How long a first payment may take.
pub(super) const FIRST_PAYMENT_SECONDS: i64 = 23 * 60 * 60;

#[derive(Clone, Debug)]
pub(super) struct NewSubscription<'a> {
    pub customer: &'a str,
    /// Price and quantity of each item.
    pub items: Vec<(String, i64)>,
    pub metadata: Value,
    pub status: &'a str,
    /// When a trial ends, and what happens where there is no card then.
    pub trial: Option<(i64, &'a str)>,
}

/// Puts a subscription in, without an event and without its invoice.
pub(super) fn begin(state: &mut State, new: &NewSubscription<'_>) -> String {
    let (id, now) = (state.draw(ids::SUBSCRIPTION), state.now());
    let anchor = new.trial.map_or(now, |(end, _)| end);
    let end = new.trial.map_or_else(|| months::period_end(now, now, interval(state, &new.items)), |(end, _)| end);
    let items: Vec<Value> =
        new.items.iter().map(|(price, quantity)| item(state, &id, price, *quantity, (now, end))).collect();
    let missing_card = new.trial.map_or("create_invoice", |(_, behavior)| behavior);
    let subscription = json!({
        "id": id, "object": "subscription", "application": null, "application_fee_percent": null,
        "automatic_tax": {"disabled_reason": null, "enabled": false, "liability": null}, "billing_cycle_anchor": anchor,
        "billing_cycle_anchor_config": null, "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        "billing_schedules": [], "billing_thresholds": null, "cancel_at": null, "cancel_at_period_end": false, "canceled_at": null,
        "cancellation_details": {"comment": null, "feedback": null, "reason": null}, "collection_method": "charge_automatically",
        "created": now, "currency": "usd", "customer": new.customer, "customer_account": null, "days_until_due": null,
        "default_payment_method": state.payment_method(new.customer), "default_source": null, "default_tax_rates": [],
        "description": null, "discounts": [], "ended_at": null,
        "invoice_settings": {"account_tax_ids": null, "issuer": {"type": "self"}},
        "items": {"object": "list", "data": items, "has_more": false,
            "url": format!("/v1/subscription_items?subscription={id}")},
        "latest_invoice": null, "livemode": state.livemode, "metadata": new.metadata, "next_pending_invoice_item_invoice": null,
        "on_behalf_of": null, "pause_collection": null,
        "payment_settings": {"payment_method_options": null, "payment_method_types": null, "save_default_payment_method": "off"},
        "pending_invoice_item_interval": null, "pending_setup_intent": null, "pending_update": null, "schedule": null,
        "start_date": now, "status": new.status, "test_clock": null, "transfer_data": null,
        "trial_end": new.trial.map(|(end, _)| end), "trial_settings": {"end_behavior": {"missing_payment_method": missing_card}},
        "trial_start": new.trial.map(|_| now),
    });
    state.insert(subscription)
}

pub(super) fn item(state: &State, subscription: &str, price: &str, quantity: i64, period: (i64, i64)) -> Value {
    json!({
        "id": state.draw(ids::SUBSCRIPTION_ITEM), "object": "subscription_item", "billing_thresholds": null, "created": state.now(),
        "current_period_end": period.1, "current_period_start": period.0, "discounts": [], "metadata": {},
        "price": state.object(price), "quantity": quantity, "subscription": subscription, "tax_rates": [],
    })
}

/// How many months a period has.
pub(super) fn interval(state: &State, items: &[(String, i64)]) -> i32 {
    let recurring = items.first().map_or(Value::Null, |(price, _)| state.object(price)["recurring"].clone());
    let count = recurring["interval_count"].as_i64().and_then(|count| i32::try_from(count).ok()).unwrap_or(1);
    if recurring["interval"] == "year" { count * 12 } else { count }
}

/// Price and quantity of each item.
pub(super) fn items_of(subscription: &Value) -> Vec<(String, i64)> {
    let items = subscription["items"]["data"].as_array().into_iter().flatten();
    items
        .map(|item| (item["price"]["id"].as_str().unwrap_or_default().to_owned(), item["quantity"].as_i64().unwrap_or(1)))
        .collect()
}

pub(super) fn period_of(subscription: &Value) -> (i64, i64) {
    let item = &subscription["items"]["data"][0];
    (item["current_period_start"].as_i64().unwrap_or(0), item["current_period_end"].as_i64().unwrap_or(0))
}

/// The invoice for the period that the items are in now, as a draft; the subscription names it as its latest.
pub(super) fn bill(state: &mut State, id: &str, reason: &str, looks_back_on: (i64, i64), is_free: bool) -> String {
    let subscription = state.object(id);
    let line = |item: &Value| {
        let quantity = item["quantity"].as_i64().unwrap_or(1);
        let amount = if is_free { 0 } else { item["price"]["unit_amount"].as_i64().unwrap_or(0) * quantity };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        NewLine {
            of: LineOf::SubscriptionItem { subscription: id.to_owned(), item: text(&item["id"]) },
            price: text(&item["price"]["id"]),
            quantity,
            amount,
            period: (item["current_period_start"].as_i64().unwrap_or(0), item["current_period_end"].as_i64().unwrap_or(0)),
        }
    };
    let lines = subscription["items"]["data"].as_array().into_iter().flatten().map(line).collect();
    let customer = subscription["customer"].as_str().unwrap_or_default();
    let new = NewInvoice { customer, reason, subscription: Some(id), lines, period: looks_back_on, metadata: json!({}) };
    let invoice = drafts::draft(state, new);
    state.edit(id, |subscription| subscription["latest_invoice"] = json!(invoice));
    invoice
}

/// Ends a subscription now.
pub(super) fn end(state: &mut State, id: &str, reason: &str) {
    let subscription = state.object(id);
    if is_over(&subscription) {
        return;
    }
    upgrades::discard(state, id, None);
    if let Some(schedule) = subscription["schedule"].as_str() {
        schedules::cancel(state, schedule);
    }
    let now = state.now();
    state.edit(id, |subscription| {
        subscription["status"] = json!("canceled");
        subscription["ended_at"] = json!(now);
        subscription["schedule"] = Value::Null;
        if subscription["canceled_at"].is_null() {
            subscription["canceled_at"] = json!(now);
        }
        if subscription["cancellation_details"]["reason"].is_null() {
            subscription["cancellation_details"]["reason"] = json!(reason);
        }
    });
    leave_unpaid(state, id);
    state.tell("customer.subscription.deleted", id);
}

/// What is still owed is not asked for by itself any more.
fn leave_unpaid(state: &mut State, id: &str) {
    for invoice in state.ids("invoice") {
        state.edit(&invoice, |invoice| {
            let is_owed = invoice["status"] == "open" || invoice["status"] == "draft";
            if is_owed && invoice["parent"]["subscription_details"]["subscription"] == id {
                invoice["auto_advance"] = json!(false);
                invoice["next_payment_attempt"] = Value::Null;
                invoice["automatically_finalizes_at"] = Value::Null;
            }
        });
    }
}

pub(super) fn is_over(subscription: &Value) -> bool {
    subscription["status"] == "canceled" || subscription["status"] == "incomplete_expired"
}

/// The customer's subscriptions that are not over.
pub(super) fn alive_of(state: &State, customer: &str) -> Vec<String> {
    let alive = state.newest_first("subscription").rev().filter(|one| one["customer"] == customer && !is_over(one));
    alive.filter_map(|one| one["id"].as_str()).map(str::to_owned).collect()
}

pub(super) fn get(state: &State, id: &str) -> Result<Value, Refusal> {
    state.get("subscription", id, "id").cloned()
}

/// Without `status`, those that are canceled are left out.
pub(super) fn list(state: &State, given: &Form) -> Result<Value, Refusal> {
    given.only(&[&LIST[..], &["customer", "status", "price", "collection_method"]].concat())?;
    created_fits(given, &Value::Null)?;
    state.page("subscription", "/v1/subscriptions", given, |subscription| {
        let has_price = |price: &str| items_of(subscription).iter().any(|(of, _)| of == price);
        let fits = match given.filled("status") {
            None => subscription["status"] != "canceled",
            Some("all") => true,
            Some("ended") => is_over(subscription),
            Some(status) => subscription["status"] == status,
        };
        fits && given.filled("customer").is_none_or(|wanted| subscription["customer"] == wanted)
            && given.filled("price").is_none_or(has_price)
            && created_fits(given, subscription).unwrap_or(false)
    })
}

/// Sets or takes back the end at the period's end.
pub(super) fn set_to_end(state: &mut State, id: &str, is_set: bool) {
    let now = state.now();
    let names_instant = state.portal_sets_cancel_at && state.asked.is_none();
    state.change("customer.subscription.updated", id, |subscription| {
        let end = period_of(subscription).1;
        subscription["cancel_at_period_end"] = json!(is_set && !names_instant);
        subscription["cancel_at"] = if is_set { json!(end) } else { Value::Null };
        subscription["canceled_at"] = if is_set { json!(now) } else { Value::Null };
        subscription["cancellation_details"]["reason"] = if is_set { json!("cancellation_requested") } else { Value::Null };
    });
}

impl StripeSimulator {
    /// A subscription made past the checkout, over the API by somebody else, and paid by the card on file: with a good card
    /// active, otherwise incomplete for 23 hours. Its metadata names the organization where one is given.
    pub fn add_subscription(
        &self,
        customer: &str,
        price: &str,
        quantity: i64,
        organization: Option<&str>,
    ) -> Result<String, Refusal> {
        let mut state = self.state();
        state.get("customer", customer, "customer")?;
        state.get("price", price, "price")?;
        let metadata = organization.map_or(json!({}), |organization| json!({"creel_organization": organization}));
        let items = vec![(price.to_owned(), quantity)];
        let id = begin(&mut state, &NewSubscription { customer, items, metadata, status: "incomplete", trial: None });
        let now = state.now();
        let invoice = bill(&mut state, &id, "subscription_create", (now, now), false);
        state.tell("customer.subscription.created", &id);
        invoices::finalize_and_pay(&mut state, &invoice);
        Ok(id)
    }

    /// Ends a subscription at once, as an operator does in Stripe's dashboard.
    pub fn cancel_now(&self, subscription: &str) -> Result<Value, Refusal> {
        let mut state = self.state();
        state.get("subscription", subscription, "subscription")?;
        end(&mut state, subscription, "cancellation_requested");
        Ok(state.object(subscription))
    }

    /// Puts a subscription into Stripe's `paused`: no invoices until it is resumed.
    pub fn pause(&self, subscription: &str) -> Result<Value, Refusal> {
        let mut state = self.state();
        state.get("subscription", subscription, "subscription")?;
        state.change("customer.subscription.paused", subscription, |one| one["status"] = json!("paused"));
        Ok(state.object(subscription))
    }

    /// Resumes a paused subscription: a new period from now, active once its invoice is paid.
    pub fn resume(&self, subscription: &str) -> Result<Value, Refusal> {
        let mut state = self.state();
        if state.get("subscription", subscription, "subscription")?["status"] != "paused" {
            return Err(Refusal::bad("This subscription is not paused."));
        }
        let now = state.now();
        upgrades::move_period(&mut state, subscription, now);
        let invoice = bill(&mut state, subscription, "subscription_update", (now, now), false);
        state.tell("customer.subscription.updated", subscription);
        invoices::finalize_and_pay(&mut state, &invoice);
        Ok(state.object(subscription))
    }

    /// A trial of Stripe's own: a $0 invoice that is paid at once. `without_card` is `cancel`, `create_invoice` or `pause`.
    pub fn add_trial(&self, customer: &str, price: &str, days: i64, without_card: &str) -> Result<String, Refusal> {
        let mut state = self.state();
        state.get("customer", customer, "customer")?;
        state.get("price", price, "price")?;
        let end = state.now() + days * 24 * 60 * 60;
        let (items, now) = (vec![(price.to_owned(), 1)], state.now());
        let new =
            NewSubscription { customer, items, metadata: json!({}), status: "trialing", trial: Some((end, without_card)) };
        let id = begin(&mut state, &new);
        let invoice = bill(&mut state, &id, "subscription_create", (now, now), true);
        state.tell("customer.subscription.created", &id);
        invoices::finalize(&mut state, &invoice);
        Ok(id)
    }

    /// Whether a customer's card can be charged now.
    #[must_use]
    pub fn card(&self, customer: &str) -> Card {
        self.state().card(customer)
    }
}
