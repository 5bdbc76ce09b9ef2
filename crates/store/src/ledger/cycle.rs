//! Where a billing cycle begins: what is granted and spent counts from there, and thresholds are said anew. Grants nothing.

use creel_types::{OrganizationId, Time};

use super::{
    account::{Named, lock_account},
    totals,
};
use crate::{Store, StoreError, args};

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
        lock_account(&mut tx, organization, Named::default()).await?;
        let starts_at = starts_at.min(self.clock.now());
        let base = totals::before(&mut tx, organization, starts_at).await?;
        tx.execute(
            "UPDATE organizations SET cycle_starts_at = $2, cycle_ends_at = $3, cycle_granted_base = $4, cycle_spent_base = $5,
             threshold_base = granted_total - $4, thresholds_raised = '' WHERE id = $1",
            args![organization, starts_at, ends_at, base.granted, base.spent],
        )
        .await?;
        tx.commit().await
    }
}
