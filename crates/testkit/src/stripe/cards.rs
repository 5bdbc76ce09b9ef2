//! The card that a customer pays with, as far as it matters here: whether it pays.

use serde_json::{Value, json};

use super::{StripeSimulator, answer::Refusal, ids, state::State};

/// How a customer's card behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    Good,
    Declines,
    /// Wants to be confirmed by its owner, who is not there.
    RequiresAction,
    /// No card at all.
    None,
}

impl Card {
    const fn last4(self) -> &'static str {
        match self {
            Card::Good | Card::None => "4242",
            Card::Declines => "0002",
            Card::RequiresAction => "3155",
        }
    }
}

/// The card as a charge tells of it.
pub(super) fn details(card: Card) -> Value {
    json!({"type": "card", "card": {
        "brand": "visa", "country": "US", "exp_month": 12, "exp_year": 2040, "funding": "credit", "last4": card.last4(),
        "checks": {"address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass"},
        "amount_authorized": null, "authorization_code": null, "fingerprint": "Xt5EWLLDS7FJjR1c", "installments": null, "mandate": null,
        "network": "visa", "regulated_status": "unregulated", "three_d_secure": null, "wallet": null,
    }})
}

/// A person's details, none of them known.
pub(super) fn billing_details(email: &Value, name: &Value) -> Value {
    let address = json!({"city": null, "country": "US", "line1": null, "line2": null, "postal_code": null, "state": null});
    json!({"address": address, "email": email, "name": name, "phone": null, "tax_id": null})
}

impl State {
    pub(super) fn card(&self, customer: &str) -> Card {
        self.cards.get(customer).copied().unwrap_or(Card::None)
    }

    /// The id of the customer's default payment method.
    pub(super) fn payment_method(&self, customer: &str) -> Value {
        self.find(customer).map_or(Value::Null, |customer| customer["invoice_settings"]["default_payment_method"].clone())
    }

    /// Gives the customer a card in place of the one before.
    pub(super) fn put_card(&mut self, customer: &str, card: Card) {
        self.cards.insert(customer.to_owned(), card);
        let owner = self.object(customer);
        let method = match card {
            Card::None => Value::Null,
            card => {
                let details = details(card)["card"].clone();
                let method = json!({
                    "id": self.draw(ids::PAYMENT_METHOD), "object": "payment_method", "allow_redisplay": "always",
                    "billing_details": billing_details(&owner["email"], &owner["name"]), "card": payment_method_card(&details),
                    "created": self.now(), "customer": customer, "customer_account": null, "livemode": self.livemode, "metadata": {},
                    "type": "card",
                });
                json!(self.create("payment_method.attached", method))
            }
        };
        self.change("customer.updated", customer, |owner| owner["invoice_settings"]["default_payment_method"] = method);
    }
}

fn payment_method_card(details: &Value) -> Value {
    json!({
        "brand": "visa", "checks": details["checks"], "country": "US", "display_brand": "visa", "exp_month": 12, "exp_year": 2040,
        "fingerprint": details["fingerprint"], "funding": "credit", "generated_from": null, "last4": details["last4"],
        "networks": {"available": ["visa"], "preferred": null}, "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": true}, "wallet": null,
    })
}

impl StripeSimulator {
    /// Changes the card of a customer, as the portal does for a person.
    pub fn set_card(&self, customer: &str, card: Card) -> Result<(), Refusal> {
        let mut state = self.state();
        state.get("customer", customer, "customer")?;
        state.put_card(customer, card);
        Ok(())
    }
}
