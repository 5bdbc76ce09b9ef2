//! Buckets of request tokens, one an organization, for all processes together. A process takes tokens in blocks, so that few
//! requests come here; what it does with a block is its own matter.

use creel_types::{OrganizationId, Time};

use crate::{Store, StoreError, args};

/// How fast a bucket fills and how much it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    pub per_minute: i64,
    pub burst: i64,
}

/// What was taken and what the bucket holds after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLease {
    pub granted: i64,
    /// In thousandths of a token, at `at`.
    pub left: i64,
    pub at: Time,
}

const THOUSAND: i64 = 1_000;

impl RateLimit {
    /// What a bucket holds after a time, in thousandths of a token.
    #[must_use]
    pub fn filled(self, tokens: i64, elapsed_ms: i64) -> i64 {
        // Thousandths a millisecond are whole tokens a second.
        let gained = elapsed_ms.max(0).saturating_mul(self.per_minute) / 60;
        tokens.saturating_add(gained).min(self.burst.saturating_mul(THOUSAND))
    }

    /// How long until a bucket holds so many thousandths, in milliseconds.
    #[must_use]
    pub fn ms_until(self, tokens: i64, wanted: i64) -> i64 {
        let missing = (wanted - tokens).max(0).saturating_mul(60);
        missing / self.per_minute.max(1) + i64::from(missing % self.per_minute.max(1) != 0)
    }
}

impl Store {
    /// Takes up to `wanted` tokens out of the organization's bucket: whole ones, as many as there are.
    pub async fn lease_tokens(
        &self,
        organization: OrganizationId,
        limit: RateLimit,
        wanted: i64,
    ) -> Result<RateLease, StoreError> {
        let mut tx = self.database.begin().await?;
        let at = self.clock.now();
        tx.execute(
            "INSERT INTO rate_buckets (organization_id, tokens, counted_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            args![organization, limit.burst * THOUSAND, at],
        )
        .await?;
        let sql =
            format!("SELECT tokens, counted_at FROM rate_buckets WHERE organization_id = $1{}", tx.lock("rate_buckets"));
        let row = tx
            .row(&sql, args![organization])
            .await?
            .ok_or_else(|| StoreError::corrupt("rate_buckets", "no row after its insertion"))?;
        let counted_at = row.time("counted_at")?;
        let held = limit.filled(row.int("tokens")?, at.ms_since(counted_at));
        let granted = (held / THOUSAND).min(wanted);
        let left = held - granted * THOUSAND;
        // A clock that is behind another machine's must not make the same time count twice.
        let at = at.max(counted_at);
        tx.execute(
            "UPDATE rate_buckets SET tokens = $2, counted_at = $3 WHERE organization_id = $1",
            args![organization, left, at],
        )
        .await?;
        tx.commit().await?;
        Ok(RateLease { granted, left, at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_fills_with_time_up_to_its_burst() {
        let limit = RateLimit { per_minute: 120, burst: 30 };
        for (tokens, elapsed_ms, filled) in [
            (0, 0, 0),
            (0, 500, 1_000),
            (0, 1_000, 2_000),
            (29_500, 60_000, 30_000),
            (5_000, -10_000, 5_000),
            (7, i64::MAX, 30_000),
        ] {
            assert_eq!(limit.filled(tokens, elapsed_ms), filled, "{tokens} after {elapsed_ms} ms");
        }
        for (tokens, wanted, ms) in [(0, 1_000, 500), (1_000, 1_000, 0), (999, 1_000, 1), (0, 30_000, 15_000)] {
            assert_eq!(limit.ms_until(tokens, wanted), ms);
        }
    }
}
