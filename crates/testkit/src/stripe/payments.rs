//! Taking money: payment intents and the charges that they make. Refuses to know what is paid for.

use serde_json::{Value, json};

use super::{
    cards::{self, Card},
    ids,
    state::State,
};

/// How an attempt to take money went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Paid,
    Declined,
    NeedsAction,
}

/// Makes a payment intent that nobody has confirmed.
pub(super) fn open_intent(state: &mut State, customer: &str, amount: i64, metadata: Value, description: &str) -> String {
    let id = state.draw(ids::PAYMENT_INTENT);
    let secret = format!("{id}_secret_{}", state.draw(ids::IdShape("", 25)));
    let intent = json!({
        "id": id, "object": "payment_intent", "amount": amount, "amount_capturable": 0, "amount_details": {"tip": {}},
        "amount_received": 0, "application": null, "application_fee_amount": null, "automatic_payment_methods": null,
        "canceled_at": null, "cancellation_reason": null, "capture_method": "automatic", "client_secret": secret,
        "confirmation_method": "automatic", "created": state.now(), "currency": "usd", "customer": customer, "customer_account": null,
        "description": description, "last_payment_error": null, "latest_charge": null, "livemode": state.livemode,
        "metadata": metadata, "next_action": null, "on_behalf_of": null, "payment_method": null,
        "payment_method_configuration_details": null,
        "payment_method_options": {"card": {"installments": null, "mandate_options": null, "network": null,
            "request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"], "processing": null, "receipt_email": null, "review": null,
        "setup_future_usage": "off_session", "shipping": null, "statement_descriptor": null, "statement_descriptor_suffix": null,
        "status": "requires_payment_method", "transfer_data": null, "transfer_group": null,
    });
    state.create("payment_intent.created", intent)
}

/// Tries the card on an intent: a charge, good or failed, and the intent's new state.
pub(super) fn take(state: &mut State, intent: &str, card: Card) -> Taken {
    let customer = state.object(intent)["customer"].as_str().unwrap_or_default().to_owned();
    let method = state.payment_method(&customer);
    match card {
        Card::Good => {
            let charge = charge(state, intent, card, &method);
            state.edit(intent, |intent| {
                intent["status"] = json!("succeeded");
                intent["amount_received"] = intent["amount"].clone();
                intent["payment_method"] = method;
                intent["latest_charge"] = json!(charge);
                intent["last_payment_error"] = Value::Null;
                intent["next_action"] = Value::Null;
            });
            state.tell("charge.succeeded", &charge);
            state.tell("payment_intent.succeeded", intent);
            Taken::Paid
        }
        Card::RequiresAction => {
            state.edit(intent, |intent| {
                intent["status"] = json!("requires_action");
                intent["payment_method"] = method;
                intent["next_action"] =
                    json!({"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}});
            });
            state.tell("payment_intent.requires_action", intent);
            Taken::NeedsAction
        }
        Card::Declines | Card::None => {
            fail(state, intent, card, &method);
            Taken::Declined
        }
    }
}

fn fail(state: &mut State, intent: &str, card: Card, method: &Value) {
    let charge = (card == Card::Declines).then(|| charge(state, intent, card, method));
    let error = match &charge {
        Some(charge) => json!({
            "type": "card_error", "code": "card_declined", "decline_code": "generic_decline", "message": "Your card was declined.",
            "charge": charge,
        }),
        None => json!({
            "type": "invalid_request_error", "code": "missing",
            "message": "This customer has no attached payment source or default payment method.",
        }),
    };
    state.edit(intent, |intent| {
        intent["status"] = json!("requires_payment_method");
        intent["last_payment_error"] = error;
        if let Some(charge) = &charge {
            intent["latest_charge"] = json!(charge);
        }
    });
    if let Some(charge) = charge {
        state.tell("charge.failed", &charge);
    }
    state.tell("payment_intent.payment_failed", intent);
}

fn charge(state: &mut State, intent: &str, card: Card, method: &Value) -> String {
    let paying = state.object(intent);
    let customer = state.object(paying["customer"].as_str().unwrap_or_default());
    let is_good = card == Card::Good;
    let amount = paying["amount"].clone();
    let outcome = if is_good {
        json!({"advice_code": null, "network_advice_code": null, "network_decline_code": null, "network_status": "approved_by_network",
            "reason": null, "risk_level": "normal", "seller_message": "Payment complete.", "type": "authorized"})
    } else {
        json!({"advice_code": "try_again_later", "network_advice_code": null, "network_decline_code": "01",
            "network_status": "declined_by_network", "reason": "generic_decline", "risk_level": "normal",
            "seller_message": "The bank did not return any further details with this decline.", "type": "issuer_declined"})
    };
    let charge = json!({
        "id": state.draw(ids::CHARGE), "object": "charge", "amount": amount, "amount_captured": if is_good { amount.clone() } else { json!(0) },
        "amount_refunded": 0, "application": null, "application_fee": null, "application_fee_amount": null,
        "balance_transaction": null, "billing_details": cards::billing_details(&customer["email"], &customer["name"]),
        "calculated_statement_descriptor": "CREEL", "captured": is_good, "created": state.now(), "currency": "usd",
        "customer": paying["customer"], "description": paying["description"], "disputed": false, "failure_balance_transaction": null,
        "failure_code": if is_good { Value::Null } else { json!("card_declined") },
        "failure_message": if is_good { Value::Null } else { json!("Your card was declined.") }, "fraud_details": {},
        "livemode": state.livemode, "metadata": paying["metadata"], "on_behalf_of": null, "outcome": outcome, "paid": is_good,
        "payment_intent": intent, "payment_method": method, "payment_method_details": cards::details(card), "radar_options": {},
        "receipt_email": null, "receipt_number": null, "receipt_url": null, "refunded": false, "review": null, "shipping": null,
        "source_transfer": null, "statement_descriptor": null, "statement_descriptor_suffix": null,
        "status": if is_good { "succeeded" } else { "failed" }, "transfer_data": null, "transfer_group": null,
    });
    state.insert(charge)
}
