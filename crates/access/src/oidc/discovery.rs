//! What a provider says of itself: its document (OpenID Connect Discovery 1.0) and its keys (RFC 7517).

use creel_fetch::OperatorClient;
use creel_types::{Time, time::HOUR_MS};
use serde::Deserialize;
use url::Url;

use super::{jws::Key, read, unavailable};
use crate::AccessError;

const KEPT_MS: i64 = HOUR_MS;
/// How soon it is asked again for a key that it did not have.
const ASKED_AGAIN_MS: i64 = 60_000;
/// Keys of a provider that are looked at.
const KEYS_MAX: usize = 50;

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Document {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) jwks_uri: Url,
    pub(super) userinfo_endpoint: Option<Url>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

impl Document {
    /// How the client says its secret: the default where the document does not say.
    pub(super) fn takes_basic(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_deref();
        methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"))
    }

    fn endpoints(&self) -> impl Iterator<Item = &Url> {
        [&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri].into_iter().chain(&self.userinfo_endpoint)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) document: Document,
    pub(super) keys: Vec<Key>,
    at: Time,
}

impl Known {
    pub(super) fn is_old(&self, now: Time) -> bool {
        now.ms_since(self.at) >= KEPT_MS
    }

    pub(super) fn may_ask_again(&self, now: Time) -> bool {
        now.ms_since(self.at) >= ASKED_AGAIN_MS
    }
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

pub(super) async fn discover(client: &OperatorClient, issuer: &str, now: Time) -> Result<Known, AccessError> {
    let wrong = |reason: String| AccessError::OidcUnavailable(reason);
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let url: Url = url.parse().map_err(|error| wrong(format!("oidc_issuer is no address: {error}")))?;
    let document: Document = read(&client.get(&url, None).await.map_err(unavailable)?, "its discovery document")?;
    if document.issuer != issuer {
        let says = &document.issuer;
        return Err(wrong(format!(
            "oidc_issuer is {issuer}, and the provider there calls itself {says}: they must be the same"
        )));
    }
    // Whoever is in the way of a plain connection would be handed the client's secret.
    if url.scheme() == "https" && document.endpoints().any(|endpoint| endpoint.scheme() != "https") {
        return Err(wrong("one of its endpoints is not https".to_owned()));
    }
    let set: KeySet = read(&client.get(&document.jwks_uri, None).await.map_err(unavailable)?, "its key set")?;
    // Keys of kinds that are not known here are passed over, as RFC 7517 says.
    let keys = set.keys.into_iter().take(KEYS_MAX).filter_map(|key| serde_json::from_value(key).ok()).collect();
    Ok(Known { document, keys, at: now })
}
