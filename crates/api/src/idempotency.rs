//! The header `Idempotency-Key`: read, and bound to the request that it came with.

use axum::{
    body::Bytes,
    extract::{FromRequestParts, OriginalUri},
    http::{HeaderMap, Method, request::Parts},
};
use creel_store::idempotency::IdempotencyKey;
use creel_types::{OrganizationId, hex};
use serde::{Serialize, de::DeserializeOwned};
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

/// The header that says whether an answer was given before.
pub(crate) type Replayed = Option<[(&'static str, &'static str); 1]>;

/// Does something at another service, which knows the same key: the key is bound to this request first, and the answer is kept when
/// it is known. What is refused leaves the key free. Where it is not known what came of it the key stays bound, and the same request
/// asks the other service again.
pub(crate) async fn elsewhere<T: Serialize + DeserializeOwned>(
    state: &ApiState,
    organization: OrganizationId,
    key: Option<&IdempotencyKey>,
    act: impl AsyncFnOnce() -> Result<T, ApiError>,
) -> Result<(Replayed, T), ApiError> {
    let Some(key) = key else { return Ok((None, act().await?)) };
    let store = state.store();
    if let Some(before) = store.bind_request(organization, key).await? {
        let answer = serde_json::from_str(&before).map_err(|_| ApiError::internal())?;
        return Ok((Some([(REPLAYED, "true")]), answer));
    }
    match act().await {
        Ok(answer) => {
            let text = serde_json::to_string(&answer).map_err(|_| ApiError::internal())?;
            store.keep_answer(organization, key, &text).await?;
            Ok((None, answer))
        }
        Err(refused) => {
            if refused.code.status().is_client_error() {
                store.free_request(organization, key).await?;
            }
            Err(refused)
        }
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
