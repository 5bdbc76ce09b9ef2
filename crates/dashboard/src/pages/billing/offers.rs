//! What can be bought: plans with the way to each from where the organization stands, and credit packs.

use axum::http::StatusCode;
use creel_billing::checkout::check_quantity;
use creel_store::billing::SubscriptionView;
use creel_types::{PLANS, PackTerms, Plan, PlanTerms, plan::price_text};
use serde::Deserialize;

use super::runs;
use crate::{figures::grouped, refusal::Refusal};

/// A plan on the page.
pub(crate) struct Offer {
    pub(crate) plan: Plan,
    pub(crate) name: &'static str,
    /// `$29`, `$100 to $1,000`.
    pub(crate) price: String,
    pub(crate) credits: String,
    pub(crate) runs: String,
    pub(crate) support: &'static str,
    /// What can be chosen; one where there is no choice.
    pub(crate) quantities: Vec<Choice>,
    /// Where the form leads, and by which method.
    pub(crate) action: &'static str,
    pub(crate) method: &'static str,
    pub(crate) button: &'static str,
    pub(crate) is_current: bool,
}

pub(crate) struct Choice {
    pub(crate) quantity: i64,
    pub(crate) text: String,
    pub(crate) is_current: bool,
}

/// The plans that are paid for, with what leads to each: Stripe's page for the first one, a page of our own for another one.
pub(crate) fn offers(view: &SubscriptionView) -> Vec<Offer> {
    let is_live = view.subscription.as_ref().is_some_and(|own| own.is_live);
    let is_settled = !is_live || can_change(view);
    PLANS
        .iter()
        .filter(|terms| terms.is_paid())
        .map(|terms| offer(terms, view, is_live))
        .map(|offer| if is_settled { offer } else { offer.without_button() })
        .collect()
}

/// Whether another plan can be asked for: not before an open invoice is paid.
pub(crate) fn can_change(view: &SubscriptionView) -> bool {
    view.subscription.as_ref().is_some_and(|own| matches!(own.status.as_str(), "active" | "trialing"))
}

fn offer(terms: &PlanTerms, view: &SubscriptionView, is_live: bool) -> Offer {
    let is_current = is_live && view.plan == Some(terms.plan);
    let choice = |quantity: i64| Choice {
        quantity,
        text: format!("{} credits, {} a month", grouped(terms.credits(quantity).0), price_text(terms.price_cents(quantity))),
        is_current: is_current && view.quantity == Some(quantity),
    };
    let (least, most) = (price_text(terms.price_cents(1)), price_text(terms.price_cents(terms.quantity_max)));
    let (fewest, greatest) = (grouped(terms.credits(1).0), grouped(terms.credits(terms.quantity_max).0));
    let has_choice = terms.quantity_max > 1;
    let (action, method) = if is_live { ("/billing/change", "get") } else { ("/billing/subscribe", "post") };
    Offer {
        plan: terms.plan,
        name: terms.name,
        price: if has_choice { format!("{least} to {most}") } else { least },
        credits: if has_choice { format!("{fewest} to {greatest}") } else { fewest },
        runs: runs(terms.concurrent_runs),
        support: terms.support.map_or("", |support| match support {
            creel_types::Support::Email => "by e-mail",
            creel_types::Support::Priority => "first in line",
        }),
        quantities: (1..=terms.quantity_max).map(choice).collect(),
        action,
        method,
        button: match (is_live, is_current) {
            (false, _) => "Subscribe",
            (true, true) if has_choice => "Change the amount",
            (true, true) => "",
            (true, false) => "Change to this plan",
        },
        is_current,
    }
}

impl Offer {
    fn without_button(self) -> Offer {
        Offer { button: "", ..self }
    }

    pub(crate) fn has_choice(&self) -> bool {
        self.quantities.len() > 1
    }
}

/// Credit packs on the page.
pub(crate) struct Packs {
    pub(crate) price: String,
    pub(crate) credits: String,
    pub(crate) quantity_max: i64,
    /// Whether the organization has a plan, without which there are none.
    pub(crate) may_have: bool,
}

impl Packs {
    pub(crate) fn of(terms: PackTerms, view: &SubscriptionView) -> Option<Packs> {
        Some(Packs {
            price: price_text(terms.price_cents),
            credits: grouped(terms.credits.0),
            quantity_max: terms.quantity_max,
            may_have: view.subscription.as_ref().is_some_and(|own| own.is_live),
        })
    }
}

/// A plan that was chosen.
#[derive(Deserialize)]
pub(crate) struct WantedPlan {
    #[serde(default)]
    pub(crate) form_token: String,
    #[serde(default)]
    pub(crate) plan: String,
    #[serde(default)]
    pub(crate) quantity: String,
}

impl WantedPlan {
    pub(crate) fn checked(&self) -> Result<(Plan, i64), Refusal> {
        let plan = Plan::parse(&self.plan).filter(|plan| plan.terms().is_paid());
        let wrong = |message: &str| Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, message);
        let plan = plan.ok_or_else(|| wrong("There is no such plan."))?;
        let quantity = if self.quantity.is_empty() { Ok(1) } else { self.quantity.parse() };
        let quantity = quantity.map_err(|_| wrong("This plan is not sold in such a quantity."))?;
        check_quantity(plan, quantity)?;
        Ok((plan, quantity))
    }
}
