//! Work whose cost is known only afterwards: credits are held before it, and debited for what it came to.

use creel_ledger::{NewHold, Settlement};
use creel_types::{Credits, HoldId, OrganizationId};

use crate::{Store, StoreError, ledger::account::Named};

impl Store {
    /// Sets credits aside, all of them or nothing.
    pub async fn place_hold(&self, organization: OrganizationId, hold: NewHold) -> Result<(), StoreError> {
        self.change_locked(organization, Named::hold(hold.hold), |locked, now| {
            locked.refuse_if_frozen()?;
            Ok(locked.account.place_hold(now, hold)?)
        })
        .await
    }

    /// Debits what the work came to: from what is held, then from lots, never below zero. Doing it twice changes nothing.
    pub async fn settle_hold(
        &self,
        organization: OrganizationId,
        hold: HoldId,
        amount: Credits,
        description: String,
    ) -> Result<Settlement, StoreError> {
        self.change_locked(organization, Named::hold(hold), |locked, now| {
            locked.refuse_if_frozen()?;
            Ok(locked.account.settle_hold(now, hold, amount, description)?)
        })
        .await
    }

    /// Gives back what is held. Answers whether there was anything to give back.
    pub async fn release_hold(
        &self,
        organization: OrganizationId,
        hold: HoldId,
        description: String,
    ) -> Result<bool, StoreError> {
        self.change_account(organization, Named::hold(hold), |account, now| account.release_hold(now, hold, description))
            .await
    }
}
