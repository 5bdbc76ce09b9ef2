//! Signatures by the specification of Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`. Pure; keys come from the caller.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::hmac::{self, HMAC_SHA256};

/// One entry of the header `webhook-signature`. The timestamp is in seconds.
#[must_use]
pub fn sign(key: &[u8], id: &str, timestamp: i64, body: &str) -> String {
    let mut context = hmac::Context::with_key(&hmac::Key::new(HMAC_SHA256, key));
    for part in [id, ".", &timestamp.to_string(), ".", body] {
        context.update(part.as_bytes());
    }
    format!("v1,{}", STANDARD.encode(context.sign()))
}

/// The whole header: one entry for each key, since for a while after a rotation two are good.
#[must_use]
pub fn header(keys: &[Vec<u8>], id: &str, timestamp: i64, body: &str) -> String {
    keys.iter().map(|key| sign(key, id, timestamp, body)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the specification's own libraries.
    #[test]
    fn the_vector_of_the_specification() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let (id, at, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(sign(&key, id, at, body), expected);
        assert_ne!(sign(&key, id, at + 1, body), expected);
        assert_ne!(sign(&key, id, at, r#"{"test": 2432232315}"#), expected);
        let both = header(&[b"new".to_vec(), key], id, at, body);
        assert_eq!(both.split(' ').nth(1), Some(expected));
    }
}
