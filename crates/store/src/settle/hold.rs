//! Work whose cost is known only afterwards: credits are held before it, and debited for what it came to.

use creel_ledger::{NewHold, Settlement};
use creel_types::{Credits, HoldId, OrganizationId};

use crate::{
    Store, StoreError,
    ledger::{
        account::{Named, lock_account},
        consequences,
    },
};

impl Store {
    /// Sets credits aside, all of them or nothing.
    pub async fn place_hold(&self, organization: OrganizationId, hold: NewHold) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let named = Named { hold: Some(hold.hold), ..Named::default() };
        let mut locked = lock_account(&mut tx, organization, named).await?;
        locked.refuse_if_frozen()?;
        let now = self.clock.now();
        locked.account.place_hold(now, hold)?;
        consequences::save(&mut tx, self, &mut [&mut locked], now).await?;
        tx.commit().await
    }

    /// Debits what the work came to: from what is held, then from lots, never below zero. Doing it twice changes nothing.
    pub async fn settle_hold(
        &self,
        organization: OrganizationId,
        hold: HoldId,
        amount: Credits,
        description: String,
    ) -> Result<Settlement, StoreError> {
        let mut tx = self.database.begin().await?;
        let named = Named { hold: Some(hold), ..Named::default() };
        let mut locked = lock_account(&mut tx, organization, named).await?;
        locked.refuse_if_frozen()?;
        let now = self.clock.now();
        let settlement = locked.account.settle_hold(now, hold, amount, description)?;
        consequences::save(&mut tx, self, &mut [&mut locked], now).await?;
        tx.commit().await?;
        Ok(settlement)
    }

    /// Gives back what is held. Answers whether there was anything to give back.
    pub async fn release_hold(
        &self,
        organization: OrganizationId,
        hold: HoldId,
        description: String,
    ) -> Result<bool, StoreError> {
        let named = Named { hold: Some(hold), ..Named::default() };
        self.change_account(organization, named, |account, now| account.release_hold(now, hold, description)).await
    }
}
