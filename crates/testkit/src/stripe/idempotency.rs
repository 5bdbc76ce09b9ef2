//! Idempotency keys: the same request again gets the same answer, another one under the same key gets an error.

use std::collections::HashMap;

use serde_json::Value;

use super::answer::Refusal;

/// Stripe forgets a key after a day.
const KEPT_SECONDS: i64 = 24 * 60 * 60;
/// Longer keys are refused.
const KEY_BYTES_MAX: usize = 255;

#[derive(Debug)]
struct Kept {
    request: String,
    at: i64,
    status: u16,
    body: Value,
}

#[derive(Debug, Default)]
pub(super) struct Idempotency(HashMap<String, Kept>);

impl Idempotency {
    /// The answer that this very request had before.
    pub(super) fn find(&mut self, key: &str, request: &str, now: i64) -> Result<Option<(u16, Value)>, Refusal> {
        if key.len() > KEY_BYTES_MAX {
            return Err(Refusal::new(
                400,
                "idempotency_error",
                None,
                "Idempotency keys may be at most 255 characters long.",
            ));
        }
        self.0.retain(|_, kept| now - kept.at < KEPT_SECONDS);
        match self.0.get(key) {
            None => Ok(None),
            Some(kept) if kept.request == request => Ok(Some((kept.status, kept.body.clone()))),
            Some(_) => {
                let message = format!(
                    "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using \
                     a key other than '{key}' if you meant to execute a different request."
                );
                Err(Refusal::new(400, "idempotency_error", None, &message))
            }
        }
    }

    pub(super) fn keep(&mut self, key: &str, request: String, now: i64, status: u16, body: &Value) {
        self.0.insert(key.to_owned(), Kept { request, at: now, status, body: body.clone() });
    }
}
