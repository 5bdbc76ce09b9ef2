//! Where a billing cycle begins: what is granted and spent counts from there, and thresholds are said anew. Grants nothing.

use creel_types::{OrganizationId, Time};

use super::{
    account::{Locked, Named, lock_account},
    totals,
};
use crate::{Store, StoreError, args, database::Tx};

impl Store {
    /// Begins a cycle, at an instant that may have passed already; one that has not come yet is another machine's clock, and the
    /// cycle begins now.
    pub async fn begin_cycle(
        &self,
        organization: OrganizationId,
        starts_at: Time,
        ends_at: Option<Time>,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let mut locked = lock_account(&mut tx, organization, Named::default()).await?;
        begin(&mut tx, &mut locked, starts_at, ends_at, self.clock.now()).await?;
        tx.commit().await
    }
}

/// The same under a lock that the caller has, before anything of the new cycle is granted.
pub(crate) async fn begin(
    tx: &mut Tx,
    locked: &mut Locked,
    starts_at: Time,
    ends_at: Option<Time>,
    now: Time,
) -> Result<(), StoreError> {
    let organization = locked.account.organization;
    let starts_at = starts_at.min(now);
    let base = totals::before(tx, organization, starts_at).await?;
    tx.execute(
        "UPDATE organizations SET cycle_starts_at = $2, cycle_ends_at = $3, cycle_granted_base = $4, cycle_spent_base = $5,
         threshold_base = granted_total - $4, thresholds_raised = '' WHERE id = $1",
        args![organization, starts_at, ends_at, base.granted, base.spent],
    )
    .await?;
    let row = tx.row("SELECT threshold_base FROM organizations WHERE id = $1", args![organization]).await?;
    let row = row.ok_or_else(|| StoreError::NotFound { what: "organization", id: organization.to_string() })?;
    locked.threshold_base = row.credits("threshold_base")?;
    locked.raised.clear();
    (locked.cycle_starts_at, locked.cycle_ends_at) = (Some(starts_at), ends_at);
    Ok(())
}
