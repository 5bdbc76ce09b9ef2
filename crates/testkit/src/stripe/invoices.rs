//! Invoices: drafted, finalized, paid or voided. What a payment means for a subscription is told to `settlement`.

use serde_json::{Value, json};

use super::{
    StripeSimulator,
    answer::{LIST, Refusal, created_fits, page_of},
    cards::Card,
    form::Form,
    ids,
    payments::{self, Taken},
    settlement,
    state::State,
};

/// An invoice of a cycle stays a draft for about an hour.
pub(super) const DRAFT_SECONDS: i64 = 60 * 60;

/// What a line comes from.
#[derive(Clone, Debug)]
pub(super) enum LineOf {
    SubscriptionItem {
        subscription: String,
        item: String,
    },
    InvoiceItem,
    /// What is left to pay for a change in the middle of a period.
    Proration {
        subscription: String,
        item: String,
    },
}

#[derive(Clone, Debug)]
pub(super) struct NewLine {
    pub of: LineOf,
    pub price: String,
    pub quantity: i64,
    pub amount: i64,
    pub period: (i64, i64),
}

#[derive(Clone, Debug)]
pub(super) struct NewInvoice<'a> {
    pub customer: &'a str,
    /// Stripe's `billing_reason`.
    pub reason: &'a str,
    pub subscription: Option<&'a str>,
    pub lines: Vec<NewLine>,
    /// What the invoice looks back on.
    pub period: (i64, i64),
    pub metadata: Value,
}

/// Makes a draft.
pub(super) fn draft(state: &mut State, new: NewInvoice<'_>) -> String {
    let id = state.draw(ids::INVOICE);
    let now = state.now();
    let lines: Vec<Value> = new.lines.iter().map(|line| line_of(state, &id, line)).collect();
    let total: i64 = new.lines.iter().map(|line| line.amount).sum();
    let owner = state.object(new.customer);
    let parent = new.subscription.map_or(Value::Null, |subscription| {
        let metadata = state.object(subscription)["metadata"].clone();
        json!({"quote_details": null, "subscription_details": {"metadata": metadata, "subscription": subscription}, "type": "subscription_details"})
    });
    let invoice = json!({
        "id": id, "object": "invoice", "account_country": "US", "account_name": "Creel", "account_tax_ids": null, "amount_due": total.max(0),
        "amount_overpaid": 0, "amount_paid": 0, "amount_paid_off_stripe": 0, "amount_remaining": total.max(0), "amount_shipping": 0,
        "application": null, "attempt_count": 0, "attempted": false, "auto_advance": true,
        "automatic_tax": {"disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null},
        "automatically_finalizes_at": now + DRAFT_SECONDS, "billing_reason": new.reason, "collection_method": "charge_automatically",
        "created": now, "currency": "usd", "custom_fields": null, "customer": new.customer, "customer_account": null,
        "customer_address": null, "customer_email": owner["email"], "customer_name": owner["name"], "customer_phone": null,
        "customer_shipping": null, "customer_tax_exempt": "none", "customer_tax_ids": [], "default_payment_method": null,
        "default_source": null, "default_tax_rates": [], "description": null, "discounts": [], "due_date": null, "effective_at": null,
        "ending_balance": null, "footer": null, "from_invoice": null, "hosted_invoice_url": null, "invoice_pdf": null,
        "issuer": {"type": "self"}, "last_finalization_error": null, "latest_revision": null,
        "lines": {"object": "list", "data": lines, "has_more": false, "url": format!("/v1/invoices/{id}/lines")},
        "livemode": state.livemode, "metadata": new.metadata, "next_payment_attempt": now + DRAFT_SECONDS, "number": null,
        "on_behalf_of": null, "parent": parent,
        "payment_settings": {"default_mandate": null, "payment_method_options": null, "payment_method_types": null},
        "period_end": new.period.1, "period_start": new.period.0, "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0, "receipt_number": null, "rendering": null, "shipping_cost": null,
        "shipping_details": null, "starting_balance": 0, "statement_descriptor": null, "status": "draft",
        "status_transitions": {"finalized_at": null, "marked_uncollectible_at": null, "paid_at": null, "voided_at": null},
        "subtotal": total, "subtotal_excluding_tax": total, "test_clock": null, "total": total, "total_discount_amounts": [],
        "total_excluding_tax": total, "total_pretax_credit_amounts": [], "total_taxes": [], "webhooks_delivered_at": now,
    });
    state.create("invoice.created", invoice)
}

fn line_of(state: &State, invoice: &str, line: &NewLine) -> Value {
    let price = state.object(&line.price);
    let product = state.object(price["product"].as_str().unwrap_or_default());
    let name = product["name"].as_str().unwrap_or_default();
    let subscription_item = |subscription: &String, item: &String, proration: bool| {
        json!({"invoice_item_details": null, "subscription_item_details": {"invoice_item": null, "proration": proration,
            "proration_details": {"credited_items": null}, "subscription": subscription, "subscription_item": item},
            "type": "subscription_item_details"})
    };
    let (parent, subscription) = match &line.of {
        LineOf::SubscriptionItem { subscription, item } => {
            (subscription_item(subscription, item, false), json!(subscription))
        }
        LineOf::Proration { subscription, item } => (subscription_item(subscription, item, true), json!(subscription)),
        LineOf::InvoiceItem => {
            let details = json!({"invoice_item": state.draw(ids::INVOICE_ITEM), "proration": false,
                "proration_details": {"credited_items": null}, "subscription": null});
            (
                json!({"invoice_item_details": details, "subscription_item_details": null, "type": "invoice_item_details"}),
                Value::Null,
            )
        }
    };
    json!({
        "id": state.draw(ids::INVOICE_LINE), "object": "line_item", "amount": line.amount, "currency": "usd",
        "description": format!("{} × {name}", line.quantity), "discount_amounts": [], "discountable": true, "discounts": [],
        "invoice": invoice, "livemode": state.livemode, "metadata": {}, "parent": parent,
        "period": {"end": line.period.1, "start": line.period.0}, "pretax_credit_amounts": [],
        "pricing": {"price_details": {"price": line.price, "product": price["product"]}, "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"]},
        "quantity": line.quantity, "quantity_decimal": line.quantity.to_string(), "subscription": subscription,
        "subtotal": line.amount, "taxes": [],
    })
}

/// Makes a draft final: a number, a page to pay it, and an intent to take the money with. Nothing to pay is paid at once.
pub(super) fn finalize(state: &mut State, id: &str) {
    finalize_for(state, id, None);
}

/// The same, for money that an intent took already.
pub(super) fn finalize_for(state: &mut State, id: &str, intent: Option<&str>) {
    let invoice = state.object(id);
    if invoice["status"] != "draft" {
        return;
    }
    state.invoice_numbers += 1;
    let prefix = state.object(invoice["customer"].as_str().unwrap_or_default())["invoice_prefix"].clone();
    let number = format!("{}-{:04}", prefix.as_str().unwrap_or("DELETED"), state.invoice_numbers);
    let (now, url) = (state.now(), format!("{}/invoice/{id}", state.base_url));
    state.edit(id, |invoice| {
        invoice["status"] = json!("open");
        invoice["number"] = json!(number);
        invoice["hosted_invoice_url"] = json!(url);
        invoice["invoice_pdf"] = json!(format!("{url}/pdf"));
        invoice["status_transitions"]["finalized_at"] = json!(now);
        invoice["effective_at"] = json!(now);
        invoice["automatically_finalizes_at"] = Value::Null;
        invoice["ending_balance"] = json!(0);
    });
    let amount = invoice["amount_due"].as_i64().unwrap_or(0);
    if amount > 0 {
        let customer = invoice["customer"].as_str().unwrap_or_default();
        let intent = intent.map_or_else(
            || payments::open_intent(state, customer, amount, json!({}), &description(&invoice)),
            str::to_owned,
        );
        open_payment(state, id, &intent, amount);
    }
    state.tell("invoice.finalized", id);
    if amount == 0 {
        mark_paid(state, id);
    }
}

fn description(invoice: &Value) -> String {
    match invoice["billing_reason"].as_str() {
        Some("subscription_create") => "Subscription creation".to_owned(),
        Some("subscription_cycle" | "subscription_update") => "Subscription update".to_owned(),
        _ => format!("Payment for invoice {}", invoice["id"].as_str().unwrap_or_default()),
    }
}

/// Binds an intent to the invoice that it pays.
pub(super) fn open_payment(state: &mut State, invoice: &str, intent: &str, amount: i64) {
    let payment = json!({
        "id": state.draw(ids::INVOICE_PAYMENT), "object": "invoice_payment", "amount_paid": null, "amount_requested": amount,
        "created": state.now(), "currency": "usd", "invoice": invoice, "is_default": true, "livemode": state.livemode,
        "payment": {"payment_intent": intent, "type": "payment_intent"}, "status": "open",
        "status_transitions": {"canceled_at": null, "paid_at": null},
    });
    state.insert(payment);
}

/// The payment of an invoice that is open or done, and its intent.
pub(super) fn payment_of(state: &State, invoice: &str) -> Option<(String, String)> {
    let payment = state
        .newest_first("invoice_payment")
        .find(|payment| payment["invoice"] == invoice && payment["status"] != "canceled")?;
    Some((payment["id"].as_str()?.to_owned(), payment["payment"]["payment_intent"].as_str()?.to_owned()))
}

/// Tries the customer's card on an open invoice and tells the subscription how it went.
pub(super) fn attempt(state: &mut State, id: &str, card: Card) -> Taken {
    let Some((_, intent)) = payment_of(state, id) else { return Taken::Paid };
    let taken = payments::take(state, &intent, card);
    match taken {
        Taken::Paid => mark_paid(state, id),
        Taken::Declined | Taken::NeedsAction => {
            state.edit(id, |invoice| {
                invoice["attempted"] = json!(true);
                invoice["attempt_count"] = json!(invoice["attempt_count"].as_i64().unwrap_or(0) + 1);
                invoice["next_payment_attempt"] = Value::Null;
            });
            settlement::after_failure(state, id);
            state.tell("invoice.updated", id);
            state.tell("invoice.payment_failed", id);
            if taken == Taken::NeedsAction {
                state.tell("invoice.payment_action_required", id);
            }
        }
    }
    taken
}

/// Closes an invoice whose money came, or which wants none.
pub(super) fn mark_paid(state: &mut State, id: &str) {
    let now = state.now();
    let payment = payment_of(state, id);
    state.change("invoice.updated", id, |invoice| {
        invoice["status"] = json!("paid");
        invoice["attempted"] = json!(true);
        if payment.is_some() {
            invoice["attempt_count"] = json!(invoice["attempt_count"].as_i64().unwrap_or(0) + 1);
        }
        invoice["amount_paid"] = invoice["amount_due"].clone();
        invoice["amount_remaining"] = json!(0);
        invoice["next_payment_attempt"] = Value::Null;
        invoice["auto_advance"] = json!(false);
        invoice["status_transitions"]["paid_at"] = json!(now);
    });
    if let Some((payment, _)) = payment {
        state.edit(&payment, |payment| {
            payment["status"] = json!("paid");
            payment["amount_paid"] = payment["amount_requested"].clone();
            payment["status_transitions"]["paid_at"] = json!(now);
        });
        state.tell("invoice_payment.paid", &payment);
    }
    state.tell("invoice.paid", id);
    state.tell("invoice.payment_succeeded", id);
    settlement::after_payment(state, id);
}

/// Takes an open invoice back: nobody has to pay it any more.
pub(super) fn void(state: &mut State, id: &str) {
    if !["open", "draft"].iter().any(|status| state.object(id)["status"] == *status) {
        return;
    }
    let now = state.now();
    if let Some((payment, intent)) = payment_of(state, id) {
        state.edit(&payment, |payment| {
            payment["status"] = json!("canceled");
            payment["status_transitions"]["canceled_at"] = json!(now);
        });
        state.change("payment_intent.canceled", &intent, |intent| {
            intent["status"] = json!("canceled");
            intent["canceled_at"] = json!(now);
            intent["cancellation_reason"] = json!("void_invoice");
            intent["next_action"] = Value::Null;
        });
    }
    state.change("invoice.voided", id, |invoice| {
        invoice["status"] = json!("void");
        invoice["auto_advance"] = json!(false);
        invoice["next_payment_attempt"] = Value::Null;
        invoice["status_transitions"]["voided_at"] = json!(now);
    });
}

pub(super) fn get(state: &State, id: &str) -> Result<Value, Refusal> {
    state.get("invoice", id, "id").map(|invoice| state.shown(invoice))
}

pub(super) fn list(state: &State, given: &Form) -> Result<Value, Refusal> {
    given.only(&[&LIST[..], &["customer", "status", "subscription", "collection_method"]].concat())?;
    created_fits(given, &Value::Null)?;
    state.page("invoice", "/v1/invoices", given, |invoice| {
        let subscription = &invoice["parent"]["subscription_details"]["subscription"];
        ["customer", "status", "collection_method"]
            .iter()
            .all(|key| given.filled(key).is_none_or(|wanted| invoice[*key] == wanted))
            && given.filled("subscription").is_none_or(|wanted| subscription == wanted)
            && created_fits(given, invoice).unwrap_or(false)
    })
}

pub(super) fn list_lines(state: &State, id: &str, given: &Form) -> Result<Value, Refusal> {
    given.only(&LIST[..3])?;
    let lines = state.get("invoice", id, "id")?["lines"]["data"].as_array().cloned().unwrap_or_default();
    page_of(lines, &format!("/v1/invoices/{id}/lines"), given)
}

pub(super) fn list_payments(state: &State, given: &Form) -> Result<Value, Refusal> {
    given.only(
        &[&LIST[..], &["invoice", "status", "payment[type]", "payment[payment_intent]", "payment[payment_record]"]].concat(),
    )?;
    created_fits(given, &Value::Null)?;
    if given.has("payment") && !["payment_intent", "payment_record"].contains(&given.needed("payment[type]")?) {
        return Err(Refusal::invalid(
            "payment[type]",
            "Invalid payment[type]: must be one of payment_intent or payment_record",
        ));
    }
    state.page("invoice_payment", "/v1/invoice_payments", given, |payment| {
        let intent = &payment["payment"]["payment_intent"];
        ["invoice", "status"].iter().all(|key| given.filled(key).is_none_or(|wanted| payment[*key] == wanted))
            && given.filled("payment[payment_intent]").is_none_or(|wanted| intent == wanted)
            && given.filled("payment[payment_record]").is_none()
            && created_fits(given, payment).unwrap_or(false)
    })
}

impl StripeSimulator {
    /// Pays an open invoice as a person does on its page, with that card; the card is kept.
    pub fn pay_invoice_with(&self, invoice: &str, card: Card) -> Result<Value, Refusal> {
        let mut state = self.state();
        let customer = state.get("invoice", invoice, "invoice")?["customer"].as_str().unwrap_or_default().to_owned();
        if state.object(invoice)["status"] != "open" {
            return Err(Refusal::bad("Invoice is not open."));
        }
        state.put_card(&customer, card);
        match attempt(&mut state, invoice, card) {
            Taken::Paid => Ok(state.object(invoice)),
            Taken::Declined => Err(Refusal::declined("generic_decline")),
            Taken::NeedsAction => Err(Refusal::declined("authentication_required")),
        }
    }

    /// Pays an open invoice with a good card.
    pub fn pay_invoice(&self, invoice: &str) -> Result<Value, Refusal> {
        self.pay_invoice_with(invoice, Card::Good)
    }

    /// Takes an open invoice back, as an operator does.
    pub fn void_invoice(&self, invoice: &str) -> Result<Value, Refusal> {
        let mut state = self.state();
        state.get("invoice", invoice, "invoice")?;
        void(&mut state, invoice);
        Ok(state.object(invoice))
    }

    /// An operator's own invoice for a customer, finalized and paid by the card on file: `(price, quantity)` for each line.
    pub fn add_invoice(&self, customer: &str, lines: &[(&str, i64)]) -> Result<String, Refusal> {
        let mut state = self.state();
        state.get("customer", customer, "customer")?;
        let now = state.now();
        let mut new = Vec::new();
        for (price, quantity) in lines {
            let amount = state.get("price", price, "price")?["unit_amount"].as_i64().unwrap_or(0) * quantity;
            new.push(NewLine {
                of: LineOf::InvoiceItem,
                price: (*price).to_owned(),
                quantity: *quantity,
                amount,
                period: (now, now),
            });
        }
        let invoice = NewInvoice {
            customer,
            reason: "manual",
            subscription: None,
            lines: new,
            period: (now, now),
            metadata: json!({}),
        };
        let id = draft(&mut state, invoice);
        finalize_and_pay(&mut state, &id);
        Ok(id)
    }

    /// An invoice as somebody's change in the middle of a period makes it: one line, marked as proration, of that many cents.
    pub fn add_proration_invoice(&self, subscription: &str, amount: i64) -> Result<String, Refusal> {
        let mut state = self.state();
        let owner = state.get("subscription", subscription, "subscription")?.clone();
        let item = &owner["items"]["data"][0];
        let (now, end) = (state.now(), item["current_period_end"].as_i64().unwrap_or(0));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let line = NewLine {
            of: LineOf::Proration { subscription: subscription.to_owned(), item: text(&item["id"]) },
            price: text(&item["price"]["id"]),
            quantity: item["quantity"].as_i64().unwrap_or(1),
            amount,
            period: (now, end),
        };
        let customer = text(&owner["customer"]);
        let invoice = NewInvoice {
            customer: &customer,
            reason: "subscription_update",
            subscription: Some(subscription),
            lines: vec![line],
            period: (now, now),
            metadata: json!({}),
        };
        let id = draft(&mut state, invoice);
        finalize_and_pay(&mut state, &id);
        Ok(id)
    }
}

/// What happens at once where nothing waits: finalized, and paid by the card on file.
pub(super) fn finalize_and_pay(state: &mut State, id: &str) -> Taken {
    finalize(state, id);
    let invoice = state.object(id);
    if invoice["status"] != "open" {
        return Taken::Paid;
    }
    let card = state.card(invoice["customer"].as_str().unwrap_or_default());
    attempt(state, id, card)
}
