//! What comes due by itself, and what happens then. Refuses to move the clock: `clock` does.

use serde_json::{Value, json};

use super::{
    cards::Card,
    checkout, invoices, months, schedules,
    state::State,
    subscriptions::{self, FIRST_PAYMENT_SECONDS},
    upgrades,
};

/// Stripe warns of a trial's end three days before it.
const TRIAL_WARNING_SECONDS: i64 = 3 * 24 * 60 * 60;

/// Something that comes due. In the order in which things of one instant happen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    SessionExpires(String),
    PendingUpdateExpires(String),
    IncompleteExpires(String),
    ResumeExpires(String),
    TrialWarning(String),
    TrialEnds(String),
    PeriodEnds(String),
    DraftIsFinal(String),
    PaymentIsTried(String),
}

impl State {
    /// The next thing that comes due, with its second.
    pub(super) fn next_due(&self) -> Option<(i64, Due)> {
        let sessions = self.newest_first("checkout.session").filter(|session| session["status"] == "open");
        let sessions =
            sessions.filter_map(|session| Some((session["expires_at"].as_i64()?, Due::SessionExpires(id_of(session)))));
        let invoices = self.newest_first("invoice").filter_map(due_of_invoice);
        let subscriptions =
            self.newest_first("subscription").flat_map(|subscription| self.due_of_subscription(subscription));
        sessions.chain(invoices).chain(subscriptions).min()
    }

    fn due_of_subscription(&self, subscription: &Value) -> Vec<(i64, Due)> {
        let id = id_of(subscription);
        let created = subscription["created"].as_i64().unwrap_or(0);
        let end = subscriptions::period_of(subscription).1;
        let mut due = Vec::new();
        if let Some(pending) = self.pending.get(&id) {
            due.push((pending.expires_at, Due::PendingUpdateExpires(id.clone())));
        }
        match subscription["status"].as_str() {
            Some("incomplete") => due.push((created + FIRST_PAYMENT_SECONDS, Due::IncompleteExpires(id))),
            Some("trialing") => {
                let ends = subscription["trial_end"].as_i64().unwrap_or(end);
                if !self.trial_warnings.contains(&id) {
                    due.push(((ends - TRIAL_WARNING_SECONDS).max(created), Due::TrialWarning(id.clone())));
                }
                due.push((ends, Due::TrialEnds(id)));
            }
            Some("active" | "past_due" | "unpaid") => due.push((end, Due::PeriodEnds(id))),
            Some("paused") => {
                let invoice = self.object(subscription["latest_invoice"].as_str().unwrap_or_default());
                if invoice["status"] == "open" && invoice["billing_reason"] == "subscription_update" {
                    due.push((invoice["created"].as_i64().unwrap_or(0) + FIRST_PAYMENT_SECONDS, Due::ResumeExpires(id)));
                }
            }
            _ => {}
        }
        due
    }

    /// Does one thing that is due.
    pub(super) fn happen(&mut self, due: &Due) {
        match due {
            Due::SessionExpires(id) => checkout::expire_now(self, id),
            Due::PendingUpdateExpires(id) => {
                upgrades::discard(self, id, Some("customer.subscription.pending_update_expired"));
            }
            Due::IncompleteExpires(id) => expire_incomplete(self, id),
            Due::ResumeExpires(id) => {
                let invoice = self.object(id)["latest_invoice"].as_str().unwrap_or_default().to_owned();
                invoices::void(self, &invoice);
            }
            Due::TrialWarning(id) => {
                self.trial_warnings.insert(id.clone());
                self.tell("customer.subscription.trial_will_end", id);
            }
            Due::TrialEnds(id) => end_trial(self, id),
            Due::PeriodEnds(id) => end_period(self, id),
            Due::DraftIsFinal(id) => {
                invoices::finalize_and_pay(self, id);
            }
            Due::PaymentIsTried(id) => {
                let card = self.card(self.object(id)["customer"].as_str().unwrap_or_default());
                invoices::attempt(self, id, card);
            }
        }
    }
}

fn id_of(object: &Value) -> String {
    object["id"].as_str().unwrap_or_default().to_owned()
}

fn due_of_invoice(invoice: &Value) -> Option<(i64, Due)> {
    match invoice["status"].as_str()? {
        "draft" => Some((invoice["automatically_finalizes_at"].as_i64()?, Due::DraftIsFinal(id_of(invoice)))),
        "open" => Some((invoice["next_payment_attempt"].as_i64()?, Due::PaymentIsTried(id_of(invoice)))),
        _ => None,
    }
}

fn expire_incomplete(state: &mut State, id: &str) {
    let invoice = state.object(id)["latest_invoice"].as_str().unwrap_or_default().to_owned();
    let now = state.now();
    invoices::void(state, &invoice);
    state.change("customer.subscription.updated", id, |one| {
        one["status"] = json!("incomplete_expired");
        one["ended_at"] = json!(now);
    });
}

/// The end of a period is the end of a subscription that was set to end, and the beginning of the next period otherwise.
fn end_period(state: &mut State, id: &str) {
    let subscription = state.object(id);
    let (start, end) = subscriptions::period_of(&subscription);
    if subscription["cancel_at_period_end"] == true || subscription["cancel_at"].as_i64().is_some_and(|at| at <= end) {
        subscriptions::end(state, id, "cancellation_requested");
        return;
    }
    let schedule = subscription["schedule"].as_str().map(str::to_owned);
    let phase = schedule.as_ref().and_then(|schedule| schedules::phase_at(state, schedule, end));
    if let Some((price, quantity)) = &phase {
        let price = state.object(price);
        state.edit(id, |one| {
            one["items"]["data"][0]["price"] = price;
            one["items"]["data"][0]["quantity"] = json!(quantity);
        });
    }
    begin_period(state, id, end, (start, end));
    if let (Some(schedule), Some(_)) = (schedule, phase) {
        let period = subscriptions::period_of(&state.object(id));
        state.change("subscription_schedule.updated", &schedule, |schedule| {
            schedule["current_phase"] = json!({"start_date": period.0, "end_date": period.1});
        });
        schedules::let_go(state, &schedule);
    }
}

/// Moves the items on and drafts the invoice of the new period.
fn begin_period(state: &mut State, id: &str, start: i64, before: (i64, i64)) {
    let subscription = state.object(id);
    let anchor = subscription["billing_cycle_anchor"].as_i64().unwrap_or(start);
    let months = subscriptions::interval(state, &subscriptions::items_of(&subscription));
    upgrades::set_period(state, id, (start, months::period_end(anchor, start, months)));
    let invoice = subscriptions::bill(state, id, "subscription_cycle", before, false);
    if subscription["status"] == "unpaid" {
        // Stripe still makes the invoices, and leaves them lying.
        state.edit(&invoice, |invoice| {
            invoice["auto_advance"] = json!(false);
            invoice["automatically_finalizes_at"] = Value::Null;
            invoice["next_payment_attempt"] = Value::Null;
        });
    }
    state.tell("customer.subscription.updated", id);
}

fn end_trial(state: &mut State, id: &str) {
    let subscription = state.object(id);
    let (start, end) = subscriptions::period_of(&subscription);
    let has_card = state.card(subscription["customer"].as_str().unwrap_or_default()) != Card::None;
    if subscription["cancel_at_period_end"] == true {
        return subscriptions::end(state, id, "cancellation_requested");
    }
    match subscription["trial_settings"]["end_behavior"]["missing_payment_method"].as_str() {
        Some("cancel") if !has_card => subscriptions::end(state, id, "cancellation_requested"),
        Some("pause") if !has_card => {
            state.change("customer.subscription.paused", id, |one| one["status"] = json!("paused"))
        }
        _ => {
            state.edit(id, |one| one["status"] = json!("active"));
            begin_period(state, id, end, (start, end));
        }
    }
}
