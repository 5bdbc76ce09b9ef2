//! Clears away the log when it is old, in pieces: deliveries with their attempts, then events that nothing refers to, then endpoints
//! that were deleted.

use creel_types::{DeliveryId, time::DAY_MS};

use crate::{
    Store, StoreError, args,
    database::{Given, Kind},
    reconcile::Pass,
};

/// How long a delivery stays, whatever came of it. What was not delivered by then never will be.
pub const DELIVERIES_KEPT_MS: i64 = 30 * DAY_MS;
/// Rows that one sweep takes.
const SWEPT_ROWS_MAX: i64 = 2_000;

impl Store {
    /// Takes away what is old.
    pub async fn sweep_webhooks(&self) -> Result<Pass, StoreError> {
        let before = self.clock.now().plus_ms(-DELIVERIES_KEPT_MS);
        let mut tx = self.database.begin().await?;
        let sql = format!(
            "SELECT id FROM webhook_deliveries WHERE created_at <= $1 ORDER BY created_at LIMIT $2{}",
            tx.lock_free()
        );
        let rows = tx.rows(&sql, args![before, SWEPT_ROWS_MAX]).await?;
        let old = rows.iter().map(|row| row.parsed("id")).collect::<Result<Vec<DeliveryId>, _>>()?;
        for sql in [
            "DELETE FROM webhook_attempts WHERE delivery_id IN (SELECT id FROM given)",
            "DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM given)",
        ] {
            let mut given = Given::new(&[("id", Kind::Text)]);
            old.iter().for_each(|id| given.push(args![*id]));
            tx.execute_given(given, sql).await?;
        }
        tx.commit().await?;
        let events =
            "DELETE FROM outbox WHERE id IN (SELECT o.id FROM outbox o WHERE o.created_at <= $1 AND o.fanned_out = 1
             AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.event_id = o.id) LIMIT $2)";
        let swept = self.database.execute(events, args![before, SWEPT_ROWS_MAX]).await?;
        let endpoints = "DELETE FROM webhooks WHERE id IN (SELECT w.id FROM webhooks w WHERE w.deleted_at <= $1
             AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.webhook_id = w.id) LIMIT $2)";
        let gone = self.database.execute(endpoints, args![before, SWEPT_ROWS_MAX]).await?;
        let (deliveries, most) = (old.len() as u64, SWEPT_ROWS_MAX.unsigned_abs());
        Ok(Pass { changed: deliveries + swept + gone, more: deliveries == most || swept == most, next_at: None })
    }
}
