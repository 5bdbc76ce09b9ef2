//! Which process a run belongs to: given to one, kept while that one is alive, given back or lost.

use creel_types::{RunId, RunStatus};
use uuid::Uuid;

use super::{LEASE_MS, Run, run};
use crate::{Store, StoreError, args, database::Tx, owner::Judge, turns};

impl Store {
    /// Gives the run to the process `owner` if nobody else holds it, and opens again what an earlier process had in hand, and
    /// what waited for a hold: it may have ended while the run had, and then nobody woke the page.
    ///
    /// A process that still holds a lease loses it where the judge knows that it died; where nobody can know, the lease's end
    /// decides. A run that has not begun is given only where it is its turn.
    pub async fn claim_run(&self, id: RunId, owner: Uuid, judge: &Judge) -> Result<Option<Run>, StoreError> {
        let mut tx = self.database.begin().await?;
        if !turns::is_its_turn(&mut tx, self, id).await? {
            return Ok(None);
        }
        let now = self.clock.now();
        let sql = format!("SELECT * FROM runs WHERE id = $1 AND ended_at IS NULL{}", tx.lock("runs"));
        let Some(row) = tx.row(&sql, args![id]).await? else {
            return Ok(None);
        };
        let holder: Option<Uuid> = row.opt_parsed("leased_by")?;
        let live = row.opt_time("lease_expires_at")?.is_some_and(|end| end > now);
        if let Some(holder) = holder.filter(|holder| *holder != owner && live)
            && !judge.is_gone(&mut tx, holder).await?
        {
            return Ok(None);
        }
        let mut run = run(&row)?;
        if matches!(run.status, RunStatus::Pending | RunStatus::Restarting) {
            run.status = RunStatus::Starting;
        }
        run.started_at = run.started_at.or(Some(now));
        tx.execute(
            "UPDATE runs SET status = $2, started_at = $3, leased_by = $4, lease_expires_at = $5, claimed_at = $6 WHERE id = $1",
            args![id, run.status.as_str(), run.started_at, owner, now.plus_ms(LEASE_MS), now],
        )
        .await?;
        tx.execute(
            "UPDATE pages SET state = 'queued', leased_by = NULL, lease_expires_at = NULL, not_before = 0
             WHERE run_id = $1 AND state = 'leased'",
            args![id],
        )
        .await?;
        let waiting = "UPDATE pages SET not_before = 0, waits_for_hold = 0 WHERE run_id = $1 AND waits_for_hold = 1";
        tx.execute(waiting, args![id]).await?;
        tx.commit().await?;
        Ok(Some(run))
    }

    /// Says that the process is alive: extends the lease on the run and on the pages in its hands. `false` once the run
    /// has ended or belongs to another.
    pub async fn heartbeat(&self, id: RunId, owner: Uuid) -> Result<bool, StoreError> {
        let mut tx = self.database.begin().await?;
        let until = self.clock.now().plus_ms(LEASE_MS);
        let touched = tx
            .execute(
                "UPDATE runs SET lease_expires_at = $3 WHERE id = $1 AND leased_by = $2 AND ended_at IS NULL",
                args![id, owner, until],
            )
            .await?;
        if touched > 0 {
            tx.execute(
                "UPDATE pages SET lease_expires_at = $3 WHERE run_id = $1 AND state = 'leased' AND leased_by = $2",
                args![id, owner, until],
            )
            .await?;
        }
        tx.commit().await?;
        Ok(touched > 0)
    }

    /// Gives the run back unfinished, so that another process can go on at once.
    pub async fn release_run(&self, id: RunId, owner: Uuid) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let touched = tx
            .execute(
                "UPDATE runs SET leased_by = NULL, lease_expires_at = NULL WHERE id = $1 AND leased_by = $2",
                args![id, owner],
            )
            .await?;
        if touched > 0 {
            reopen_leased_pages(&mut tx, id).await?;
        }
        tx.commit().await
    }

    /// `starting` becomes `running` when the first page is asked for.
    pub async fn mark_running(&self, id: RunId, owner: Uuid) -> Result<(), StoreError> {
        self.database
            .execute(
                "UPDATE runs SET status = 'running' WHERE id = $1 AND status = 'starting' AND leased_by = $2",
                args![id, owner],
            )
            .await?;
        Ok(())
    }
}

pub(super) async fn holds_run(tx: &mut Tx, id: RunId, owner: Uuid) -> Result<bool, StoreError> {
    let sql = format!("SELECT id FROM runs WHERE id = $1 AND leased_by = $2{}", tx.lock("runs"));
    let row = tx.row(&sql, args![id, owner]).await?;
    Ok(row.is_some())
}

pub(crate) async fn reopen_leased_pages(tx: &mut Tx, id: RunId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE pages SET state = 'queued', leased_by = NULL, lease_expires_at = NULL WHERE run_id = $1 AND state = 'leased'",
        args![id],
    )
    .await?;
    Ok(())
}
