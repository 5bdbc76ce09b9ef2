//! `GET /v1/billing/plans`: what can be had and what it costs, from the one table in the code.

use axum::{Json, extract::State};
use creel_store::ledger::unmetered::BillingMode;
use creel_types::{
    Action, Credits, PLANS, PackTerms, Plan, PlanTerms, Support,
    plan::{CURRENCY, price_text},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{ApiState, caller::Caller, error::ApiError};

#[derive(Serialize, ToSchema)]
pub(crate) struct PlansAnswer {
    mode: BillingMode,
    /// Whether plans and packs can be bought here: in the mode `stripe`.
    for_sale: bool,
    /// What prices are in.
    #[schema(examples("usd"))]
    currency: &'static str,
    /// The smallest first; none where nobody pays (mode `off`).
    plans: Vec<PlanRow>,
    /// Null where nobody pays.
    credit_pack: Option<PackRow>,
    /// What credits are spent on.
    actions: Vec<ActionRow>,
}

/// A plan; prices and credits are those of one unit.
#[derive(Serialize, ToSchema)]
struct PlanRow {
    plan: Plan,
    name: &'static str,
    /// A month, in cents.
    price_cents: i64,
    #[schema(examples("$29"))]
    price: String,
    /// Credits a month, or of the trial.
    credits: Credits,
    quantity: QuantityRange,
    /// Runs at once; null for as many as one likes.
    concurrent_runs: Option<i64>,
    support: Option<Support>,
    /// Days until it ends by itself; null for a plan that goes on.
    days: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct QuantityRange {
    min: i64,
    max: i64,
    step: i64,
}

/// A credit pack, which an organization with a plan can buy.
#[derive(Serialize, ToSchema)]
struct PackRow {
    price_cents: i64,
    price: String,
    credits: Credits,
    quantity: QuantityRange,
}

#[derive(Serialize, ToSchema)]
struct ActionRow {
    action: Action,
    credits: Credits,
    /// What one unit is.
    per: &'static str,
}

impl From<&PlanTerms> for PlanRow {
    fn from(terms: &PlanTerms) -> PlanRow {
        PlanRow {
            plan: terms.plan,
            name: terms.name,
            price_cents: terms.unit_price_cents,
            price: price_text(terms.unit_price_cents),
            credits: terms.unit_credits,
            quantity: QuantityRange { min: 1, max: terms.quantity_max, step: 1 },
            concurrent_runs: terms.concurrent_runs,
            support: terms.support,
            days: terms.days,
        }
    }
}

impl From<PackTerms> for PackRow {
    fn from(PackTerms { price_cents, credits, quantity_max }: PackTerms) -> PackRow {
        let quantity = QuantityRange { min: 1, max: quantity_max, step: 1 };
        PackRow { price_cents, price: price_text(price_cents), credits, quantity }
    }
}

/// Plans, credit packs and what actions cost
///
/// In the mode `off` nobody pays, so there are no prices. In the mode `ledger` credits come from the operator and nothing is for sale.
#[utoipa::path(
    get,
    path = "/v1/billing/plans",
    tag = "billing",
    responses((status = 200, body = PlansAnswer))
)]
pub(crate) async fn list_plans(State(state): State<ApiState>, _: Caller) -> Result<Json<PlansAnswer>, ApiError> {
    let mode = state.billing.mode();
    let has_prices = mode != BillingMode::Off;
    let action = |action: &Action| ActionRow { action: *action, credits: action.price(), per: action.unit() };
    Ok(Json(PlansAnswer {
        mode,
        for_sale: mode == BillingMode::Stripe,
        currency: CURRENCY,
        plans: if has_prices { PLANS.iter().map(PlanRow::from).collect() } else { Vec::new() },
        credit_pack: has_prices.then(|| state.billing.pack().into()),
        actions: Action::ALL.iter().map(action).collect(),
    }))
}
