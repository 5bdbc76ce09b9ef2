//! Disputes: opened by a bank, closed by it.

use serde_json::{Value, json};

use super::{
    StripeSimulator,
    answer::{LIST, Refusal, created_fits},
    form::Form,
    ids, refunds,
    state::State,
};

/// How long the account has to answer.
const ANSWER_SECONDS: i64 = 7 * 24 * 60 * 60;

/// How a dispute ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisputeEnd {
    Won,
    Lost,
    WarningClosed,
}

pub(super) fn get(state: &State, id: &str) -> Result<Value, Refusal> {
    state.get("dispute", id, "id").cloned()
}

pub(super) fn list(state: &State, given: &Form) -> Result<Value, Refusal> {
    given.only(&[&LIST[..], &["charge", "payment_intent"]].concat())?;
    created_fits(given, &Value::Null)?;
    state.page("dispute", "/v1/disputes", given, |dispute| {
        ["charge", "payment_intent"].iter().all(|key| given.filled(key).is_none_or(|wanted| dispute[*key] == wanted))
            && created_fits(given, dispute).unwrap_or(false)
    })
}

fn evidence() -> Value {
    let names = [
        "access_activity_log",
        "billing_address",
        "cancellation_policy",
        "cancellation_policy_disclosure",
        "cancellation_rebuttal",
        "customer_communication",
        "customer_email_address",
        "customer_name",
        "customer_purchase_ip",
        "customer_signature",
        "duplicate_charge_documentation",
        "duplicate_charge_explanation",
        "duplicate_charge_id",
        "product_description",
        "receipt",
        "refund_policy",
        "refund_policy_disclosure",
        "refund_refusal_explanation",
        "service_date",
        "service_documentation",
        "shipping_address",
        "shipping_carrier",
        "shipping_date",
        "shipping_documentation",
        "shipping_tracking_number",
        "uncategorized_file",
        "uncategorized_text",
    ];
    let mut evidence: Value =
        names.iter().map(|name| ((*name).to_owned(), Value::Null)).collect::<serde_json::Map<_, _>>().into();
    evidence["enhanced_evidence"] = json!({});
    evidence
}

impl StripeSimulator {
    /// A bank disputes what an invoice, an intent or a charge was paid with. A warning takes no money yet.
    pub fn dispute(&self, paid: &str, is_warning: bool) -> Result<String, Refusal> {
        self.dispute_amount(paid, None, is_warning)
    }

    /// The same for a part of it.
    pub fn dispute_amount(&self, paid: &str, amount: Option<i64>, is_warning: bool) -> Result<String, Refusal> {
        let mut state = self.state();
        let charge = refunds::charge_of(&state, paid)?;
        let paid = state.object(&charge);
        let now = state.now();
        let amount = amount.map_or_else(|| paid["amount"].clone(), |amount| json!(amount));
        let dispute = json!({
            "id": state.draw(ids::DISPUTE), "object": "dispute", "amount": amount, "balance_transactions": [],
            "charge": charge, "created": now, "currency": "usd", "enhanced_eligibility_types": [], "evidence": evidence(),
            "evidence_details": {"due_by": now + ANSWER_SECONDS, "enhanced_eligibility": {}, "has_evidence": false, "past_due": false,
                "submission_count": 0},
            "is_charge_refundable": is_warning, "livemode": state.livemode, "metadata": {}, "payment_intent": paid["payment_intent"],
            "payment_method_details": {"card": {"brand": "visa", "case_type": if is_warning { "inquiry" } else { "chargeback" },
                "network_reason_code": "10.4"}, "type": "card"},
            "reason": "fraudulent", "status": if is_warning { "warning_needs_response" } else { "needs_response" },
        });
        let id = state.create("charge.dispute.created", dispute);
        state.edit(&charge, |charge| charge["disputed"] = json!(true));
        Ok(id)
    }

    /// The bank has the account's answer and thinks about it.
    pub fn review_dispute(&self, dispute: &str) -> Result<Value, Refusal> {
        let mut state = self.state();
        let is_warning =
            state.get("dispute", dispute, "dispute")?["status"].as_str().is_some_and(|status| status.starts_with("warning"));
        state.change("charge.dispute.updated", dispute, |one| {
            one["status"] = json!(if is_warning { "warning_under_review" } else { "under_review" });
        });
        Ok(state.object(dispute))
    }

    pub fn close_dispute(&self, dispute: &str, end: DisputeEnd) -> Result<Value, Refusal> {
        let mut state = self.state();
        state.get("dispute", dispute, "dispute")?;
        let status = match end {
            DisputeEnd::Won => "won",
            DisputeEnd::Lost => "lost",
            DisputeEnd::WarningClosed => "warning_closed",
        };
        state.change("charge.dispute.closed", dispute, |one| {
            one["status"] = json!(status);
            one["is_charge_refundable"] = json!(false);
        });
        Ok(state.object(dispute))
    }
}
