//! The balance at any past instant, from the entries alone.

use creel_ledger::EntryKind;
use creel_types::{Credits, OrganizationId, Time};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Store, StoreError, args, database::Tx};

/// What there was at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PastBalance {
    pub available: Credits,
    pub held: Credits,
    pub as_of: Time,
    /// The last entry up to that instant; 0 where there was none yet.
    pub sequence: i64,
}

impl Store {
    /// The balance as it stood once everything at `at` or before it was done. Entries carry the instant at which their lot
    /// ended, so a late sweep changes no past.
    pub async fn balance_at(&self, organization: OrganizationId, at: Time) -> Result<PastBalance, StoreError> {
        self.get_organization(organization).await?;
        // A lot that ended before `at` and was not swept yet would still be counted.
        self.end_what_is_due_now(organization).await?;
        let mut tx = self.database.begin_read().await?;
        let sequence = last_sequence_at(&mut tx, organization, at).await?;
        let available = tx
            .row(
                "SELECT balance_after FROM ledger_entries WHERE organization_id = $1 AND sequence = $2",
                args![organization, sequence],
            )
            .await?;
        let held = tx
            .row(
                "SELECT CAST(COALESCE(SUM(-amount), 0) AS BIGINT) AS held FROM ledger_entries
                 WHERE organization_id = $1 AND sequence <= $2 AND kind IN ($3, $4)",
                args![organization, sequence, EntryKind::Hold.as_str(), EntryKind::Release.as_str()],
            )
            .await?;
        Ok(PastBalance {
            available: available.map_or(Ok(Credits::ZERO), |row| row.credits("balance_after"))?,
            held: held.map_or(Ok(Credits::ZERO), |row| row.credits("held"))?,
            as_of: at,
            sequence,
        })
    }
}

/// The sequence of the last entry at an instant or before it, by halving: entries stand in the order of time, so they need
/// no second index.
pub(super) async fn last_sequence_at(tx: &mut Tx, organization: OrganizationId, at: Time) -> Result<i64, StoreError> {
    let last = tx.row("SELECT sequence FROM organizations WHERE id = $1", args![organization]).await?;
    let (mut known, mut beyond) = (0, last.map_or(Ok(0), |row| row.int("sequence"))? + 1);
    while beyond - known > 1 {
        let middle = known + (beyond - known) / 2;
        let row = tx
            .row("SELECT at FROM ledger_entries WHERE organization_id = $1 AND sequence = $2", args![organization, middle])
            .await?
            .ok_or_else(|| StoreError::corrupt("ledger_entries.sequence", middle))?;
        if row.time("at")? <= at { known = middle } else { beyond = middle }
    }
    Ok(known)
}
