//! Secrets that are made here, shown once and kept as a hash.

use std::fmt;

use creel_types::{Random, hex, sha256_hex};

/// 256 random bits in hexadecimal digits: the secret of a session or of a link. It prints as nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    #[must_use]
    pub fn mint(random: &Random) -> Token {
        Token(hex(&random.bytes()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> String {
        hash(&self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What is kept of a secret. 256 random bits need no slow hash: nobody can guess them.
pub(crate) fn hash(secret: &str) -> String {
    sha256_hex(secret)
}
