//! How runs end, which is told, and how an ended one is taken up again.

use creel_types::{By, EndReason, OrganizationId, RunError, RunId, RunStatus, Time};
use serde_json::json;
use uuid::Uuid;

use super::{
    LEASE_MS, Run,
    hold::{holds_run, reopen_leased_pages},
    run,
};
use crate::{
    Store, StoreError,
    access::audit::{self, AuditAction, Deed, TargetKind},
    args,
    database::Tx,
    enrichments,
    outbox::{self, Message, MessageKind},
};

impl Store {
    /// Ends a run with nothing left to fetch; `false` while something is left, or when it has ended already.
    pub async fn complete_run(&self, id: RunId, owner: Uuid, error: Option<RunError>) -> Result<bool, StoreError> {
        let mut tx = self.database.begin().await?;
        if !holds_run(&mut tx, id, owner).await? {
            return Ok(false);
        }
        if has_open_pages(&mut tx, id).await? {
            return Ok(false);
        }
        let reason = if error.is_some() { EndReason::Error } else { EndReason::CrawlComplete };
        let ended = end_run(&mut tx, self, id, reason, error.as_ref(), self.clock.now()).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Ends a run that cannot go on, if it is still this process's.
    pub async fn fail_run(&self, id: RunId, owner: Uuid, error: &RunError) -> Result<bool, StoreError> {
        let mut tx = self.database.begin().await?;
        if !holds_run(&mut tx, id, owner).await? {
            return Ok(false);
        }
        let ended = end_run(&mut tx, self, id, EndReason::Error, Some(error), self.clock.now()).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Stops a run by somebody's wish; what was in hand goes back to the queue, so that a restart finds it.
    pub async fn stop_run(&self, organization: OrganizationId, id: RunId, by: &By) -> Result<bool, StoreError> {
        let mut tx = self.database.begin().await?;
        let sql = "SELECT name FROM runs WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        let known = tx.row(sql, args![organization, id]).await?;
        let name = known.ok_or_else(|| StoreError::NotFound { what: "run", id: id.to_string() })?.text("name")?;
        let now = self.clock.now();
        let ended = end_run(&mut tx, self, id, EndReason::StoppedByUser, None, now).await?;
        if ended {
            let deed = Deed::new(AuditAction::RunStopped, TargetKind::Run, id, name);
            audit::write(&mut tx, self, organization, now, by, deed).await?;
        }
        tx.commit().await?;
        Ok(ended)
    }

    /// Takes an ended run up again, for `taker` at once if one is given. `budget` is the new total; without it the old holds.
    pub async fn restart_run(
        &self,
        organization: OrganizationId,
        id: RunId,
        budget: Option<i64>,
        taker: Option<Uuid>,
        by: &By,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let sql =
            format!("SELECT * FROM runs WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL{}", tx.lock("runs"));
        let row = tx.row(&sql, args![organization, id]).await?;
        let run = run(&row.ok_or_else(|| StoreError::NotFound { what: "run", id: id.to_string() })?)?;
        if !run.status.is_ended() || run.end_reason == Some(EndReason::CrawlComplete) {
            let state = run.end_reason.map_or(run.status.as_str(), EndReason::as_str);
            return Err(StoreError::Conflict(format!("a run that is {state} cannot be restarted")));
        }
        let budget = budget.or(run.budget);
        if budget.is_some_and(|total| total <= run.extracted) {
            return Err(StoreError::Conflict(format!("the run already has {} captures, its whole budget", run.extracted)));
        }
        let now = self.clock.now();
        tx.execute(
            "UPDATE runs SET status = 'restarting', end_reason = NULL, error_code = NULL, error_message = NULL,
             ended_at = NULL, budget = $2, leased_by = $3, lease_expires_at = $4, waits_since = $5 WHERE id = $1",
            args![id, budget, taker, taker.map(|_| now.plus_ms(LEASE_MS)), now],
        )
        .await?;
        let deed = Deed::new(AuditAction::RunRestarted, TargetKind::Run, id, run.name).with(json!({"budget": budget}));
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        tx.commit().await
    }
}

/// Ends a run once: an ended run keeps its first reason. Pages in hand go back to the queue for a restart. What the run counts must be
/// written before, since its end is told with it.
pub(crate) async fn end_run(
    tx: &mut Tx,
    store: &Store,
    id: RunId,
    reason: EndReason,
    error: Option<&RunError>,
    now: Time,
) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE runs SET status = $2, end_reason = $3, error_code = $4, error_message = $5, ended_at = $6,
             leased_by = NULL, lease_expires_at = NULL WHERE id = $1 AND ended_at IS NULL",
            args![
                id,
                reason.status().as_str(),
                reason.as_str(),
                error.map(|error| error.code.as_str()),
                error.map(|error| error.message.as_str()),
                now
            ],
        )
        .await?;
    if touched > 0 {
        reopen_leased_pages(tx, id).await?;
        follow_end(tx, store, id, now).await?;
    }
    Ok(touched > 0)
}

/// What a run's end brings with it: its enrichment where it asks for one, and word of it.
async fn follow_end(tx: &mut Tx, store: &Store, id: RunId, now: Time) -> Result<(), StoreError> {
    let Some(row) = tx.row("SELECT * FROM runs WHERE id = $1", args![id]).await? else { return Ok(()) };
    let run = run(&row)?;
    enrichments::after_run(tx, store, &run, now).await?;
    tell_end(tx, store, &run, now).await
}

/// Tells that a run has completed or failed. That somebody stopped it is no news to anybody.
async fn tell_end(tx: &mut Tx, store: &Store, run: &Run, now: Time) -> Result<(), StoreError> {
    let kind = match run.status {
        RunStatus::Completed => MessageKind::RunCompleted,
        RunStatus::Failed => MessageKind::RunFailed,
        _ => return Ok(()),
    };
    let payload = json!({
        "run_id": run.id, "name": run.name, "status": run.status, "end_reason": run.end_reason, "error": run.error,
        "robot_id": run.robot, "schedule_id": run.schedule, "budget": run.budget, "extracted": run.extracted,
        "duplicates": run.duplicates, "pages_fetched": run.pages_fetched, "pages_failed": run.pages_failed,
        "pages_blocked": run.pages_blocked, "credits_spent": run.credits_spent, "created_at": run.created_at,
        "started_at": run.started_at, "ended_at": run.ended_at,
    });
    outbox::insert(tx, store, now, vec![Message { organization: run.organization, kind, payload }]).await
}

/// Whether anything is left to fetch.
async fn has_open_pages(tx: &mut Tx, id: RunId) -> Result<bool, StoreError> {
    let sql = format!("SELECT id FROM runs r WHERE id = $1 AND {HAS_OPEN_PAGES}");
    Ok(tx.row(&sql, args![id]).await?.is_some())
}

/// That the run `r` has pages which are not done: two looks, each at an index of its own.
pub(crate) const HAS_OPEN_PAGES: &str = "(EXISTS (SELECT 1 FROM pages p WHERE p.run_id = r.id AND p.state = 'queued')
    OR EXISTS (SELECT 1 FROM pages p WHERE p.run_id = r.id AND p.state = 'leased'))";
