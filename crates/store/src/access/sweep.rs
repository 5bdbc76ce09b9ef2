//! What is over is cleared away, in pieces: ended sessions, old failures, links and mails of the past. Nothing hangs on it: each
//! of them is refused or passed over by its own time before.

use creel_types::time::DAY_MS;

use super::throttle;
use crate::{Store, StoreError, args, reconcile::Pass};

/// How long links and mails stay behind, for whoever asks why one did not work.
pub const KEPT_MS: i64 = 30 * DAY_MS;
/// Rows of a table that one sweep takes.
const SWEPT_ROWS_MAX: i64 = 10_000;

impl Store {
    /// Takes away everything that is over: what people had, old deliveries, answers to repeated requests, events of Stripe.
    pub async fn clear(&self) -> Result<Pass, StoreError> {
        let pieces = [
            self.sweep_access().await?,
            self.sweep_webhooks().await?,
            self.forget_old_answers().await?,
            self.sweep_stripe_events().await?,
        ];
        let changed = pieces.iter().map(|piece| piece.changed).sum();
        Ok(Pass { changed, more: pieces.iter().any(|piece| piece.more), next_at: None })
    }

    /// Takes away what is over.
    pub async fn sweep_access(&self) -> Result<Pass, StoreError> {
        let now = self.clock.now();
        let idle = now.plus_ms(-super::sessions::SESSION_IDLE_MS_MAX);
        let forgotten = now.plus_ms(-(throttle::WAIT_MS_MAX + throttle::FORGOTTEN_AFTER_MS));
        let kept = now.plus_ms(-KEPT_MS);
        let mut pass = Pass::default();
        for (table, key, over, before, other) in [
            ("sessions", "id", "expires_at <= $1 OR last_seen_at <= $2", now, idle),
            ("attempts", "subject", "last_failed_at <= $1 OR last_failed_at <= $2", forgotten, forgotten),
            ("one_time_links", "token_hash", "expires_at <= $1 OR used_at <= $2", kept, kept),
            ("mails", "id", "state <> 'queued' AND (ended_at <= $1 OR ended_at <= $2)", kept, kept),
        ] {
            let sql = format!("DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {over} LIMIT $3)");
            let swept = self.database.execute(&sql, args![before, other, SWEPT_ROWS_MAX]).await?;
            pass.changed += swept;
            pass.more |= swept >= SWEPT_ROWS_MAX.unsigned_abs();
        }
        Ok(pass)
    }
}
