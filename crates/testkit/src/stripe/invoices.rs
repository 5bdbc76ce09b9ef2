//! The life of an invoice: finalized, paid, voided. How it is drafted is in `drafts`; what a payment means for a subscription is
//! told to `settlement`.

use serde_json::{Value, json};

use super::{
    cards::Card,
    ids,
    payments::{self, Taken},
    settlement,
    state::State,
};

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
