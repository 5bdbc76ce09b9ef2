//! Whose turn it is: an organization has at most so many runs in `starting` or `running`, and those beyond wait, first in, first
//! out. The turn is taken under the organization's lock, in the transaction that starts the run. A run that goes on when the
//! limit falls goes on.

use creel_types::{OrganizationId, RunId};

use crate::{
    Concurrency, Store, StoreError, args,
    billing::plan::concurrent_runs_sql,
    database::Tx,
    ledger::account::{Named, lock_account},
};

/// Runs that one look finds.
const LOOKED_AT_MAX: i64 = 200;

impl Store {
    /// Runs that somebody may take, the longest waiting first: those whose turn it is, and those whose process may have gone.
    pub async fn list_claimable_runs(&self) -> Result<Vec<RunId>, StoreError> {
        let sql =
            format!("SELECT id FROM ({}) claimable ORDER BY waits_since, id LIMIT $2", claimable(self.concurrency, ""));
        let rows = self.database.rows(&sql, args![self.clock.now(), LOOKED_AT_MAX]).await?;
        rows.iter().map(|row| row.parsed("id")).collect()
    }
}

/// Runs that have begun, and those whose turn it is at the instant `$1`, as a query of SQL; with `of`, of those organizations.
pub(crate) fn claimable(concurrency: Concurrency, of: &str) -> String {
    let limit = concurrent_runs_sql(concurrency, "alive.organization_id", "$1");
    format!(
        "SELECT id, waits_since, leased_by, has_begun FROM (SELECT id, organization_id, waits_since, leased_by,
            CASE WHEN status IN ('starting', 'running') THEN 1 ELSE 0 END AS has_begun,
            SUM(CASE WHEN status IN ('starting', 'running') THEN 1 ELSE 0 END) OVER (PARTITION BY organization_id) AS begun,
            ROW_NUMBER() OVER (PARTITION BY organization_id,
                CASE WHEN status IN ('starting', 'running') THEN 1 ELSE 0 END ORDER BY waits_since, id) AS place
            FROM runs WHERE ended_at IS NULL{of}) alive
         WHERE $1 IS NOT NULL AND (has_begun = 1 OR begun + place <= {limit})"
    )
}

/// Whether the run may begin now, with its organization locked until the transaction ends. One that has begun needs no turn.
pub(crate) async fn is_its_turn(tx: &mut Tx, store: &Store, id: RunId) -> Result<bool, StoreError> {
    if store.concurrency == Concurrency::Unlimited {
        return Ok(true);
    }
    let Some(row) = tx.row("SELECT organization_id FROM runs WHERE id = $1", args![id]).await? else { return Ok(false) };
    let organization: OrganizationId = row.parsed("organization_id")?;
    lock_account(tx, organization, Named::default()).await?;
    let claimable = claimable(store.concurrency, " AND organization_id = $2");
    let sql = format!("SELECT id FROM ({claimable}) claimable WHERE id = $3");
    Ok(tx.row(&sql, args![store.clock.now(), organization, id]).await?.is_some())
}
