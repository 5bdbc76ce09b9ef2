//! The captures of an enrichment: those that wait, for whoever makes items of them, and what became of each, for people.

use creel_types::{Capture, CaptureId, EnrichFailure, EnrichOutcome, EnrichmentId, ItemId, OrganizationId};
use serde::Serialize;
use utoipa::ToSchema;

use super::not_found;
use crate::{Store, StoreError, args, captures::capture, robots::LIST_ROWS_MAX};

/// A capture that waits for its item.
#[derive(Debug)]
pub struct QueuedCapture {
    pub id: CaptureId,
    /// Why there is nothing to read: it was deleted, or what is stored cannot be read.
    pub capture: Result<Box<Capture>, EnrichFailure>,
}

/// What became of one capture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EnrichmentCapture {
    /// Its place in the enrichment, from 0.
    pub position: i64,
    pub capture_id: CaptureId,
    /// As it is now; null where the capture was deleted.
    pub title: Option<String>,
    /// Null while it waits.
    pub outcome: Option<EnrichOutcome>,
    pub item_id: Option<ItemId>,
    /// Why it failed.
    pub reason: Option<EnrichFailure>,
}

impl Store {
    /// The first captures of an enrichment that wait, at most `limit`. Nobody but the process that claimed it takes them.
    pub async fn list_queued_captures(&self, id: EnrichmentId, limit: i64) -> Result<Vec<QueuedCapture>, StoreError> {
        let sql = "SELECT w.capture_id, c.* FROM (SELECT q.capture_id, q.position, n.organization_id AS owner
                FROM enrichment_captures q JOIN enrichments n ON n.id = q.enrichment_id
                WHERE q.enrichment_id = $1 AND q.outcome IS NULL ORDER BY q.position LIMIT $2) w
             LEFT JOIN captures c ON c.id = w.capture_id AND c.organization_id = w.owner AND c.deleted_at IS NULL
             ORDER BY w.position";
        let rows = self.database.rows(sql, args![id, limit]).await?;
        rows.iter()
            .map(|row| {
                let read = match row.opt_text("id")? {
                    None => Err(EnrichFailure::Deleted),
                    Some(_) => capture(row).map(Box::new).map_err(|_| EnrichFailure::Unreadable),
                };
                Ok(QueuedCapture { id: row.parsed("capture_id")?, capture: read })
            })
            .collect()
    }

    /// What became of an enrichment's captures, in its order, after a position.
    pub async fn list_enrichment_captures(
        &self,
        organization: OrganizationId,
        id: EnrichmentId,
        outcome: Option<EnrichOutcome>,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Vec<EnrichmentCapture>, StoreError> {
        let known = "SELECT id FROM enrichments WHERE organization_id = $1 AND id = $2";
        self.database.row(known, args![organization, id]).await?.ok_or_else(|| not_found(id))?;
        let by_outcome = if outcome.is_some() { "q.outcome = $2" } else { "$2 IS NULL" };
        let sql = format!(
            "SELECT q.position, q.capture_id, q.outcome, q.item_id, q.reason, c.title FROM enrichment_captures q
             LEFT JOIN captures c ON c.id = q.capture_id AND c.organization_id = $5 AND c.deleted_at IS NULL
             WHERE q.enrichment_id = $1 AND {by_outcome} AND q.position > $3 ORDER BY q.position LIMIT $4"
        );
        let limit = limit.clamp(1, LIST_ROWS_MAX);
        let args = args![id, outcome.map(EnrichOutcome::as_str), after.unwrap_or(-1), limit, organization];
        let rows = self.database.rows(&sql, args).await?;
        rows.iter()
            .map(|row| {
                Ok(EnrichmentCapture {
                    position: row.int("position")?,
                    capture_id: row.parsed("capture_id")?,
                    title: row.opt_text("title")?,
                    outcome: row.opt_parsed("outcome")?,
                    item_id: row.opt_parsed("item_id")?,
                    reason: row.opt_parsed("reason")?,
                })
            })
            .collect()
    }
}
