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
    const GRANTED: &str = "e.kind IN ('grant', 'adjust') AND e.amount > 0";
    const SPENT: &str = "e.kind = 'debit'";
    const BEFORE: &str = "e.at < o.cycle_starts_at";
    let sum = |of: &str| format!("CAST(COALESCE(SUM(CASE WHEN {of} THEN ABS(e.amount) END), 0) AS BIGINT)");
    let sql = format!(
        "SELECT o.granted_total, o.spent_total, o.cycle_granted_base, o.cycle_spent_base,
         {} AS granted, {} AS spent, {} AS granted_before, {} AS spent_before
         FROM organizations o LEFT JOIN ledger_entries e ON e.organization_id = o.id WHERE o.id = $1 GROUP BY o.id",
        sum(GRANTED),
        sum(SPENT),
        sum(&format!("{GRANTED} AND {BEFORE}")),
        sum(&format!("{SPENT} AND {BEFORE}")),
    );
    let row = tx.row(&sql, args![organization]).await?;
    let row = row.ok_or_else(|| StoreError::NotFound { what: "organization", id: organization.to_string() })?;
    let read = |granted, spent| Ok::<_, StoreError>(Totals { granted: row.credits(granted)?, spent: row.credits(spent)? });
    Ok([
        (read("granted_total", "spent_total")?, read("granted", "spent")?),
        (read("cycle_granted_base", "cycle_spent_base")?, read("granted_before", "spent_before")?),
    ])
}
