//! 402 where not even one capture or item could be paid, with what can be done about it in this installation.

use creel_store::{billing::SubscriptionView, ledger::unmetered::BillingMode};
use creel_types::{Action, Credits, Plan, links::BILLING_PATH};

use crate::{
    ApiState,
    caller::Caller,
    error::{ApiError, ErrorCode},
};

pub(crate) async fn refuse_without_credits(state: &ApiState, caller: &Caller, action: Action) -> Result<(), ApiError> {
    let price = action.price();
    let spendable = state.store().spendable(caller.organization).await?;
    if spendable >= price {
        return Ok(());
    }
    let what_to_do = match state.billing.mode() {
        BillingMode::Off | BillingMode::Ledger => {
            "credits come from whoever operates this installation: ask them".to_owned()
        }
        BillingMode::Stripe => {
            let page = format!("{}{BILLING_PATH}", state.access.settings().public_url.trim_end_matches('/'));
            what_to_buy(&state.store().subscription_view(caller.organization).await?, &page)
        }
    };
    let message = format!(
        "one {} costs {} and {spendable} are left; nothing was started; {what_to_do}",
        thing(action),
        if price == Credits(1) { "1 credit".to_owned() } else { format!("{price} credits") }
    );
    Err(ApiError::new(ErrorCode::InsufficientCredits, message))
}

/// What one unit leads to.
fn thing(action: Action) -> &'static str {
    match action {
        Action::Extract => "capture",
        Action::Enrich => "item",
        Action::Assistant => "message",
    }
}

fn what_to_buy(view: &SubscriptionView, page: &str) -> String {
    let subscribe = format!("subscribe to a plan at {page} (POST /v1/billing/checkout)");
    match (&view.plan, &view.subscription, &view.trial) {
        (Some(Plan::Trial), _, _) => format!("the trial's credits are spent: {subscribe}"),
        (Some(_), Some(own), _) if own.is_live => format!(
            "buy a credit pack or a larger plan at {page} (POST /v1/billing/credit-packs/checkout, /v1/billing/change-plan), or wait \
             for the next month, which begins on {}",
            own.period_ends_at.day()
        ),
        (None, Some(own), _) if own.is_live => format!("the plan is not paid: pay it at {page} (POST /v1/billing/portal)"),
        (_, Some(_), _) => format!("the subscription is over: {subscribe}"),
        (None, None, Some(trial)) => format!("the trial ended on {}: {subscribe}", trial.ends_at.day()),
        _ => subscribe,
    }
}

#[cfg(test)]
mod tests {
    use creel_store::billing::subscription::{StripeSubscriptionView, TrialView};
    use creel_types::Time;

    use super::*;

    #[test]
    fn what_is_said_fits_what_somebody_has() {
        let at = |text: &str| text.parse::<Time>().unwrap();
        let (start, end) = (at("2026-01-01T00:00:00Z"), at("2026-01-31T00:00:00Z"));
        let trial = |is_over| Some(TrialView { started_at: start, ends_at: end, is_over });
        let own = |is_live| {
            Some(StripeSubscriptionView {
                status: "active".to_owned(),
                is_live,
                period_starts_at: start,
                period_ends_at: end,
                ends_at: None,
                next: None,
                pending_until: None,
                pay_url: None,
                as_of: start,
            })
        };
        for (plan, subscription, trial, says) in [
            (None, None, None, "subscribe to a plan at https://creel.example/billing"),
            (Some(Plan::Trial), None, trial(false), "the trial's credits are spent"),
            (None, None, trial(true), "the trial ended on 2026-01-31"),
            (Some(Plan::Start), own(true), trial(true), "buy a credit pack"),
            (None, own(true), trial(true), "the plan is not paid"),
            (None, own(false), trial(true), "the subscription is over"),
            (Some(Plan::Start), own(false), None, "the subscription is over"),
        ] {
            let view = SubscriptionView {
                plan,
                quantity: None,
                credits: None,
                concurrent_runs: None,
                plan_ends_at: None,
                trial,
                subscription,
                has_portal: false,
            };
            let said = what_to_buy(&view, "https://creel.example/billing");
            assert!(said.contains(says), "{said}");
        }
    }
}
