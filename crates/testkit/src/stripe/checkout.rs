//! Checkout sessions: asked for over the API, paid by a person, expired by time or on request.

use serde_json::{Value, json};

use super::{
    StripeSimulator,
    answer::{LIST, Refusal, created_fits},
    cards::Card,
    customers,
    drafts::{self, LineOf, NewInvoice, NewLine},
    form::Form,
    ids, invoices,
    payments::{self, Taken},
    state::State,
    subscriptions::{self, NewSubscription},
};

/// A session lives at least and at most so long.
const LIFE_SECONDS_MIN: i64 = 30 * 60;
const LIFE_SECONDS_MAX: i64 = 24 * 60 * 60;
const QUANTITY_MAX: i64 = 999_999;

const FIELDS: [&str; 16] = [
    "mode",
    "customer",
    "line_items[][price]",
    "line_items[][quantity]",
    "success_url",
    "cancel_url",
    "client_reference_id",
    "expires_at",
    "metadata[*]",
    "subscription_data[metadata][*]",
    "invoice_creation[enabled]",
    "invoice_creation[invoice_data][metadata][*]",
    "invoice_creation[invoice_data][description]",
    "payment_intent_data[metadata][*]",
    "payment_intent_data[description]",
    "billing_address_collection",
];

pub(super) fn create(state: &mut State, given: &Form) -> Result<Value, Refusal> {
    given.only(&FIELDS)?;
    let mode = given.needed("mode")?;
    let customer = given.needed("customer")?;
    customers::living(state, customer, "customer")?;
    let total = checked_lines(state, mode, given)?;
    refuse_of_other_mode(mode, given)?;
    let success_url = given.needed("success_url")?;
    let now = state.now();
    let expires_at = given.integer("expires_at")?.unwrap_or(now + LIFE_SECONDS_MAX);
    if !(now + LIFE_SECONDS_MIN..=now + LIFE_SECONDS_MAX).contains(&expires_at) {
        let message =
            "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session creation.";
        return Err(Refusal::invalid("expires_at", message));
    }
    let shape = if state.livemode { ids::LIVE_SESSION } else { ids::TEST_SESSION };
    let id = state.draw(shape);
    let owner = state.object(customer);
    let invoice_creation = invoice_creation(mode, given)?;
    let session = json!({
        "id": id, "object": "checkout.session", "adaptive_pricing": null, "after_expiration": null, "allow_promotion_codes": null,
        "amount_subtotal": total, "amount_total": total,
        "automatic_tax": {"enabled": false, "liability": null, "provider": null, "status": null},
        "billing_address_collection": given.filled("billing_address_collection"), "cancel_url": given.filled("cancel_url"),
        "client_reference_id": given.filled("client_reference_id"), "client_secret": null, "collected_information": null,
        "consent": null, "consent_collection": null, "created": now, "currency": "usd", "currency_conversion": null,
        "custom_fields": [],
        "custom_text": {"after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null},
        "customer": customer, "customer_account": null, "customer_creation": null, "customer_details": details(&owner),
        "customer_email": null, "discounts": [], "expires_at": expires_at, "invoice": null, "invoice_creation": invoice_creation,
        "livemode": state.livemode, "locale": null, "metadata": given.metadata("metadata"), "mode": mode, "origin_context": null,
        "payment_intent": null, "payment_link": null, "payment_method_collection": if mode == "payment" { "if_required" } else { "always" },
        "payment_method_configuration_details": null,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}}, "payment_method_types": ["card"],
        "payment_status": "unpaid", "permissions": null, "phone_number_collection": {"enabled": false}, "recovered_from": null,
        "saved_payment_method_options": null, "setup_intent": null, "shipping_address_collection": null, "shipping_cost": null,
        "shipping_options": [], "status": "open", "submit_type": null, "subscription": null, "success_url": success_url,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}, "ui_mode": "hosted_page",
        "url": format!("{}/checkout/{id}", state.base_url), "wallet_options": null,
    });
    state.insert(session);
    state.checkouts.insert(id.clone(), given.clone());
    Ok(state.object(&id))
}

fn details(owner: &Value) -> Value {
    json!({
        "address": null, "business_name": null, "email": owner["email"], "individual_name": null, "name": owner["name"], "phone": null,
        "tax_exempt": "none", "tax_ids": null,
    })
}

/// What the lines cost in all, once they fit the mode.
fn checked_lines(state: &State, mode: &str, given: &Form) -> Result<i64, Refusal> {
    if !["payment", "subscription"].contains(&mode) {
        return Err(Refusal::invalid("mode", "Invalid mode: must be one of payment or subscription here"));
    }
    let elements = given.elements("line_items");
    if elements.is_empty() {
        return Err(Refusal::missing("line_items"));
    }
    let mut total = 0;
    for element in elements {
        let name = format!("{element}[price]");
        let price = state.get("price", given.needed(&name)?, &name)?;
        if price["active"] == false {
            return Err(Refusal::invalid(&name, "The price specified is inactive. This field only accepts active prices."));
        }
        if mode == "payment" && price["type"] == "recurring" {
            let message = "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use \
                           only one-time prices.";
            return Err(Refusal::invalid(&name, message));
        }
        if mode == "subscription" && price["type"] == "one_time" {
            let message = "You must provide at least one recurring price in `subscription` mode when using prices.";
            return Err(Refusal::invalid(&name, message));
        }
        let name = format!("{element}[quantity]");
        let quantity = given.integer(&name)?.ok_or_else(|| Refusal::missing(&name))?;
        if !(1..=QUANTITY_MAX).contains(&quantity) {
            return Err(Refusal::invalid(&name, "This value must be greater than or equal to 1."));
        }
        total += price["unit_amount"].as_i64().unwrap_or(0) * quantity;
    }
    Ok(total)
}

fn refuse_of_other_mode(mode: &str, given: &Form) -> Result<(), Refusal> {
    let foreign: &[&str] =
        if mode == "payment" { &["subscription_data"] } else { &["invoice_creation", "payment_intent_data"] };
    match foreign.iter().find(|key| given.has(key)) {
        Some(key) => Err(Refusal::invalid(key, &format!("You can not pass `{key}` in `{mode}` mode."))),
        None => Ok(()),
    }
}

fn invoice_creation(mode: &str, given: &Form) -> Result<Value, Refusal> {
    if mode != "payment" {
        return Ok(Value::Null);
    }
    let enabled = given.flag("invoice_creation[enabled]")?.unwrap_or(false);
    let metadata = given.metadata("invoice_creation[invoice_data][metadata]");
    Ok(json!({"enabled": enabled, "invoice_data": {
        "account_tax_ids": null, "custom_fields": null, "description": given.filled("invoice_creation[invoice_data][description]"),
        "footer": null, "issuer": null, "metadata": metadata, "rendering_options": null,
    }}))
}

pub(super) fn get(state: &State, id: &str) -> Result<Value, Refusal> {
    state.get("checkout.session", id, "id").cloned()
}

pub(super) fn list(state: &State, given: &Form) -> Result<Value, Refusal> {
    given.only(&[&LIST[..], &["customer", "status", "payment_intent", "subscription"]].concat())?;
    created_fits(given, &Value::Null)?;
    state.page("checkout.session", "/v1/checkout/sessions", given, |session| {
        let keys = ["customer", "status", "payment_intent", "subscription"];
        keys.iter().all(|key| given.filled(key).is_none_or(|wanted| session[*key] == wanted))
            && created_fits(given, session).unwrap_or(false)
    })
}

/// `POST /v1/checkout/sessions/{id}/expire`.
pub(super) fn expire(state: &mut State, id: &str, given: &Form) -> Result<Value, Refusal> {
    given.only(&[])?;
    let status = state.get("checkout.session", id, "id")?["status"].as_str().unwrap_or_default().to_owned();
    if status != "open" {
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of {status}."
        );
        return Err(Refusal::bad(&message));
    }
    expire_now(state, id);
    Ok(state.object(id))
}

pub(super) fn expire_now(state: &mut State, id: &str) {
    state.edit(id, |session| {
        session["status"] = json!("expired");
        session["url"] = Value::Null;
    });
    state.tell("checkout.session.expired", id);
}

/// A person pays with a card. Declined, the session stays open.
pub(super) fn pay(state: &mut State, id: &str, card: Card) -> Result<Value, Refusal> {
    let session = state.get("checkout.session", id, "session")?.clone();
    if session["status"] != "open" {
        return Err(Refusal::bad("This Checkout Session is no longer active."));
    }
    let asked = state.checkouts.get(id).cloned().unwrap_or_default();
    if card != Card::Good {
        refuse_payment(state, &session, &asked, card);
        let code = if card == Card::RequiresAction { "authentication_required" } else { "generic_decline" };
        return Err(Refusal::declined(code));
    }
    let result =
        if session["mode"] == "subscription" { subscribe(state, &session, &asked) } else { sell(state, &session, &asked) };
    state.edit(id, |session| {
        for (key, value) in result.as_object().into_iter().flatten() {
            session[key] = value.clone();
        }
        session["status"] = json!("complete");
        session["payment_status"] = json!("paid");
        session["url"] = Value::Null;
    });
    state.tell("checkout.session.completed", id);
    Ok(state.object(id))
}

fn refuse_payment(state: &mut State, session: &Value, asked: &Form, card: Card) {
    let customer = session["customer"].as_str().unwrap_or_default();
    let intent = payments::open_intent(
        state,
        customer,
        session["amount_total"].as_i64().unwrap_or(0),
        asked.metadata("payment_intent_data[metadata]"),
        "Checkout",
    );
    payments::take(state, &intent, card);
}

fn lines(asked: &Form) -> Vec<(String, i64)> {
    let line = |element: &String| {
        let price = asked.text(&format!("{element}[price]")).unwrap_or_default().to_owned();
        (price, asked.integer(&format!("{element}[quantity]")).ok().flatten().unwrap_or(1))
    };
    asked.elements("line_items").iter().map(line).collect()
}

/// The subscription is made when the payment is certain, so it begins active.
fn subscribe(state: &mut State, session: &Value, asked: &Form) -> Value {
    let customer = session["customer"].as_str().unwrap_or_default();
    state.put_card(customer, Card::Good);
    let metadata = asked.metadata("subscription_data[metadata]");
    let new = NewSubscription { customer, items: lines(asked), metadata, status: "active", trial: None };
    let id = subscriptions::begin(state, &new);
    let now = state.now();
    let invoice = subscriptions::bill(state, &id, "subscription_create", (now, now), false);
    state.tell("customer.subscription.created", &id);
    invoices::finalize_and_pay(state, &invoice);
    json!({"subscription": id, "invoice": invoice})
}

/// One payment; with `invoice_creation` there is an invoice for it, paid from the start.
fn sell(state: &mut State, session: &Value, asked: &Form) -> Value {
    let customer = session["customer"].as_str().unwrap_or_default();
    let metadata = asked.metadata("payment_intent_data[metadata]");
    let description = asked.filled("payment_intent_data[description]").unwrap_or("Checkout").to_owned();
    let amount = session["amount_total"].as_i64().unwrap_or(0);
    let intent = payments::open_intent(state, customer, amount, metadata, &description);
    if payments::take(state, &intent, Card::Good) != Taken::Paid || session["invoice_creation"]["enabled"] != true {
        return json!({"payment_intent": intent});
    }
    let now = state.now();
    let line = |(price, quantity): (String, i64)| {
        let amount = state.object(&price)["unit_amount"].as_i64().unwrap_or(0) * quantity;
        NewLine { of: LineOf::InvoiceItem, price, quantity, amount, period: (now, now) }
    };
    let lines = lines(asked).into_iter().map(line).collect();
    let metadata = session["invoice_creation"]["invoice_data"]["metadata"].clone();
    let new = NewInvoice { customer, reason: "manual", subscription: None, lines, period: (now, now), metadata };
    let invoice = drafts::draft(state, new);
    invoices::finalize_for(state, &invoice, Some(&intent));
    invoices::mark_paid(state, &invoice);
    json!({"payment_intent": intent, "invoice": invoice})
}

impl StripeSimulator {
    /// A person pays on the hosted page with a good card. The session's id, or the last part of its address.
    pub fn pay_checkout(&self, session: &str) -> Result<Value, Refusal> {
        self.pay_checkout_with(session, Card::Good)
    }

    /// The same with any card; a card that does not pay leaves the session open and is answered with a refusal.
    pub fn pay_checkout_with(&self, session: &str, card: Card) -> Result<Value, Refusal> {
        let id = session.rsplit('/').next().unwrap_or(session);
        pay(&mut self.state(), id, card)
    }

    /// Lets a session's time run out now.
    pub fn expire_checkout(&self, session: &str) -> Result<Value, Refusal> {
        expire(&mut self.state(), session, &Form::default())
    }
}
