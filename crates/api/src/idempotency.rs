//! The header `Idempotency-Key`: read, and bound to the request that it came with.

use axum::{
    body::Bytes,
    extract::{FromRequestParts, OriginalUri},
    http::{HeaderMap, Method, request::Parts},
};
use creel_store::idempotency::IdempotencyKey;
use creel_types::hex;
use sha2::{Digest, Sha256};

use crate::{ApiState, error::ApiError};

pub(crate) const HEADER: &str = "Idempotency-Key";
/// Said with an answer that was given before.
pub(crate) const REPLAYED: &str = "idempotent-replayed";
const KEY_CHARS_MAX: usize = 255;

/// The key of a request, where it has one.
pub(crate) struct Idempotency {
    key: Option<String>,
    operation: String,
}

impl Idempotency {
    /// The key with a digest of the operation and the body as it was sent.
    pub(crate) fn of(&self, body: &Bytes) -> Option<IdempotencyKey> {
        let key = self.key.clone()?;
        let mut hash = Sha256::new();
        hash.update(self.operation.as_bytes());
        hash.update([0]);
        hash.update(body);
        Some(IdempotencyKey { key, request_hash: hex(&hash.finalize()) })
    }
}

impl FromRequestParts<ApiState> for Idempotency {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Idempotency, ApiError> {
        let key = read(&parts.headers)?;
        let path = parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.path(), |uri| uri.0.path());
        let method: &Method = &parts.method;
        Ok(Idempotency { key, operation: format!("{method} {path}") })
    }
}

fn read(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| !key.is_empty() && key.len() <= KEY_CHARS_MAX);
    match (key, values.next()) {
        (Some(key), None) => Ok(Some(key.to_owned())),
        _ => Err(ApiError::field(HEADER, format!("send it once, with 1 to {KEY_CHARS_MAX} printable ASCII characters"))),
    }
}
