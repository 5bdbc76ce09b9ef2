//! What requests to a webhook are signed with. It is needed in clear for every request, so it cannot be kept as a hash; it prints as
//! nothing and is in no list.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use creel_types::Random;

use crate::StoreError;

/// What every secret starts with, by the specification of Standard Webhooks.
pub const SECRET_PREFIX: &str = "whsec_";

/// 256 random bits, spelled `whsec_` and base64.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(String);

impl SigningSecret {
    pub(super) fn mint(random: &Random) -> SigningSecret {
        SigningSecret(format!("{SECRET_PREFIX}{}", STANDARD.encode(random.bytes())))
    }

    pub(super) fn stored(text: String) -> SigningSecret {
        SigningSecret(text)
    }

    /// As it is shown, once.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key that signs.
    pub fn key(&self) -> Result<Vec<u8>, StoreError> {
        let text = self.0.strip_prefix(SECRET_PREFIX).unwrap_or(&self.0);
        STANDARD.decode(text).map_err(|_| StoreError::Corrupt("a signing secret is no base64".to_owned()))
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_long_and_prints_as_nothing() {
        let secret = SigningSecret::mint(&Random::seeded(1));
        assert_eq!(secret.key().unwrap().len(), 32);
        assert!(secret.as_str().starts_with("whsec_") && !format!("{secret:?}").contains("whsec"));
        assert!(SigningSecret::stored("whsec_%".to_owned()).key().is_err());
    }
}
