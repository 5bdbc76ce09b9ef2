//! API keys: an organization's, named, with a role; shown once, kept as a hash. A rotated key has two secrets that work until
//! the overlap ends; a revoked one has none from the next look on.

use creel_types::{ApiKeyId, By, OrganizationId, Role, Time, hex};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    audit::{self, AuditAction, Deed, TargetKind},
    lock_as_admin, refuse_above, secret,
};
use crate::{
    Store, StoreError, args,
    database::{Row, Tx},
    edition::{self, Edition, Target},
    robots::LIST_ROWS_MAX,
};

/// What every key starts with, so that a leaked one is recognised.
pub const KEY_PREFIX: &str = "crl_";
/// Letters of the secret behind the prefix that a list shows: 32 of its 256 bits.
const HINT_LETTERS: usize = 8;
/// Keys of an organization that are not revoked.
pub const API_KEYS_MAX: i64 = 500;
/// How long the secret before a rotation may go on beside the new one, of a key as of a webhook.
pub const OVERLAP_SECONDS_MAX: i64 = 7 * 24 * 60 * 60;
/// How often a key's use is written down.
const USE_NOTED_MS: i64 = 60_000;

/// The key that a request came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyHolder {
    pub key: ApiKeyId,
    pub name: String,
    pub organization: OrganizationId,
    pub role: Role,
    pub last_used_at: Option<Time>,
}

/// A key as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    pub role: Role,
    /// How its secret begins.
    pub hint: String,
    pub created_by: String,
    pub created_at: Time,
    pub expires_at: Option<Time>,
    pub last_used_at: Option<Time>,
    pub rotated_at: Option<Time>,
    /// Until when the secret before the last rotation works.
    pub previous_valid_until: Option<Time>,
}

impl ApiKey {
    /// What can be changed about it by hand is its name; that it is used or rotated makes no other edition.
    #[must_use]
    pub fn edition(&self) -> Edition {
        Edition::of(&(self.id, &self.name))
    }
}

#[derive(Clone, Debug)]
pub struct NewApiKey {
    pub name: String,
    pub role: Role,
    pub expires_at: Option<Time>,
}

const COLUMNS: &str =
    "id, name, role, hint, created_by, created_at, expires_at, last_used_at, rotated_at, previous_valid_until";

impl Store {
    /// Makes a key and answers its secret, which nobody can read again. Refused above the maker's own role.
    pub async fn create_api_key(
        &self,
        organization: OrganizationId,
        new: NewApiKey,
        by: &By,
    ) -> Result<(ApiKey, String), StoreError> {
        let mut tx = self.database.begin().await?;
        let role = lock_as_admin(&mut tx, organization, by).await?;
        refuse_above(role, new.role, "such a key")?;
        refuse_too_many(&mut tx, organization).await?;
        let now = self.clock.now();
        let (id, secret): (ApiKeyId, String) = (self.random.id(now), self.new_secret());
        tx.execute(
            "INSERT INTO api_keys (id, organization_id, name, role, secret_hash, hint, created_by, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![
                id,
                organization,
                new.name.as_str(),
                new.role.as_str(),
                secret::hash(&secret),
                hint(&secret),
                by.name.as_str(),
                now,
                new.expires_at
            ],
        )
        .await?;
        let deed = Deed::new(AuditAction::ApiKeyCreated, TargetKind::ApiKey, id, &new.name)
            .with(json!({"role": new.role, "expires_at": new.expires_at}));
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        let key = key_in(&mut tx, organization, id).await?;
        tx.commit().await?;
        Ok((key, secret))
    }

    /// Whose key this is; `None` for unknown, revoked and expired ones and for secrets whose overlap is over.
    pub async fn find_api_key(&self, secret: &str) -> Result<Option<KeyHolder>, StoreError> {
        let row = self
            .database
            .row(
                "SELECT id, name, organization_id, role, last_used_at FROM api_keys
                 WHERE (secret_hash = $1 OR (previous_secret_hash = $1 AND previous_valid_until > $2))
                 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)",
                args![secret::hash(secret), self.clock.now()],
            )
            .await?;
        row.map(|row| {
            Ok(KeyHolder {
                key: row.parsed("id")?,
                name: row.text("name")?,
                organization: row.parsed("organization_id")?,
                role: row.parsed("role")?,
                last_used_at: row.opt_time("last_used_at")?,
            })
        })
        .transpose()
    }

    /// Whether a use of the key now need not be written down, because the last one is young.
    #[must_use]
    pub fn api_key_use_is_noted(&self, holder: &KeyHolder) -> bool {
        let now = self.clock.now();
        holder.last_used_at.is_some_and(|at| now.ms_since(at) < USE_NOTED_MS)
    }

    /// Writes down that a key was used, at most once a minute; beside the request, which does not wait for it.
    pub async fn note_api_key_used(&self, holder: &KeyHolder) -> Result<(), StoreError> {
        if self.api_key_use_is_noted(holder) {
            return Ok(());
        }
        let now = self.clock.now();
        let sql = "UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)";
        self.database.execute(sql, args![holder.key, now, now.plus_ms(-USE_NOTED_MS)]).await?;
        Ok(())
    }

    pub async fn has_api_key(&self) -> Result<bool, StoreError> {
        Ok(self.database.row("SELECT 1 AS one FROM api_keys LIMIT 1", args![]).await?.is_some())
    }

    pub async fn get_api_key(&self, organization: OrganizationId, id: ApiKeyId) -> Result<ApiKey, StoreError> {
        key_in(&mut self.database.begin_read().await?, organization, id).await
    }

    /// Newest first; revoked ones are gone.
    pub async fn list_api_keys(
        &self,
        organization: OrganizationId,
        before: Option<ApiKeyId>,
        limit: i64,
    ) -> Result<Vec<ApiKey>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM api_keys WHERE organization_id = $1 AND revoked_at IS NULL AND ($2 IS NULL OR id < $2)
             ORDER BY id DESC LIMIT $3"
        );
        let rows = self.database.rows(&sql, args![organization, before, limit.clamp(1, LIST_ROWS_MAX)]).await?;
        rows.iter().map(api_key).collect()
    }

    /// Renames it; with `expected` only while it is the edition that somebody saw.
    pub async fn rename_api_key(
        &self,
        organization: OrganizationId,
        id: ApiKeyId,
        name: &str,
        expected: Option<&Edition>,
        by: &By,
    ) -> Result<ApiKey, StoreError> {
        let mut tx = self.database.begin().await?;
        let key = lock_key(&mut tx, organization, id, by).await?;
        let action = AuditAction::ApiKeyRenamed;
        let target = Target { organization, kind: TargetKind::ApiKey, id: id.to_string(), action };
        edition::refuse_other(&mut tx, expected, &key.edition(), &target).await?;
        tx.execute("UPDATE api_keys SET name = $2 WHERE id = $1", args![id, name]).await?;
        let deed = Deed::new(AuditAction::ApiKeyRenamed, TargetKind::ApiKey, id, name).with(json!({"before": key.name}));
        audit::write(&mut tx, self, organization, self.clock.now(), by, deed).await?;
        let key = key_in(&mut tx, organization, id).await?;
        tx.commit().await?;
        Ok(key)
    }

    /// Gives the key a new secret. The old one works for the overlap and not an instant longer; one that was still in its
    /// overlap from an earlier rotation ends at once.
    pub async fn rotate_api_key(
        &self,
        organization: OrganizationId,
        id: ApiKeyId,
        overlap_seconds: i64,
        by: &By,
    ) -> Result<(ApiKey, String), StoreError> {
        let mut tx = self.database.begin().await?;
        let key = lock_key(&mut tx, organization, id, by).await?;
        let now = self.clock.now();
        let until = now.plus_seconds(overlap_seconds.clamp(0, OVERLAP_SECONDS_MAX));
        let secret = self.new_secret();
        tx.execute(
            "UPDATE api_keys SET previous_secret_hash = CASE WHEN $4 > $3 THEN secret_hash END,
             previous_valid_until = CASE WHEN $4 > $3 THEN $4 END, secret_hash = $2, rotated_at = $3, hint = $5 WHERE id = $1",
            args![id, secret::hash(&secret), now, until, hint(&secret)],
        )
        .await?;
        let deed = Deed::new(AuditAction::ApiKeyRotated, TargetKind::ApiKey, id, key.name)
            .with(json!({"overlap_seconds": until.ms_since(now) / 1000}));
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        let key = key_in(&mut tx, organization, id).await?;
        tx.commit().await?;
        Ok((key, secret))
    }

    /// Both secrets are refused from the next look on.
    pub async fn revoke_api_key(&self, organization: OrganizationId, id: ApiKeyId, by: &By) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let key = lock_key(&mut tx, organization, id, by).await?;
        let now = self.clock.now();
        let sql =
            "UPDATE api_keys SET revoked_at = $2, previous_secret_hash = NULL, previous_valid_until = NULL WHERE id = $1";
        tx.execute(sql, args![id, now]).await?;
        let deed = Deed::new(AuditAction::ApiKeyRevoked, TargetKind::ApiKey, id, key.name);
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        tx.commit().await
    }

    fn new_secret(&self) -> String {
        format!("{KEY_PREFIX}{}", hex(&self.random.bytes()))
    }
}

async fn refuse_too_many(tx: &mut Tx, organization: OrganizationId) -> Result<(), StoreError> {
    let sql = "SELECT COUNT(*) AS keys FROM api_keys WHERE organization_id = $1 AND revoked_at IS NULL";
    let keys = tx.row(sql, args![organization]).await?.map_or(Ok(0), |row| row.int("keys"))?;
    if keys < API_KEYS_MAX {
        return Ok(());
    }
    Err(StoreError::Conflict(format!("the organization has {keys} keys, the most it may have: revoke one first")))
}

/// The key under its organization's lock, for somebody who may change it: a key gives what its role gives.
async fn lock_key(tx: &mut Tx, organization: OrganizationId, id: ApiKeyId, by: &By) -> Result<ApiKey, StoreError> {
    let role = lock_as_admin(tx, organization, by).await?;
    let key = key_in(tx, organization, id).await?;
    refuse_above(role, key.role, "changing this key")?;
    Ok(key)
}

async fn key_in(tx: &mut Tx, organization: OrganizationId, id: ApiKeyId) -> Result<ApiKey, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE organization_id = $1 AND id = $2 AND revoked_at IS NULL");
    let row = tx.row(&sql, args![organization, id]).await?;
    api_key(&row.ok_or_else(|| StoreError::NotFound { what: "API key", id: id.to_string() })?)
}

fn hint(secret: &str) -> String {
    secret.chars().take(KEY_PREFIX.len() + HINT_LETTERS).collect()
}

fn api_key(row: &Row) -> Result<ApiKey, StoreError> {
    Ok(ApiKey {
        id: row.parsed("id")?,
        name: row.text("name")?,
        role: row.parsed("role")?,
        hint: row.text("hint")?,
        created_by: row.text("created_by")?,
        created_at: row.time("created_at")?,
        expires_at: row.opt_time("expires_at")?,
        last_used_at: row.opt_time("last_used_at")?,
        rotated_at: row.opt_time("rotated_at")?,
        previous_valid_until: row.opt_time("previous_valid_until")?,
    })
}
