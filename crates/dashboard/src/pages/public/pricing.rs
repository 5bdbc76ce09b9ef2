//! `/pricing`: plans, packs and what credits are spent on, out of the one table that billing and the API read too.

use askama::Template;
use axum::{extract::State, response::Response};
use creel_store::ledger::unmetered::BillingMode;
use creel_types::{Action, PLANS, PlanTerms, Support, plan::price_text};

use super::{FREE, Frame, PRICING_PATH, beginning, has_prices};
use crate::{
    Dashboard,
    figures::{count, grouped},
    page::render,
    refusal::Refusal,
    session::Visit,
};

/// What can be had here so far; the others join when they exist.
const OFFERED: [Action; 1] = [Action::Extract];

#[derive(Template)]
#[template(path = "public/pricing.html")]
struct PricingPage {
    base: String,
    frame: Frame,
    /// Whether plans can be bought here.
    sells: bool,
    offers: Vec<Offer>,
    pack: Option<Pack>,
    actions: Vec<Row>,
    beginning: String,
    capture_price: i64,
    free: &'static [&'static str],
}

struct Offer {
    name: &'static str,
    price: String,
    period: String,
    lines: Vec<String>,
    /// All sizes, where there are several.
    steps: Option<Vec<Step>>,
}

struct Step {
    price: String,
    credits: String,
    captures: String,
}

struct Pack {
    price: String,
    credits: String,
}

struct Row {
    what: String,
    credits: String,
}

pub(crate) async fn show(State(dashboard): State<Dashboard>, visit: Visit) -> Result<Response, Refusal> {
    if !has_prices(&dashboard) {
        return Err(Refusal::not_found());
    }
    let sells = dashboard.billing.mode() == BillingMode::Stripe;
    let pack = dashboard.billing.pack();
    Ok(render(&PricingPage {
        base: dashboard.base(),
        frame: Frame::new(&dashboard, PRICING_PATH, visit.session.is_some()),
        sells,
        offers: if sells { PLANS.iter().map(offer).collect() } else { Vec::new() },
        pack: sells.then(|| Pack { price: price_text(pack.price_cents), credits: grouped(pack.credits.0) }),
        actions: OFFERED.map(|action| Row { what: row(action), credits: grouped(action.price().0) }).into(),
        beginning: beginning(&dashboard),
        capture_price: Action::Extract.price().0,
        free: &FREE,
    }))
}

fn row(action: Action) -> String {
    format!("A {}", action.unit())
}

/// Captures that so many credits pay.
fn captures(credits: i64) -> i64 {
    credits / Action::Extract.price().0
}

fn offer(terms: &PlanTerms) -> Offer {
    let most = terms.quantity_max;
    let range = |of: &dyn Fn(i64) -> String| if most == 1 { of(1) } else { format!("{} to {}", of(1), of(most)) };
    let when = if terms.is_paid() { " a month" } else { "" };
    let mut lines = vec![
        format!("{} credits{when}", range(&|quantity| grouped(terms.credits(quantity).0))),
        format!("so up to {} captures", range(&|quantity| grouped(captures(terms.credits(quantity).0)))),
        terms
            .concurrent_runs
            .map_or_else(|| "As many runs at once as you like".to_owned(), |runs| format!("{} at once", count(runs, "run"))),
    ];
    lines.extend(terms.support.map(|support| match support {
        Support::Email => "Support by e-mail".to_owned(),
        Support::Priority => "Support first in line".to_owned(),
    }));
    let step = |quantity| Step {
        price: price_text(terms.price_cents(quantity)),
        credits: grouped(terms.credits(quantity).0),
        captures: grouped(captures(terms.credits(quantity).0)),
    };
    Offer {
        name: terms.name,
        price: if terms.is_paid() { range(&|quantity| price_text(terms.price_cents(quantity))) } else { "Free".to_owned() },
        period: terms.days.map_or_else(|| "a month".to_owned(), |days| format!("for {days} days, no card")),
        lines,
        steps: (most > 1).then(|| (1..=most).map(step).collect()),
    }
}
