//! What Stripe says of an organization's subscription, kept for whoever asks, and how it is shown. Decides nothing: what is paid
//! for stands in what was granted.

use creel_types::{Credits, OrganizationId, Plan, Time};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    plan::{PlanInForce, plan_in_force, trial_of},
    reading::{NextPlan, SubscriptionState},
};
use crate::{
    Store, StoreError, args,
    database::{Row, Tx},
};

/// Plan, trial and subscription as the API shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubscriptionView {
    /// The plan that is paid for now, or the trial. Null without either.
    pub plan: Option<Plan>,
    /// Units of the plan: Scale is sold in steps.
    pub quantity: Option<i64>,
    /// Credits of one period of it.
    pub credits: Option<Credits>,
    /// How many runs may go on at once. Null for as many as one likes.
    pub concurrent_runs: Option<i64>,
    /// When what is paid for ends unless it is renewed.
    pub plan_ends_at: Option<Time>,
    pub trial: Option<TrialView>,
    /// The subscription at Stripe. Null where there never was one.
    pub subscription: Option<StripeSubscriptionView>,
    /// Whether Stripe knows this organization: then there is a portal with its invoices.
    pub has_portal: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrialView {
    pub started_at: Time,
    pub ends_at: Time,
    pub is_over: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StripeSubscriptionView {
    /// Stripe's word: incomplete, incomplete_expired, trialing, active, past_due, unpaid, canceled, paused, or one that is newer.
    pub status: String,
    /// Whether it goes on: while it does, there is no second checkout.
    pub is_live: bool,
    pub period_starts_at: Time,
    pub period_ends_at: Time,
    /// It is set to end then, or has ended.
    pub ends_at: Option<Time>,
    /// A change that is set for the end of the period.
    pub next: Option<NextPlanView>,
    /// An upgrade waits for its payment, at most until then.
    pub pending_until: Option<Time>,
    /// Where an invoice that is open can be paid.
    pub pay_url: Option<String>,
    /// When Stripe was asked.
    pub as_of: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NextPlanView {
    pub plan: Plan,
    pub quantity: i64,
    pub at: Time,
}

/// Whether nothing comes after this word of Stripe's. A word of tomorrow is not such a one.
#[must_use]
pub fn is_ended(status: &str) -> bool {
    matches!(status, "canceled" | "incomplete_expired")
}

impl Store {
    pub async fn subscription_view(&self, organization: OrganizationId) -> Result<SubscriptionView, StoreError> {
        let concurrent_runs = self.concurrent_runs(organization).await?;
        let mut tx = self.database.begin_read().await?;
        let now = self.clock.now();
        let in_force = plan_in_force(&mut tx, organization, now).await?;
        let trial = trial_of(&mut tx, organization).await?;
        let kept = read(&mut tx, organization).await?;
        let sql = "SELECT 1 AS one FROM stripe_customers WHERE organization_id = $1 AND deleted_at IS NULL";
        let has_portal = tx.row(sql, args![organization]).await?.is_some();
        Ok(SubscriptionView {
            plan: in_force.map(|plan| plan.plan),
            quantity: in_force.map(|plan| plan.quantity),
            credits: in_force.as_ref().map(PlanInForce::credits),
            concurrent_runs,
            plan_ends_at: in_force.map(|plan| plan.ends_at),
            trial: trial.map(|(_, started_at, ends_at)| TrialView { started_at, ends_at, is_over: ends_at <= now }),
            subscription: kept.map(|(state, as_of)| view(state, as_of)),
            has_portal,
        })
    }

    /// What Stripe said of the subscription the last time.
    pub async fn find_subscription(&self, organization: OrganizationId) -> Result<Option<SubscriptionState>, StoreError> {
        Ok(read(&mut self.database.begin_read().await?, organization).await?.map(|(state, _)| state))
    }
}

/// Subscriptions that stand alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SubscriptionCount {
    /// Stripe's word.
    pub status: String,
    /// `None` where what is paid is not sold here.
    pub plan: Option<Plan>,
    pub subscriptions: i64,
}

impl Store {
    /// How many subscriptions of all organizations stand how.
    pub async fn count_subscriptions(&self) -> Result<Vec<SubscriptionCount>, StoreError> {
        let sql = "SELECT status, plan, COUNT(*) AS subscriptions FROM stripe_subscriptions GROUP BY status, plan
                   ORDER BY status, plan";
        let count = |row: &Row| {
            let (status, plan) = (row.text("status")?, row.opt_parsed("plan")?);
            Ok(SubscriptionCount { status, plan, subscriptions: row.int("subscriptions")? })
        };
        self.database.rows(sql, args![]).await?.iter().map(count).collect()
    }
}

impl SubscriptionState {
    /// Whether it may still bring anything.
    #[must_use]
    pub fn is_live(&self) -> bool {
        !is_ended(&self.status)
    }
}

fn view(state: SubscriptionState, as_of: Time) -> StripeSubscriptionView {
    StripeSubscriptionView {
        is_live: state.is_live(),
        status: state.status,
        period_starts_at: state.period_starts_at,
        period_ends_at: state.period_ends_at,
        ends_at: state.ends_at,
        next: state.next.map(|NextPlan { plan, quantity, at }| NextPlanView { plan, quantity, at }),
        pending_until: state.pending_until,
        pay_url: state.pay_url,
        as_of,
    }
}

async fn read(tx: &mut Tx, organization: OrganizationId) -> Result<Option<(SubscriptionState, Time)>, StoreError> {
    let row = tx.row("SELECT * FROM stripe_subscriptions WHERE organization_id = $1", args![organization]).await?;
    row.map(|row| Ok((state(&row)?, row.time("as_of")?))).transpose()
}

fn state(row: &Row) -> Result<SubscriptionState, StoreError> {
    let next = match (row.opt_parsed("next_plan")?, row.opt_int("next_quantity")?, row.opt_time("next_at")?) {
        (Some(plan), Some(quantity), Some(at)) => Some(NextPlan { plan, quantity, at }),
        _ => None,
    };
    Ok(SubscriptionState {
        id: row.text("id")?,
        status: row.text("status")?,
        plan: row.opt_parsed("plan")?,
        quantity: row.int("quantity")?,
        period_starts_at: row.time("period_starts_at")?,
        period_ends_at: row.time("period_ends_at")?,
        ends_at: row.opt_time("ends_at")?,
        next,
        pending_until: row.opt_time("pending_until")?,
        pay_url: row.opt_text("pay_url")?,
    })
}

pub(super) async fn write(
    tx: &mut Tx,
    organization: OrganizationId,
    state: Option<&SubscriptionState>,
    now: Time,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM stripe_subscriptions WHERE organization_id = $1", args![organization]).await?;
    let Some(state) = state else { return Ok(()) };
    tx.execute(
        "INSERT INTO stripe_subscriptions (organization_id, id, status, plan, quantity, period_starts_at, period_ends_at,
         ends_at, next_plan, next_quantity, next_at, pending_until, pay_url, as_of)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        args![
            organization,
            state.id.as_str(),
            state.status.as_str(),
            state.plan.map(Plan::as_str),
            state.quantity,
            state.period_starts_at,
            state.period_ends_at,
            state.ends_at,
            state.next.map(|next| next.plan.as_str()),
            state.next.map(|next| next.quantity),
            state.next.map(|next| next.at),
            state.pending_until,
            state.pay_url.as_deref(),
            now,
        ],
    )
    .await?;
    Ok(())
}
