//! What an invoice that was paid, or not, means for its subscription: active, past due with retries, and the end of them.

use serde_json::{Value, json};

use super::{StripeSimulator, state::State, subscriptions, upgrades};

const DAY: i64 = 24 * 60 * 60;

/// What becomes of a subscription when the last retry failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterRetries {
    Cancel,
    Unpaid,
    LeavePastDue,
}

/// When a failed payment is tried again, and what comes after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dunning {
    /// Days after the first attempt.
    pub retry_days: Vec<i64>,
    pub after: AfterRetries,
}

impl Default for Dunning {
    fn default() -> Dunning {
        Dunning { retry_days: vec![3, 5, 7], after: AfterRetries::Cancel }
    }
}

fn subscription_of(state: &State, invoice: &str) -> Option<String> {
    let invoice = state.object(invoice);
    invoice["parent"]["subscription_details"]["subscription"].as_str().map(str::to_owned)
}

pub(super) fn after_payment(state: &mut State, invoice: &str) {
    let Some(id) = subscription_of(state, invoice) else { return };
    if state.pending.get(&id).is_some_and(|pending| pending.invoice == invoice) {
        upgrades::apply(state, &id);
    }
    let subscription = state.object(&id);
    let is_owed = |other: &Value| {
        other["status"] == "open" && subscription_of(state, other["id"].as_str().unwrap_or_default()) == Some(id.clone())
    };
    let owes_more = state.newest_first("invoice").any(is_owed);
    match subscription["status"].as_str() {
        Some("incomplete") => state.change("customer.subscription.updated", &id, |one| one["status"] = json!("active")),
        Some("past_due" | "unpaid") if !owes_more => {
            state.change("customer.subscription.updated", &id, |one| one["status"] = json!("active"));
        }
        Some("paused") if subscription["latest_invoice"] == invoice => {
            state.change("customer.subscription.resumed", &id, |one| one["status"] = json!("active"));
        }
        _ => {}
    }
}

pub(super) fn after_failure(state: &mut State, invoice: &str) {
    let Some(id) = subscription_of(state, invoice) else { return };
    let owed = state.object(invoice);
    let status = state.object(&id)["status"].as_str().unwrap_or_default().to_owned();
    if owed["billing_reason"] != "subscription_cycle" || !["active", "past_due", "trialing"].contains(&status.as_str()) {
        return;
    }
    let first = owed["status_transitions"]["finalized_at"].as_i64().unwrap_or(0);
    let now = state.now();
    let next = state.dunning.retry_days.iter().map(|days| first + days * DAY).find(|at| *at > now);
    state.change("customer.subscription.updated", &id, |one| one["status"] = json!("past_due"));
    state.edit(invoice, |owed| {
        owed["next_payment_attempt"] = next.map_or(Value::Null, |at| json!(at));
        owed["auto_advance"] = json!(next.is_some());
    });
    if next.is_none() {
        give_up(state, &id);
    }
}

fn give_up(state: &mut State, subscription: &str) {
    match state.dunning.after {
        AfterRetries::Cancel => subscriptions::end(state, subscription, "payment_failed"),
        AfterRetries::Unpaid => {
            state.change("customer.subscription.updated", subscription, |one| one["status"] = json!("unpaid"))
        }
        AfterRetries::LeavePastDue => {}
    }
}

impl StripeSimulator {
    /// When failed renewals are tried again and what comes after; otherwise after 3, 5 and 7 days, then canceled.
    pub fn set_dunning(&self, dunning: Dunning) {
        self.state().dunning = dunning;
    }
}
