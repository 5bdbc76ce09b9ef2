//! What can be spent now. A read after an acknowledged debit or grant always shows it: there is nothing between.

use creel_ledger::{Lot, LotSource};
use creel_types::{Credits, LotId, OrganizationId, Time};
use serde::Serialize;
use utoipa::ToSchema;

use super::account::lot;
use crate::{Store, StoreError, args, database::Row};

/// The balance as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Balance {
    pub available: Credits,
    pub held: Credits,
    pub lots: Vec<BalanceLot>,
    pub cycle: Cycle,
    pub as_of: Time,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BalanceLot {
    pub id: LotId,
    pub source: LotSource,
    pub amount: Credits,
    pub remaining: Credits,
    pub expires_at: Option<Time>,
}

/// The current billing cycle. Without a subscription it began with the organization and has no end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cycle {
    pub starts_at: Time,
    pub ends_at: Option<Time>,
    pub granted: Credits,
    pub spent: Credits,
}

impl Store {
    /// What is available now. What is due is settled first, so that the answer is never stale; where nothing is, the answer is
    /// one statement that reads the organization's row and its lots, however long the ledger is.
    pub async fn balance(&self, organization: OrganizationId) -> Result<Balance, StoreError> {
        let now = self.clock.now();
        let rows = self.read_balance(organization).await?;
        if !is_due(&rows, now)? {
            return balance(&rows, now);
        }
        self.end_what_is_due(organization).await?;
        balance(&self.read_balance(organization).await?, now)
    }

    /// One statement, so one snapshot: a row for each lot with something left, or a single one without a lot.
    async fn read_balance(&self, organization: OrganizationId) -> Result<Vec<Row>, StoreError> {
        let rows = self
            .database
            .rows(
                "SELECT o.available, o.held, COALESCE(o.cycle_starts_at, o.created_at) AS starts_at, o.cycle_ends_at,
                 o.granted_total - o.cycle_granted_base AS granted, o.spent_total - o.cycle_spent_base AS spent,
                 CASE WHEN o.held > 0 THEN (SELECT MIN(h.ends_at) FROM holds h WHERE h.organization_id = o.id
                    AND h.state = 'open') END AS hold_ends_at,
                 l.id, l.source, l.amount, l.remaining, l.expires_at, l.granted_sequence, l.frozen, l.revoke_due
                 FROM organizations o LEFT JOIN lots l ON l.organization_id = o.id AND l.remaining > 0 WHERE o.id = $1",
                args![organization],
            )
            .await?;
        if rows.is_empty() {
            return Err(StoreError::NotFound { what: "organization", id: organization.to_string() });
        }
        Ok(rows)
    }

    /// What could pay for captures now: available, and what holds may give back. A look, for planning; a debit decides for
    /// itself.
    pub async fn payable(&self, organization: OrganizationId) -> Result<Payable, StoreError> {
        let row = self
            .database
            .row(
                "SELECT available - CAST(COALESCE((SELECT SUM(remaining) FROM lots WHERE organization_id = $1
                 AND remaining > 0 AND frozen = 0 AND expires_at <= $2), 0) AS BIGINT) AS available, held
                 FROM organizations WHERE id = $1",
                args![organization, self.clock.now()],
            )
            .await?
            .ok_or_else(|| StoreError::NotFound { what: "organization", id: organization.to_string() })?;
        Ok(Payable { available: row.credits("available")?, held: row.credits("held")? })
    }

    /// What is available or held.
    pub async fn spendable(&self, organization: OrganizationId) -> Result<Credits, StoreError> {
        let Payable { available, held } = self.payable(organization).await?;
        Ok(available + held)
    }
}

/// Whether a lot or a hold is over and nobody has looked yet.
fn is_due(rows: &[Row], now: Time) -> Result<bool, StoreError> {
    for row in rows {
        let ends = [row.opt_time("expires_at")?, row.opt_time("hold_ends_at")?];
        if ends.into_iter().flatten().any(|end| end <= now) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn balance(rows: &[Row], as_of: Time) -> Result<Balance, StoreError> {
    let first = rows.first().ok_or_else(|| StoreError::corrupt("organizations", "no row"))?;
    let with_lot = rows.iter().filter(|row| row.opt_text("id").is_ok_and(|id| id.is_some()));
    let mut lots = with_lot.map(lot).collect::<Result<Vec<Lot>, StoreError>>()?;
    lots.sort_by(Lot::spending_order);
    Ok(Balance {
        available: first.credits("available")?,
        held: first.credits("held")?,
        lots: lots
            .into_iter()
            .map(|Lot { id, source, amount, remaining, expires_at, .. }| BalanceLot {
                id,
                source,
                amount,
                remaining,
                expires_at,
            })
            .collect(),
        cycle: Cycle {
            starts_at: first.time("starts_at")?,
            ends_at: first.opt_time("cycle_ends_at")?,
            granted: first.credits("granted")?,
            spent: first.credits("spent")?,
        },
        as_of,
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payable {
    pub available: Credits,
    pub held: Credits,
}
