//! Which captures an enrichment is about, found out in pieces: an enrichment may be about a million.

use creel_types::{CaptureId, EnrichmentId};
use uuid::Uuid;

use super::{create::insert_captures, enrichment};
use crate::{
    Store, StoreError, args,
    listing::{CAPTURES_MAX, CaptureCursor, CaptureQuery, CaptureSort},
};

impl Store {
    /// Queues the next captures of the scope; `true` once all are known, or when the enrichment is not this process's any more.
    pub async fn gather_captures(&self, id: EnrichmentId, owner: Uuid) -> Result<bool, StoreError> {
        let sql = "SELECT * FROM enrichments WHERE id = $1 AND leased_by = $2 AND ended_at IS NULL";
        let Some(row) = self.database.row(sql, args![id, owner]).await? else { return Ok(true) };
        let (known, total) = (enrichment(&row)?, row.int("total")?);
        let Some(filter) = known.filter.filter(|_| !known.is_gathered) else { return Ok(true) };
        let after = known.gather_cursor.as_deref().map(str::parse::<CaptureCursor>).transpose();
        let after = after.map_err(|_| StoreError::corrupt("gather_cursor", id))?;
        let query = CaptureQuery { filter, sort: CaptureSort::OldestFirst, after, limit: CAPTURES_MAX };
        let page = self.list_captures(known.organization, &query).await?;
        let captures: Vec<CaptureId> = page.rows.iter().map(|capture| capture.id).collect();
        let cursor = page.next.map(|next| next.to_string());
        let is_whole = cursor.is_none();
        let now = self.clock.now();
        let mut tx = self.database.begin().await?;
        let new = insert_captures(&mut tx, id, &captures, total).await?;
        // Only where nobody went on from the same place meanwhile.
        let sql = "UPDATE enrichments SET gather_cursor = $3, gathered_at = $4, total = total + $5
            WHERE id = $1 AND leased_by = $2 AND ended_at IS NULL AND gathered_at IS NULL AND total = $6";
        let gathered_at = is_whole.then_some(now);
        if tx.execute(sql, args![id, owner, cursor, gathered_at, new, total]).await? == 0 {
            return Ok(false);
        }
        tx.commit().await?;
        Ok(is_whole)
    }
}
