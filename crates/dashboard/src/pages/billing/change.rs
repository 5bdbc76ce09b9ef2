//! `/billing/change`: what another plan means, before it is asked for: when it is paid, when it begins, and what becomes of the
//! credits that are left.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_billing::PlanChangeOutcome;
use creel_store::billing::SubscriptionView;
use creel_types::{Plan, links::BILLING_PATH, plan::price_text};

use super::{
    acting,
    offers::{WantedPlan, can_change},
    refused,
};
use crate::{
    Dashboard,
    figures::{grouped, instant},
    form::Sent,
    member::Member,
    page::{go, render, with_forms_to},
    refusal::Refusal,
};

#[derive(Template)]
#[template(path = "billing/change.html")]
struct ChangePage {
    base: String,
    form_token: String,
    plan: Plan,
    quantity: i64,
    title: String,
    texts: Vec<String>,
    button: &'static str,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(wanted): Query<WantedPlan>,
) -> Result<Response, Refusal> {
    let (plan, quantity) = wanted.checked()?;
    let view = dashboard.store().subscription_view(member.organization).await?;
    let Some(meaning) = meaning(&view, plan, quantity) else {
        return Ok(go(&format!("{}{BILLING_PATH}", dashboard.base()), &[]));
    };
    let (texts, button) = meaning;
    let title = format!("Change to {}, {} a month", plan.terms().name, price_text(plan.terms().price_cents(quantity)));
    let form_token = member.form_token();
    let page = ChangePage { base: dashboard.base(), form_token, plan, quantity, title, texts, button };
    Ok(with_forms_to(render(&page), &dashboard.stripe_pages))
}

/// What the change means and what the button says; `None` where there is nothing to change.
fn meaning(view: &SubscriptionView, plan: Plan, quantity: i64) -> Option<(Vec<String>, &'static str)> {
    let own = view.subscription.as_ref().filter(|_| can_change(view))?;
    let (terms, credits) = (plan.terms(), grouped(plan.terms().credits(quantity).0));
    let price = terms.price_cents(quantity);
    let present = view.plan.filter(|plan| plan.terms().is_paid());
    let paid_now = present.map_or(0, |plan| plan.terms().price_cents(view.quantity.unwrap_or(1)));
    if price == paid_now {
        return None;
    }
    if price < paid_now {
        let texts = vec![
            format!("The smaller plan begins on {}, with {credits} credits a month.", instant(own.period_ends_at)),
            "Until then everything stays as it is, and nothing is paid back.".to_owned(),
            "Stripe asks you to confirm it on its own page.".to_owned(),
        ];
        return Some((texts, "Go on to Stripe"));
    }
    let mut texts = vec![format!(
        "You pay {} now, in full, with the card that Stripe has. {credits} credits come at once and a new month begins today.",
        price_text(price)
    )];
    if let Some(end) = view.plan_ends_at.filter(|_| paid_now > 0) {
        texts.push(format!(
            "What is left of your present credits is not lost: it stays until its own end, {}, and is spent first.",
            instant(end)
        ));
    }
    texts.push("Nothing is paid back for the rest of the present month.".to_owned());
    Some((texts, "Pay and change now"))
}

pub(crate) async fn submit(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(wanted): Sent<WantedPlan>,
) -> Result<Response, Refusal> {
    acting(&member, &wanted.form_token)?;
    let (plan, quantity) = wanted.checked()?;
    match dashboard.billing.change_plan(member.organization, &member.by(), plan, quantity).await {
        Ok(changed) if changed.outcome == PlanChangeOutcome::Applied => {
            Ok(go(&format!("{}{BILLING_PATH}?from=change", dashboard.base()), &[]))
        }
        Ok(changed) => Ok(go(changed.url.as_str(), &[])),
        Err(error) => refused(&dashboard, &member, error).await,
    }
}
