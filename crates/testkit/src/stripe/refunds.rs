//! Refunds, given by an operator: at once, later, or in the end not.

use serde_json::{Value, json};

use super::{
    StripeSimulator,
    answer::{LIST, Refusal, created_fits},
    form::Form,
    ids, invoices,
    state::State,
};

/// How a refund begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundAs {
    Succeeded,
    Pending,
}

pub(super) fn get(state: &State, id: &str) -> Result<Value, Refusal> {
    state.get("refund", id, "id").cloned()
}

pub(super) fn list(state: &State, given: &Form) -> Result<Value, Refusal> {
    given.only(&[&LIST[..], &["charge", "payment_intent"]].concat())?;
    created_fits(given, &Value::Null)?;
    state.page("refund", "/v1/refunds", given, |refund| {
        ["charge", "payment_intent"].iter().all(|key| given.filled(key).is_none_or(|wanted| refund[*key] == wanted))
            && created_fits(given, refund).unwrap_or(false)
    })
}

/// The charge that a thing was paid with: an invoice, an intent, or the charge itself.
pub(super) fn charge_of(state: &State, id: &str) -> Result<String, Refusal> {
    let object = state.object(id);
    let charge = match object["object"].as_str() {
        Some("charge") => Some(id.to_owned()),
        Some("payment_intent") => object["latest_charge"].as_str().map(str::to_owned),
        Some("invoice") => invoices::payment_of(state, id)
            .and_then(|(_, intent)| state.object(&intent)["latest_charge"].as_str().map(str::to_owned)),
        _ => None,
    };
    charge
        .filter(|charge| state.object(charge)["paid"] == true)
        .ok_or_else(|| Refusal::bad("There is no charge that was paid."))
}

fn left_to_refund(charge: &Value) -> i64 {
    charge["amount"].as_i64().unwrap_or(0) - charge["amount_refunded"].as_i64().unwrap_or(0)
}

fn refund(state: &mut State, paid: &str, amount: Option<i64>, begins: RefundAs) -> Result<String, Refusal> {
    let charge = charge_of(state, paid)?;
    let paid = state.object(&charge);
    let left = left_to_refund(&paid);
    let amount = amount.unwrap_or(left);
    if amount <= 0 || amount > left {
        let mut refusal =
            Refusal::invalid("amount", &format!("Refund amount (${amount}) is greater than unrefunded amount (${left})"));
        refusal.code = (left == 0).then(|| "charge_already_refunded".to_owned());
        return Err(refusal);
    }
    let refund = json!({
        "id": state.draw(ids::REFUND), "object": "refund", "amount": amount, "balance_transaction": null, "charge": charge,
        "created": state.now(), "currency": "usd",
        "destination_details": {"card": {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"},
            "type": "card"},
        "metadata": {}, "payment_intent": paid["payment_intent"], "reason": "requested_by_customer", "receipt_number": null,
        "source_transfer_reversal": null, "status": if begins == RefundAs::Pending { "pending" } else { "succeeded" },
        "transfer_reversal": null,
    });
    let id = state.insert(refund);
    take_back(state, &charge, amount);
    state.tell("refund.created", &id);
    state.tell("charge.refunded", &charge);
    Ok(id)
}

/// Counts an amount as refunded; a negative one as not refunded after all.
fn take_back(state: &mut State, charge: &str, amount: i64) {
    state.edit(charge, |charge| {
        charge["amount_refunded"] = json!(charge["amount_refunded"].as_i64().unwrap_or(0) + amount);
        charge["refunded"] = json!(left_to_refund(charge) == 0);
    });
}

impl StripeSimulator {
    /// Refunds what an invoice, an intent or a charge (any of their ids) was paid with: an amount in cents, or what is left.
    pub fn refund(&self, paid: &str, amount: Option<i64>) -> Result<String, Refusal> {
        self.refund_as(paid, amount, RefundAs::Succeeded)
    }

    pub fn refund_as(&self, paid: &str, amount: Option<i64>, begins: RefundAs) -> Result<String, Refusal> {
        refund(&mut self.state(), paid, amount, begins)
    }

    /// A pending refund arrives.
    pub fn complete_refund(&self, refund: &str) -> Result<Value, Refusal> {
        let mut state = self.state();
        state.get("refund", refund, "refund")?;
        state.change("refund.updated", refund, |refund| refund["status"] = json!("succeeded"));
        Ok(state.object(refund))
    }

    /// A refund does not arrive: the money is the account's again.
    pub fn fail_refund(&self, refund: &str) -> Result<Value, Refusal> {
        let mut state = self.state();
        let given = state.get("refund", refund, "refund")?.clone();
        if given["status"] == "failed" {
            return Ok(given);
        }
        take_back(&mut state, given["charge"].as_str().unwrap_or_default(), -given["amount"].as_i64().unwrap_or(0));
        state.edit(refund, |refund| {
            refund["status"] = json!("failed");
            refund["failure_reason"] = json!("lost_or_stolen_card");
        });
        state.tell("refund.updated", refund);
        state.tell("refund.failed", refund);
        Ok(state.object(refund))
    }
}
