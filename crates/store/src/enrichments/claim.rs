//! One process at a time works on an enrichment: it claims it, says that it is alive, and gives it back.

use creel_types::{EnrichmentId, ModelUse, RunStatus};
use uuid::Uuid;

use super::{Enrichment, enrichment};
use crate::{Store, StoreError, args, owner::Judge, runs::LEASE_MS};

/// Enrichments that one look finds.
const LOOKED_AT_MAX: i64 = 50;

impl Store {
    /// Enrichments that somebody may take, the oldest first; whoever claims one finds out whether it is free.
    pub async fn list_claimable_enrichments(&self) -> Result<Vec<EnrichmentId>, StoreError> {
        let sql = "SELECT id FROM enrichments WHERE ended_at IS NULL AND not_before <= $1 ORDER BY id LIMIT $2";
        let rows = self.database.rows(sql, args![self.clock.now(), LOOKED_AT_MAX]).await?;
        rows.iter().map(|row| row.parsed("id")).collect()
    }

    /// Gives the enrichment to the process `owner` if nobody else holds it. A process that still holds a lease loses it where the
    /// judge knows that it died; where nobody can know, the lease's end decides.
    pub async fn claim_enrichment(
        &self,
        id: EnrichmentId,
        owner: Uuid,
        judge: &Judge,
    ) -> Result<Option<Enrichment>, StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let sql = format!("SELECT * FROM enrichments WHERE id = $1 AND ended_at IS NULL{}", tx.lock("enrichments"));
        let Some(row) = tx.row(&sql, args![id]).await? else { return Ok(None) };
        let holder: Option<Uuid> = row.opt_parsed("leased_by")?;
        let live = row.opt_time("lease_expires_at")?.is_some_and(|end| end > now);
        if let Some(holder) = holder.filter(|holder| *holder != owner && live)
            && !judge.is_gone(&mut tx, holder).await?
        {
            return Ok(None);
        }
        let mut claimed = enrichment(&row)?;
        if matches!(claimed.status, RunStatus::Pending | RunStatus::Restarting) {
            claimed.status = RunStatus::Starting;
        }
        tx.execute(
            "UPDATE enrichments SET status = $2, started_at = COALESCE(started_at, $3), leased_by = $4, lease_expires_at = $5,
             not_before = 0 WHERE id = $1",
            args![id, claimed.status.as_str(), now, owner, now.plus_ms(LEASE_MS)],
        )
        .await?;
        tx.commit().await?;
        Ok(Some(claimed))
    }

    /// Says that the process is alive; `false` once the enrichment has ended or belongs to another.
    pub async fn beat_enrichment(&self, id: EnrichmentId, owner: Uuid) -> Result<bool, StoreError> {
        let sql = "UPDATE enrichments SET lease_expires_at = $3 WHERE id = $1 AND leased_by = $2 AND ended_at IS NULL";
        Ok(self.database.execute(sql, args![id, owner, self.clock.now().plus_ms(LEASE_MS)]).await? > 0)
    }

    /// Adds up what a model was asked for the enrichment's items, whatever becomes of them: the endpoint has counted it.
    pub async fn note_model_use(&self, id: EnrichmentId, used: ModelUse) -> Result<(), StoreError> {
        let sql = "UPDATE enrichments SET model_calls = model_calls + $2, model_failures = model_failures + $3,
            model_prompt_tokens = model_prompt_tokens + $4, model_completion_tokens = model_completion_tokens + $5 WHERE id = $1";
        let ModelUse { calls, failures, prompt_tokens, completion_tokens } = used;
        self.database.execute(sql, args![id, calls, failures, prompt_tokens, completion_tokens]).await?;
        Ok(())
    }

    /// Gives the enrichment back unfinished, so that another process can go on at once.
    pub async fn release_enrichment(&self, id: EnrichmentId, owner: Uuid) -> Result<(), StoreError> {
        let sql = "UPDATE enrichments SET leased_by = NULL, lease_expires_at = NULL WHERE id = $1 AND leased_by = $2";
        self.database.execute(sql, args![id, owner]).await?;
        Ok(())
    }

    /// `starting` becomes `running` when its captures are known.
    pub async fn mark_enrichment_running(&self, id: EnrichmentId, owner: Uuid) -> Result<(), StoreError> {
        let sql = "UPDATE enrichments SET status = 'running' WHERE id = $1 AND status = 'starting' AND leased_by = $2";
        self.database.execute(sql, args![id, owner]).await?;
        Ok(())
    }
}
