//! API keys: shown once, kept as a hash.

use creel_types::{ApiKeyId, OrganizationId, hex};
use sha2::{Digest, Sha256};

use crate::{Store, StoreError, args};

/// What every key starts with, so that a leaked one is recognised.
pub const KEY_PREFIX: &str = "crl_";

/// The key that a request came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyHolder {
    pub key: ApiKeyId,
    pub organization: OrganizationId,
}

impl Store {
    /// Makes a key and answers its secret, which nobody can read again.
    pub async fn create_api_key(&self, organization: OrganizationId, name: &str) -> Result<(ApiKeyId, String), StoreError> {
        let now = self.clock.now();
        let id: ApiKeyId = self.random.id(now);
        let secret = format!("{KEY_PREFIX}{}", hex(&self.random.bytes()));
        self.database
            .execute(
                "INSERT INTO api_keys (id, organization_id, name, secret_hash, created_at) VALUES ($1, $2, $3, $4, $5)",
                args![id, organization, name, secret_hash(&secret), now],
            )
            .await?;
        Ok((id, secret))
    }

    /// Whose key this is; `None` for unknown and revoked ones alike.
    pub async fn find_api_key(&self, secret: &str) -> Result<Option<KeyHolder>, StoreError> {
        let row = self
            .database
            .row(
                "SELECT id, organization_id FROM api_keys WHERE secret_hash = $1 AND revoked_at IS NULL",
                args![secret_hash(secret)],
            )
            .await?;
        row.map(|row| Ok(KeyHolder { key: row.parsed("id")?, organization: row.parsed("organization_id")? })).transpose()
    }

    pub async fn has_api_key(&self) -> Result<bool, StoreError> {
        Ok(self.database.row("SELECT 1 AS one FROM api_keys LIMIT 1", args![]).await?.is_some())
    }
}

/// 256 random bits need no slow hash: nobody can guess them.
fn secret_hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}
