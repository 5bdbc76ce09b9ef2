//! `Idempotency-Key`: what was answered to a request is kept in the transaction that did it, so that the same request sent
//! again gets the same answer and does nothing, whatever died between. Refused requests leave nothing behind.
//!
//! What is done elsewhere, such as at Stripe, is in no transaction of ours: there the key is bound to its request first, and the
//! answer written beside it when it is known. Whoever comes between asks elsewhere once more, with the same key.

use creel_types::{OrganizationId, Time, time::DAY_MS};

use crate::{Store, StoreError, args, database::Tx, reconcile::Pass};

/// How long an answer is kept; after that the key is as good as new.
pub const IDEMPOTENCY_MS: i64 = DAY_MS;

/// Rows that one statement of the clean-up takes away.
const CLEAN_ROWS_MAX: i64 = 1_000;

/// Stands for the answer of a request that is bound and not answered yet; no answer is empty.
const UNANSWERED: &str = "";

/// A key with the request that it came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    pub key: String,
    /// A digest of the operation and its body.
    pub request_hash: String,
}

/// What a request with a key led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Once<T> {
    /// It was done just now.
    Now(T),
    /// The same request did it before; this is what was answered then.
    Before(T),
}

impl Store {
    /// What was answered to this key before; `None` where it is new.
    pub async fn find_answer(
        &self,
        organization: OrganizationId,
        key: &IdempotencyKey,
    ) -> Result<Option<String>, StoreError> {
        let mut tx = self.database.begin_read().await?;
        find(&mut tx, organization, key, self.clock.now()).await
    }

    /// Takes a key for a request that is done elsewhere; answers what was answered before. `None`: the caller does it, with the same
    /// key, also where somebody began it before and did not come to its end.
    pub async fn bind_request(
        &self,
        organization: OrganizationId,
        key: &IdempotencyKey,
    ) -> Result<Option<String>, StoreError> {
        let mut tx = self.database.begin().await?;
        let before = take(&mut tx, organization, key, UNANSWERED, self.clock.now()).await?;
        tx.commit().await?;
        Ok(before.filter(|answer| answer != UNANSWERED))
    }

    /// Writes what is answered to a request that was bound.
    pub async fn keep_answer(
        &self,
        organization: OrganizationId,
        key: &IdempotencyKey,
        answer: &str,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE idempotency_keys SET answer = $4
            WHERE organization_id = $1 AND idempotency_key = $2 AND request_hash = $3";
        self.database.execute(sql, args![organization, key.key.as_str(), key.request_hash.as_str(), answer]).await?;
        Ok(())
    }

    /// Frees the key of a request that was bound and is refused: nothing came of it.
    pub async fn free_request(&self, organization: OrganizationId, key: &IdempotencyKey) -> Result<(), StoreError> {
        let sql = "DELETE FROM idempotency_keys
            WHERE organization_id = $1 AND idempotency_key = $2 AND request_hash = $3 AND answer = $4";
        self.database.execute(sql, args![organization, key.key.as_str(), key.request_hash.as_str(), UNANSWERED]).await?;
        Ok(())
    }

    /// Forgets a piece of the answers that are too old, so that nobody waits long behind it.
    pub async fn forget_old_answers(&self) -> Result<Pass, StoreError> {
        let before = self.clock.now().plus_ms(-IDEMPOTENCY_MS);
        let changed = self
            .database
            .execute(
                "DELETE FROM idempotency_keys WHERE (organization_id, idempotency_key) IN (SELECT organization_id, idempotency_key
                 FROM idempotency_keys WHERE created_at <= $1 ORDER BY created_at LIMIT $2)",
                args![before, CLEAN_ROWS_MAX],
            )
            .await?;
        Ok(Pass { changed, more: changed >= CLEAN_ROWS_MAX.unsigned_abs(), next_at: None })
    }
}

async fn find(
    tx: &mut Tx,
    organization: OrganizationId,
    key: &IdempotencyKey,
    now: Time,
) -> Result<Option<String>, StoreError> {
    let row = tx
        .row(
            "SELECT request_hash, answer FROM idempotency_keys
             WHERE organization_id = $1 AND idempotency_key = $2 AND created_at > $3",
            args![organization, key.key.as_str(), now.plus_ms(-IDEMPOTENCY_MS)],
        )
        .await?;
    match row {
        None => Ok(None),
        Some(row) if row.text("request_hash")? == key.request_hash => Ok(Some(row.text("answer")?)),
        Some(_) => Err(StoreError::OtherRequest),
    }
}

/// Takes the key for an answer that this transaction makes true. Where another request took it first, that one's answer is
/// given and the caller does nothing: on PostgreSQL the insertion waits until the other transaction has ended.
pub(crate) async fn take(
    tx: &mut Tx,
    organization: OrganizationId,
    key: &IdempotencyKey,
    answer: &str,
    now: Time,
) -> Result<Option<String>, StoreError> {
    tx.execute(
        "DELETE FROM idempotency_keys WHERE organization_id = $1 AND idempotency_key = $2 AND created_at <= $3",
        args![organization, key.key.as_str(), now.plus_ms(-IDEMPOTENCY_MS)],
    )
    .await?;
    let taken = tx
        .execute(
            "INSERT INTO idempotency_keys (organization_id, idempotency_key, request_hash, answer, created_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            args![organization, key.key.as_str(), key.request_hash.as_str(), answer, now],
        )
        .await?;
    if taken > 0 {
        return Ok(None);
    }
    // The other one ended between the two statements or before: its row is there.
    find(tx, organization, key, now).await?.map_or_else(
        || Err(StoreError::Unavailable("a request with the same Idempotency-Key is just being answered".to_owned())),
        |answer| Ok(Some(answer)),
    )
}
