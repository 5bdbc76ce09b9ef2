//! The statement: ledger entries for people, the newest first.

use creel_ledger::{Entry, EntryKind, Reference};
use creel_types::{Credits, OrganizationId, Time};
use serde::Serialize;
use utoipa::ToSchema;

use super::entries::entry;
use crate::{Store, StoreError, args};

/// Rows of one page of the statement.
pub const STATEMENT_ROWS_MAX: i64 = 501;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementRow {
    pub sequence: i64,
    pub at: Time,
    pub kind: EntryKind,
    pub amount: Credits,
    pub balance_after: Credits,
    pub reference: Reference,
    pub description: String,
}

impl From<Entry> for StatementRow {
    fn from(entry: Entry) -> StatementRow {
        let Entry { sequence, at, kind, amount, balance_after, reference, description, .. } = entry;
        StatementRow { sequence, at, kind, amount, balance_after, reference, description }
    }
}

#[derive(Clone, Debug, Default)]
pub struct StatementFilter {
    /// Only entries below this sequence: the statement reads from the newest backwards.
    pub before: Option<i64>,
    pub limit: i64,
    pub kind: Option<EntryKind>,
    pub from: Option<Time>,
    pub to: Option<Time>,
}

impl Store {
    /// Entries from the newest backwards.
    pub async fn statement(
        &self,
        organization: OrganizationId,
        filter: &StatementFilter,
    ) -> Result<Vec<StatementRow>, StoreError> {
        let rows = self
            .database
            .rows(
                "SELECT * FROM ledger_entries
                 WHERE organization_id = $1 AND ($2 IS NULL OR sequence < $2) AND ($3 IS NULL OR kind = $3)
                   AND ($4 IS NULL OR at >= $4) AND ($5 IS NULL OR at < $5)
                 ORDER BY sequence DESC LIMIT $6",
                args![
                    organization,
                    filter.before,
                    filter.kind.map(EntryKind::as_str),
                    filter.from,
                    filter.to,
                    filter.limit.clamp(1, STATEMENT_ROWS_MAX)
                ],
            )
            .await?;
        rows.iter().map(|row| entry(row).map(StatementRow::from)).collect()
    }
}
