//! What whoever operates an installation wants to know of its database, without changing anything.

use creel_types::{OrganizationId, Time};
use serde::Serialize;

use crate::{Store, StoreError, args, database::Engine};

/// Ledgers that are named one by one.
const FROZEN_ROWS_MAX: i64 = 100;

/// A ledger that did not verify and is closed for debits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FrozenLedger {
    pub organization_id: OrganizationId,
    pub name: String,
    pub since: Time,
    pub fault: String,
}

impl Store {
    pub async fn frozen_ledgers(&self) -> Result<Vec<FrozenLedger>, StoreError> {
        let sql = "SELECT id, name, ledger_frozen_at, ledger_fault FROM organizations WHERE ledger_frozen_at IS NOT NULL
                   ORDER BY id LIMIT $1";
        let read = |row: &crate::database::Row| {
            Ok(FrozenLedger {
                organization_id: row.parsed("id")?,
                name: row.text("name")?,
                since: row.time("ledger_frozen_at")?,
                fault: row.opt_text("ledger_fault")?.unwrap_or_default(),
            })
        };
        self.database.rows(sql, args![FROZEN_ROWS_MAX]).await?.iter().map(read).collect()
    }

    /// What the database's own clock says; a file has none.
    pub async fn database_time(&self) -> Result<Option<Time>, StoreError> {
        if self.database.engine() == Engine::Sqlite {
            return Ok(None);
        }
        let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now";
        self.database.row(sql, args![]).await?.map(|row| row.time("now")).transpose()
    }
}
