//! What a ledger granted and what it debited, in all: kept in the organization's row, moved in the statement that moves its
//! balance, so that nobody who asks for the balance reads the ledger. Decides nothing: no debit looks at them.

use creel_ledger::{Entry, EntryKind};
use creel_types::{Credits, OrganizationId, Time};

use super::past::last_sequence_at;
use crate::{
    StoreError, args,
    database::{Row, Tx},
};

/// Sums of a ledger's entries, or of some of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    /// Grants, and what was given by hand.
    pub granted: Credits,
    /// Debits. What was taken by hand, ended or went back is none.
    pub spent: Credits,
}

/// The same sums in SQL, over `ledger_entries`.
const SUMS: &str = "CAST(COALESCE(SUM(CASE WHEN kind IN ('grant', 'adjust') AND amount > 0 THEN amount END), 0) AS BIGINT)
    AS granted, CAST(COALESCE(SUM(CASE WHEN kind = 'debit' THEN -amount END), 0) AS BIGINT) AS spent";

impl Totals {
    pub(super) fn of(entries: &[Entry]) -> Totals {
        let mut totals = Totals::default();
        for entry in entries {
            match entry.kind {
                EntryKind::Grant | EntryKind::Adjust if entry.amount > Credits::ZERO => totals.granted += entry.amount,
                EntryKind::Debit => totals.spent += -entry.amount,
                _ => {}
            }
        }
        totals
    }

    fn of_row(row: &Row) -> Result<Totals, StoreError> {
        Ok(Totals { granted: row.credits("granted")?, spent: row.credits("spent")? })
    }
}

/// What stood in the ledger before an instant: what it has in all, less the few entries since then.
pub(super) async fn before(tx: &mut Tx, organization: OrganizationId, at: Time) -> Result<Totals, StoreError> {
    let last_before = last_sequence_at(tx, organization, at.plus_ms(-1)).await?;
    let sql = format!("SELECT {SUMS} FROM ledger_entries WHERE organization_id = $1 AND sequence > $2");
    let since =
        tx.row(&sql, args![organization, last_before]).await?.map_or(Ok(Totals::default()), |row| Totals::of_row(&row))?;
    let kept = "SELECT granted_total AS granted, spent_total AS spent FROM organizations WHERE id = $1";
    let all = tx.row(kept, args![organization]).await?.map_or(Ok(Totals::default()), |row| Totals::of_row(&row))?;
    Ok(Totals { granted: all.granted - since.granted, spent: all.spent - since.spent })
}

/// The totals as the row has them and as the ledger sums to, both of the whole ledger and of what was before the cycle.
pub(super) async fn recompute(tx: &mut Tx, organization: OrganizationId) -> Result<[(Totals, Totals); 2], StoreError> {
    let mut found = [(Totals::default(), Totals::default()); 2];
    let parts =
        [("granted_total", "spent_total", "true"), ("cycle_granted_base", "cycle_spent_base", "at < cycle_starts_at")];
    for ((granted, spent, part), found) in parts.into_iter().zip(&mut found) {
        let kept = format!("SELECT {granted} AS granted, {spent} AS spent FROM organizations WHERE id = $1");
        let sums = format!(
            "SELECT {SUMS} FROM ledger_entries e JOIN organizations o ON o.id = e.organization_id
             WHERE e.organization_id = $1 AND {part}"
        );
        for (sql, totals) in [(kept, &mut found.0), (sums, &mut found.1)] {
            if let Some(row) = tx.row(&sql, args![organization]).await? {
                *totals = Totals::of_row(&row)?;
            }
        }
    }
    Ok(found)
}
