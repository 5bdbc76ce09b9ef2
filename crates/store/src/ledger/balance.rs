//! What can be spent now. A read after an acknowledged debit or grant always shows it: there is nothing between.

use creel_ledger::LotSource;
use creel_types::{Credits, LotId, OrganizationId, Time};
use serde::Serialize;
use utoipa::ToSchema;

use super::account::read_account;
use crate::{Store, StoreError, args};

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
    /// Available credits now, with due ends settled first, so that the answer is never stale.
    pub async fn balance(&self, organization: OrganizationId) -> Result<Balance, StoreError> {
        self.end_what_is_due_now(organization).await?;
        let mut tx = self.database.begin_read().await?;
        let locked = read_account(&mut tx, organization).await?;
        let starts_at = locked.cycle_start();
        let sums = tx
            .row(
                "SELECT CAST(COALESCE(SUM(CASE WHEN kind IN ('grant', 'adjust') AND amount > 0 THEN amount END), 0) AS BIGINT)
                        AS granted,
                        CAST(COALESCE(SUM(CASE WHEN kind = 'debit' THEN -amount END), 0) AS BIGINT) AS spent
                 FROM ledger_entries WHERE organization_id = $1 AND at >= $2",
                args![organization, starts_at],
            )
            .await?
            .ok_or_else(|| StoreError::corrupt("ledger_entries", "no sums"))?;
        let lots = locked.account.lots().iter().filter(|lot| lot.remaining > Credits::ZERO);
        Ok(Balance {
            available: locked.account.available,
            held: locked.account.held,
            lots: lots
                .map(|lot| BalanceLot {
                    id: lot.id,
                    source: lot.source,
                    amount: lot.amount,
                    remaining: lot.remaining,
                    expires_at: lot.expires_at,
                })
                .collect(),
            cycle: Cycle {
                starts_at,
                ends_at: locked.cycle_ends_at,
                granted: sums.credits("granted")?,
                spent: sums.credits("spent")?,
            },
            as_of: self.clock.now(),
        })
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payable {
    pub available: Credits,
    pub held: Credits,
}
