//! The signature in the address of a shop's picture: pages of a session name pictures, and only that session may have them. It is
//! derived from the session's secret, so that nothing more is kept, and nobody can guess one or make another picture of it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::hmac;

use crate::csrf::same_secret;

const LABEL: &[u8] = b"creel picture 1\n";
/// Bytes of the code that are kept: a page with a hundred pictures stays small, and 2^128 cannot be tried.
const BYTES: usize = 16;

/// For this picture in this width.
pub(crate) fn picture_signature(session_token: &str, width: u32, address: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, session_token.as_bytes());
    let mut code = hmac::Context::with_key(&key);
    code.update(LABEL);
    code.update(format!("{width}\n").as_bytes());
    code.update(address.as_bytes());
    URL_SAFE_NO_PAD.encode(&code.sign().as_ref()[..BYTES])
}

/// Whether a page of this session named this picture in this width. How long it takes says nothing.
pub(crate) fn picture_signature_matches(session_token: &str, width: u32, address: &str, given: &str) -> bool {
    same_secret(&picture_signature(session_token, width, address), given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_one_session_one_width_and_one_address() {
        let address = "https://shop.test/a.jpg?v=1";
        let signature = picture_signature("one", 96, address);
        assert_eq!(signature.len(), 22);
        assert!(picture_signature_matches("one", 96, address, &signature));
        for (session, width, address) in [
            ("other", 96, address),
            ("one", 320, address),
            ("one", 96, "https://shop.test/a.jpg?v=12"),
            ("one", 9, "6\nhttps://shop.test/a.jpg?v=1"),
            ("one", 96, ""),
        ] {
            assert!(!picture_signature_matches(session, width, address, &signature));
        }
        for given in ["", &signature[1..], &format!("{signature}A")] {
            assert!(!picture_signature_matches("one", 96, address, given));
        }
    }
}
