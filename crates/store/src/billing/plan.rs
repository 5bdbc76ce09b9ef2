//! The plan in force: that of the last paid line whose lot has not come to its end, else the trial. What a subscription says of
//! itself counts for nothing here. How many runs may go on at once follows from it.

use creel_types::{Credits, LotId, OrganizationId, PLANS, Plan, Time};
use serde::Serialize;

use crate::{
    Store, StoreError, args,
    database::{Row, Tx},
};

/// Runs at once where there is no plan: credits may be left that were bought.
const CONCURRENT_RUNS_WITHOUT_PLAN: i64 = 1;
/// What stands in SQL for as many as one likes.
const UNLIMITED: i64 = 1_000_000_000;

/// How many runs of an organization go on at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Concurrency {
    #[default]
    Unlimited,
    /// The same for everybody.
    Fixed(i64),
    ByPlan,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PlanInForce {
    pub plan: Plan,
    pub quantity: i64,
    pub starts_at: Time,
    /// Until then it is paid for, and a little longer for the payment of the next period.
    pub ends_at: Time,
}

impl PlanInForce {
    #[must_use]
    pub fn credits(&self) -> Credits {
        self.plan.terms().credits(self.quantity)
    }
}

/// The newest paid plan, the larger one where two begin in one second, with the end of its lot, of the organization that `{organization}` is; `{now}` decides whether it is over.
fn newest(what: &str, organization: &str, now: &str) -> String {
    format!(
        "SELECT {what} FROM stripe_grants g JOIN lots l ON l.id = g.lot_id WHERE g.organization_id = {organization}
         AND g.plan IS NOT NULL AND l.expires_at > {now} ORDER BY g.starts_at DESC, g.credits DESC, g.paid_at DESC LIMIT 1"
    )
}

/// The word for a trial that is not over.
fn trial(organization: &str, now: &str) -> String {
    let plan = Plan::Trial;
    format!(
        "SELECT '{plan}' FROM trials t JOIN lots l ON l.id = t.lot_id WHERE t.organization_id = {organization}
         AND l.expires_at > {now}"
    )
}

/// How many runs at once, as an expression of SQL.
pub(crate) fn concurrent_runs_sql(concurrency: Concurrency, organization: &str, now: &str) -> String {
    match concurrency {
        Concurrency::Unlimited => UNLIMITED.to_string(),
        Concurrency::Fixed(runs) => runs.to_string(),
        Concurrency::ByPlan => {
            let by_plan: String = PLANS
                .iter()
                .map(|terms| format!(" WHEN '{}' THEN {}", terms.plan, terms.concurrent_runs.unwrap_or(UNLIMITED)))
                .collect();
            let (paid, trial) = (newest("g.plan", organization, now), trial(organization, now));
            format!("(CASE COALESCE(({paid}), ({trial})){by_plan} ELSE {CONCURRENT_RUNS_WITHOUT_PLAN} END)")
        }
    }
}

impl Store {
    /// The plan that is paid for, or the trial; `None` without either.
    pub async fn plan_in_force(&self, organization: OrganizationId) -> Result<Option<PlanInForce>, StoreError> {
        plan_in_force(&mut self.database.begin_read().await?, organization, self.clock.now()).await
    }

    /// How many runs may go on at once; `None` for as many as one likes.
    pub async fn concurrent_runs(&self, organization: OrganizationId) -> Result<Option<i64>, StoreError> {
        let runs = concurrent_runs_sql(self.concurrency, "o.id", "$2");
        let sql = format!("SELECT CAST({runs} AS BIGINT) AS runs FROM organizations o WHERE o.id = $1 AND $2 IS NOT NULL");
        let row = self.database.row(&sql, args![organization, self.clock.now()]).await?;
        let row = row.ok_or_else(|| StoreError::NotFound { what: "organization", id: organization.to_string() })?;
        Ok(Some(row.int("runs")?).filter(|runs| *runs < UNLIMITED))
    }
}

pub(super) async fn plan_in_force(
    tx: &mut Tx,
    organization: OrganizationId,
    now: Time,
) -> Result<Option<PlanInForce>, StoreError> {
    let sql = newest("g.plan, g.quantity, g.starts_at, l.expires_at", "$1", "$2");
    if let Some(row) = tx.row(&sql, args![organization, now]).await? {
        return in_force(&row, row.parsed("plan")?, row.int("quantity")?).map(Some);
    }
    let sql = "SELECT t.granted_at AS starts_at, l.expires_at FROM trials t JOIN lots l ON l.id = t.lot_id
               WHERE t.organization_id = $1 AND l.expires_at > $2";
    let row = tx.row(sql, args![organization, now]).await?;
    row.map(|row| in_force(&row, Plan::Trial, 1)).transpose()
}

fn in_force(row: &Row, plan: Plan, quantity: i64) -> Result<PlanInForce, StoreError> {
    Ok(PlanInForce { plan, quantity, starts_at: row.time("starts_at")?, ends_at: row.time("expires_at")? })
}

/// The lot of an organization's trial and when that was granted, if it ever had one.
pub(super) async fn trial_of(tx: &mut Tx, organization: OrganizationId) -> Result<Option<(LotId, Time, Time)>, StoreError> {
    let sql = "SELECT t.lot_id, t.granted_at, l.expires_at FROM trials t JOIN lots l ON l.id = t.lot_id
               WHERE t.organization_id = $1";
    let row = tx.row(sql, args![organization]).await?;
    row.map(|row| Ok((row.parsed("lot_id")?, row.time("granted_at")?, row.time("expires_at")?))).transpose()
}
