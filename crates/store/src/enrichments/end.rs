//! An enrichment ends: done, out of credits, at a limit, stopped, or broken; and is taken up again.

use creel_types::{By, EnrichmentEnd, EnrichmentId, OrganizationId, RunStatus, Time};
use serde_json::json;
use uuid::Uuid;

use super::{not_found, view};
use crate::{
    Store, StoreError,
    access::audit::{self, AuditAction, Deed, TargetKind},
    args,
    database::Tx,
    outbox::{self, Message, MessageKind},
};

impl Store {
    /// Ends an enrichment with nothing left to do; `false` while something is left, or when it is not this process's.
    pub async fn complete_enrichment(&self, id: EnrichmentId, owner: Uuid) -> Result<bool, StoreError> {
        let mut tx = self.database.begin().await?;
        if !holds(&mut tx, id, owner).await? || !may_be_over(&mut tx, id).await? {
            return Ok(false);
        }
        let ended = end(&mut tx, self, id, EnrichmentEnd::AllProcessed, None, self.clock.now()).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Ends an enrichment that broke off again and again and that nobody has in hand.
    pub async fn give_up_enrichment(&self, id: EnrichmentId, message: &str) -> Result<bool, StoreError> {
        let mut tx = self.database.begin().await?;
        let sql = format!("SELECT id FROM enrichments WHERE id = $1 AND leased_by IS NULL{}", tx.lock("enrichments"));
        if tx.row(&sql, args![id]).await?.is_none() {
            return Ok(false);
        }
        let ended = end(&mut tx, self, id, EnrichmentEnd::Error, Some(message), self.clock.now()).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Stops an enrichment by somebody's wish; what it has made stays, and a restart goes on behind it.
    pub async fn stop_enrichment(
        &self,
        organization: OrganizationId,
        id: EnrichmentId,
        by: &By,
    ) -> Result<bool, StoreError> {
        let mut tx = self.database.begin().await?;
        let known =
            tx.row("SELECT name FROM enrichments WHERE organization_id = $1 AND id = $2", args![organization, id]).await?;
        let name = known.ok_or_else(|| not_found(id))?.text("name")?;
        let now = self.clock.now();
        let ended = end(&mut tx, self, id, EnrichmentEnd::StoppedByUser, None, now).await?;
        if ended {
            let deed = Deed::new(AuditAction::EnrichmentStopped, TargetKind::Enrichment, id, name);
            audit::write(&mut tx, self, organization, now, by, deed).await?;
        }
        tx.commit().await?;
        Ok(ended)
    }

    /// Takes an ended enrichment up again where it stopped.
    pub async fn restart_enrichment(
        &self,
        organization: OrganizationId,
        id: EnrichmentId,
        by: &By,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let sql = format!("SELECT * FROM enrichments WHERE organization_id = $1 AND id = $2{}", tx.lock("enrichments"));
        let before = view(&tx.row(&sql, args![organization, id]).await?.ok_or_else(|| not_found(id))?)?;
        if !before.status.is_ended() || before.end_reason == Some(EnrichmentEnd::AllProcessed) {
            let state = before.end_reason.map_or(before.status.as_str(), EnrichmentEnd::as_str);
            return Err(StoreError::Conflict(format!("an enrichment that is {state} cannot be restarted")));
        }
        let sql = "UPDATE enrichments SET status = $2, end_reason = NULL, error_message = NULL, ended_at = NULL,
            not_before = 0 WHERE id = $1";
        tx.execute(sql, args![id, RunStatus::Restarting.as_str()]).await?;
        let deed = Deed::new(AuditAction::EnrichmentRestarted, TargetKind::Enrichment, id, before.name);
        audit::write(&mut tx, self, organization, self.clock.now(), by, deed).await?;
        tx.commit().await
    }
}

async fn holds(tx: &mut Tx, id: EnrichmentId, owner: Uuid) -> Result<bool, StoreError> {
    let sql = format!("SELECT id FROM enrichments WHERE id = $1 AND leased_by = $2{}", tx.lock("enrichments"));
    Ok(tx.row(&sql, args![id, owner]).await?.is_some())
}

/// Whether all captures of an enrichment are known and none of them waits.
pub(crate) async fn may_be_over(tx: &mut Tx, id: EnrichmentId) -> Result<bool, StoreError> {
    let sql = format!("SELECT n.id FROM enrichments n WHERE n.id = $1 AND NOT {HAS_WORK}");
    Ok(tx.row(&sql, args![id]).await?.is_some())
}

/// That the enrichment `n` has captures that wait, or that are not known yet.
const HAS_WORK: &str = "(n.gathered_at IS NULL OR EXISTS (SELECT 1 FROM enrichment_captures w
    WHERE w.enrichment_id = n.id AND w.outcome IS NULL))";

/// Ends every started enrichment with anything left to do of an organization that cannot pay one more item.
pub(crate) async fn end_all_unpayable(
    tx: &mut Tx,
    store: &Store,
    organization: OrganizationId,
    now: Time,
) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT n.id FROM enrichments n WHERE n.organization_id = $1 AND n.ended_at IS NULL
         AND n.status IN ('starting', 'running') AND {HAS_WORK} ORDER BY n.id"
    );
    for row in &tx.rows(&sql, args![organization]).await? {
        end(tx, store, row.parsed("id")?, EnrichmentEnd::InsufficientCredits, None, now).await?;
    }
    Ok(())
}

/// Ends an enrichment once: an ended one keeps its first reason. What it counts must be written before, since its end is told with it.
pub(crate) async fn end(
    tx: &mut Tx,
    store: &Store,
    id: EnrichmentId,
    reason: EnrichmentEnd,
    error: Option<&str>,
    now: Time,
) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE enrichments SET status = $2, end_reason = $3, error_message = $4, ended_at = $5, leased_by = NULL,
             lease_expires_at = NULL WHERE id = $1 AND ended_at IS NULL",
            args![id, reason.status().as_str(), reason.as_str(), error, now],
        )
        .await?;
    // That somebody stopped it is no news to anybody.
    if touched > 0 && reason != EnrichmentEnd::StoppedByUser {
        tell_end(tx, store, id, now).await?;
    }
    Ok(touched > 0)
}

async fn tell_end(tx: &mut Tx, store: &Store, id: EnrichmentId, now: Time) -> Result<(), StoreError> {
    let Some(row) = tx.row("SELECT * FROM enrichments WHERE id = $1", args![id]).await? else { return Ok(()) };
    let ended = view(&row)?;
    let payload = json!({
        "enrichment_id": ended.id, "name": ended.name, "status": ended.status, "end_reason": ended.end_reason,
        "error": ended.error, "run_id": ended.run_id, "total": ended.total, "processed": ended.processed,
        "failed": ended.failed, "already_enriched": ended.already_enriched, "credits_spent": ended.credits_spent,
        "created_at": ended.created_at, "started_at": ended.started_at, "ended_at": ended.ended_at,
    });
    let organization = row.parsed("organization_id")?;
    outbox::insert(tx, store, now, vec![Message { organization, kind: MessageKind::EnrichmentCompleted, payload }]).await
}
