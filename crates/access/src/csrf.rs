//! The token that a form of a signed-in page carries: derived from the session's secret, so that nothing more is kept, and useless
//! for finding the secret.

use creel_types::hex;
use sha2::{Digest, Sha256};

const LABEL: &[u8] = b"creel form token 1\n";

/// What the forms of this session carry.
pub(crate) fn csrf_token(session_token: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(LABEL);
    hash.update(session_token.as_bytes());
    hex(&hash.finalize())
}

/// Whether a form came from a page of this session. How long it takes says nothing.
pub(crate) fn csrf_matches(session_token: &str, given: &str) -> bool {
    same_secret(&csrf_token(session_token), given)
}

/// Whether two secrets are the same. How long it takes says nothing of where they differ, or how long they are.
#[must_use]
pub fn same_secret(ours: &str, given: &str) -> bool {
    let (ours, given) = (Sha256::digest(ours), Sha256::digest(given));
    ours.iter().zip(given.iter()).fold(0, |differs, (ours, given)| differs | (ours ^ given)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_of_one_session() {
        let token = csrf_token("one");
        assert!(csrf_matches("one", &token) && !token.contains("one"));
        assert!(!csrf_matches("other", &token));
        assert!(!csrf_matches("one", "") && !csrf_matches("one", &token[1..]) && !csrf_matches("one", &format!("{token}0")));
    }
}
