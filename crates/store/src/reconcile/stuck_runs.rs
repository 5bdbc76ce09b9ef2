//! Runs that live and do not get on: whoever holds them beats its heart, and no page is done. They are taken from it, and go on
//! with whoever claims them next. A process that died needs none of this: its runs are free at once.

use creel_types::{RunId, Time};

use super::Pass;
use crate::{Store, StoreError, args, database::Tx, runs};

/// How long a run may have pages to fetch and do none. Longer than any pause that a shop or a held credit causes.
pub const STUCK_AFTER_MS: i64 = 30 * 60 * 1000;
/// Runs of one pass.
const STUCK_MAX: i64 = 100;

/// Held since before `$1`, with no page done since and one that could have been.
pub(super) const STUCK: &str = "r.ended_at IS NULL AND r.leased_by IS NOT NULL AND r.claimed_at <= $1
    AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.run_id = r.id AND p.state = 'done' AND p.done_at > $1)
    AND (EXISTS (SELECT 1 FROM pages p WHERE p.run_id = r.id AND p.state = 'leased')
      OR EXISTS (SELECT 1 FROM pages p WHERE p.run_id = r.id AND p.state = 'queued' AND p.not_before <= $1
         AND p.waits_for_hold = 0))";

impl Store {
    /// Takes runs that do not get on from whoever holds them.
    pub async fn free_stuck_runs(&self) -> Result<Pass, StoreError> {
        let before = self.clock.now().plus_ms(-STUCK_AFTER_MS);
        let sql = format!("SELECT r.id FROM runs r WHERE {STUCK} ORDER BY r.id LIMIT $2");
        let mut changed = 0;
        for row in &self.database.rows(&sql, args![before, STUCK_MAX]).await? {
            let id: RunId = row.parsed("id")?;
            let mut tx = self.database.begin().await?;
            if free(&mut tx, id, before).await? {
                tx.commit().await?;
                tracing::warn!(run = %id, "a run did no page for half an hour and was taken from whoever held it");
                changed += 1;
            }
        }
        Ok(Pass { changed, ..Pass::default() })
    }
}

/// Asks again under the run's lock: it may have got on, or have been taken, meanwhile.
async fn free(tx: &mut Tx, id: RunId, before: Time) -> Result<bool, StoreError> {
    let sql = format!("SELECT id FROM runs WHERE id = $1{}", tx.lock("runs"));
    tx.row(&sql, args![id]).await?;
    let sql = format!("SELECT r.id FROM runs r WHERE r.id = $2 AND {STUCK}");
    if tx.row(&sql, args![before, id]).await?.is_none() {
        return Ok(false);
    }
    let sql = "UPDATE runs SET leased_by = NULL, lease_expires_at = NULL, claimed_at = NULL WHERE id = $1";
    tx.execute(sql, args![id]).await?;
    runs::reopen_leased_pages(tx, id).await?;
    Ok(true)
}
