//! `/billing`: what can be spent and until when, the plan, and where more is bought. Members see it; admins act. Money is Stripe's
//! affair: forms lead on to its pages.

pub(crate) mod change;
pub(crate) mod credits;
mod entry;
mod offers;
mod outlook;
mod statement;
mod status;
mod usage;

pub(crate) use outlook::{Outlook, outlook};
pub(crate) use status::{Sentence, status};

use std::time::Duration;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use creel_billing::{BillingError, Buyer};
use creel_ledger::LotSource;
use creel_store::{
    billing::SubscriptionView,
    ledger::{BalanceLot, unmetered::BillingMode},
};
use creel_types::{Action, OrganizationId, Plan, links::BILLING_PATH, plan::price_text};
use serde::Deserialize;
use tokio::time::timeout;

use self::offers::{Offer, Packs, WantedPlan, offers};
use crate::{
    Dashboard,
    area::Area,
    figures::{count, grouped, instant},
    form::{Sent, Signed},
    member::Member,
    page::{go, render, with_forms_to},
    parts::Curl,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

/// A page waits so long for what Stripe says.
const LOOK_WAIT_MAX: Duration = Duration::from_secs(3);
/// Who was looked at so shortly before is not looked at again for a page.
const LOOKED_AT_MS: i64 = 1_000;

#[derive(Template)]
#[template(path = "billing/overview.html")]
struct BillingPage {
    shell: Shell,
    notice: &'static str,
    /// What did not work just now.
    problem: String,
    mode: BillingMode,
    contact: String,
    may_buy: bool,
    /// Credits of one capture.
    capture_price: i64,
    available: String,
    held: String,
    spent: String,
    lots: Vec<LotRow>,
    status: Vec<Sentence>,
    plan: Option<PlanFigures>,
    has_portal: bool,
    offers: Vec<Offer>,
    packs: Option<Packs>,
    outlook: Outlook,
    /// Whether credits can run out.
    has_end: bool,
    has_cycle: bool,
    curl: Curl,
}

struct LotRow {
    source: &'static str,
    remaining: String,
    amount: String,
    /// Day and time.
    ends: Vec<String>,
}

struct PlanFigures {
    name: String,
    price: String,
    credits: String,
    runs: String,
}

/// Whoever buys.
pub(crate) fn buyer(member: &Member) -> Buyer {
    let holder = &member.session.holder;
    Buyer { email: Some(holder.email.clone()), name: Some(holder.name.clone()), by: member.by() }
}

/// For a form of an admin.
pub(crate) fn acting(member: &Member, form_token: &str) -> Result<(), Refusal> {
    member.check(form_token)?;
    if member.is_admin() {
        return Ok(());
    }
    Err(Refusal::new(StatusCode::FORBIDDEN, "Only admins and owners of the organization buy and change plans."))
}

#[derive(Default, Deserialize)]
pub(crate) struct After {
    /// Where somebody comes back from: pages of Stripe lead here.
    #[serde(default)]
    from: String,
}

pub(crate) fn area() -> Area {
    Area::new()
        .page(BILLING_PATH, get(show))
        .route("/billing/subscribe", post(subscribe))
        .page("/billing/change", get(change::show).post(change::submit))
        .route("/billing/credits", post(credits::submit))
        .route("/billing/portal", post(portal))
        .page("/billing/usage", get(usage::show))
        .page("/billing/statement", get(statement::show))
        .page("/billing/statement/{sequence}", get(entry::show))
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(After { from }): Query<After>,
) -> Result<Response, Refusal> {
    if from == "checkout" || from == "portal" {
        look_now(&dashboard, member.organization).await?;
    }
    let page = BillingPage { notice: notice(&from), ..page(&dashboard, &member).await? };
    Ok(with_forms_to(render(&page), &dashboard.stripe_pages))
}

/// Whoever comes back from Stripe sees what they did there without waiting for an event. Where Stripe is slow, the page is not.
async fn look_now(dashboard: &Dashboard, organization: OrganizationId) -> Result<(), Refusal> {
    let store = dashboard.store();
    let Some(customer) = store.find_stripe_customer(organization).await? else { return Ok(()) };
    let before = store.clock.now().plus_ms(-LOOKED_AT_MS);
    if dashboard.billing.mode() == BillingMode::Stripe && customer.reconciled_at.is_none_or(|at| at < before) {
        let billing = dashboard.billing.clone();
        // It goes on when nobody waits for it any more.
        let look = tokio::spawn(async move { billing.look_now(&customer.id).await });
        let _ = timeout(LOOK_WAIT_MAX, look).await;
    }
    Ok(())
}

fn notice(from: &str) -> &'static str {
    match from {
        "checkout" => {
            "Thank you. What you bought stands here as soon as Stripe has confirmed the payment, mostly within seconds: load the page again."
        }
        "change" => "The plan is changed. Its credits stand here as soon as Stripe has confirmed the payment.",
        "portal" => "Welcome back. What was changed at Stripe stands here within seconds.",
        _ => "",
    }
}

/// The page with what did not work.
pub(crate) async fn refused(dashboard: &Dashboard, member: &Member, error: BillingError) -> Result<Response, Refusal> {
    let refusal = Refusal::from(error);
    let page = BillingPage { problem: refusal.message.clone(), ..page(dashboard, member).await? };
    Ok(with_forms_to(refusal.with(render(&page)), &dashboard.stripe_pages))
}

async fn page(dashboard: &Dashboard, member: &Member) -> Result<BillingPage, Refusal> {
    let store = dashboard.store();
    let balance = store.balance(member.organization).await?;
    let mode = dashboard.billing.mode();
    let sells = mode == BillingMode::Stripe;
    let view = store.subscription_view(member.organization).await?;
    let shell = Shell::with_balance(dashboard, member, Place::Billing, &balance).await?;
    Ok(BillingPage {
        shell,
        notice: "",
        problem: String::new(),
        mode,
        contact: dashboard.contact.to_string(),
        may_buy: member.is_admin(),
        capture_price: Action::Extract.price().0,
        available: dashboard.shown_credits(Some(&balance)),
        held: grouped(balance.held.0),
        spent: grouped(balance.cycle.spent.0),
        lots: if mode == BillingMode::Off { Vec::new() } else { balance.lots.iter().map(lot).collect() },
        status: if sells { status(&view, store.clock.now()) } else { Vec::new() },
        plan: plan_figures(&view).filter(|_| sells),
        has_portal: sells && view.has_portal,
        offers: if sells { offers(&view) } else { Vec::new() },
        packs: Packs::of(dashboard.billing.pack(), &view).filter(|_| sells),
        has_end: mode != BillingMode::Off,
        has_cycle: balance.cycle.ends_at.is_some(),
        outlook: outlook(dashboard, member, &balance).await?,
        curl: Curl::get(&dashboard.access.settings().public_url, "/v1/billing/balance"),
    })
}

fn lot(lot: &BalanceLot) -> LotRow {
    LotRow {
        source: source_name(lot.source),
        remaining: grouped(lot.remaining.0),
        amount: grouped(lot.amount.0),
        ends: lot.expires_at.map_or_else(|| "never".to_owned(), instant).split_inclusive(", ").map(str::to_owned).collect(),
    }
}

fn source_name(source: LotSource) -> &'static str {
    match source {
        LotSource::Trial => "Trial",
        LotSource::Cycle => "Plan",
        LotSource::Purchase => "Bought",
        LotSource::Adjustment => "Adjustment",
        LotSource::Starting => "Starting credits",
    }
}

fn plan_figures(view: &SubscriptionView) -> Option<PlanFigures> {
    let (plan, quantity) = (view.plan?, view.quantity.unwrap_or(1));
    let terms = plan.terms();
    let price =
        if plan == Plan::Trial { "free".to_owned() } else { format!("{} a month", price_text(terms.price_cents(quantity))) };
    Some(PlanFigures {
        name: terms.name.to_owned(),
        price,
        credits: grouped(terms.credits(quantity).0),
        runs: runs(view.concurrent_runs),
    })
}

fn runs(limit: Option<i64>) -> String {
    limit.map_or_else(|| "as many runs as you like".to_owned(), |runs| count(runs, "run"))
}

/// `POST /billing/subscribe`: on to Stripe's page for a plan.
pub(crate) async fn subscribe(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(wanted): Sent<WantedPlan>,
) -> Result<Response, Refusal> {
    acting(&member, &wanted.form_token)?;
    let (plan, quantity) = wanted.checked()?;
    match dashboard.billing.checkout(member.organization, &buyer(&member), plan, quantity, None).await {
        Ok(url) => Ok(go(url.as_str(), &[])),
        Err(error) => refused(&dashboard, &member, error).await,
    }
}

/// `POST /billing/portal`: on to the customer's own page at Stripe.
pub(crate) async fn portal(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(Signed { form_token }): Sent<Signed>,
) -> Result<Response, Refusal> {
    acting(&member, &form_token)?;
    match dashboard.billing.portal(member.organization).await {
        Ok(url) => Ok(go(url.as_str(), &[])),
        Err(error) => refused(&dashboard, &member, error).await,
    }
}
