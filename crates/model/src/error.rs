//! What goes wrong between here and a model. None of it says the key, or what was asked.

use creel_fetch::FetchError;
use thiserror::Error;

/// Characters of an endpoint's own words that are kept.
const WORDS_MAX: usize = 300;

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ModelError {
    #[error("{reason}")]
    Setup { reason: String },
    /// The endpoint refuses the key.
    #[error("the model's endpoint does not take the key (status {status}): check model_api_key")]
    Key { status: u16 },
    /// It refuses the question, and would again.
    #[error("the model's endpoint refused with status {status}: {words}")]
    Refused { status: u16, words: String },
    /// It asks for fewer questions.
    #[error("the model's endpoint is asked too often")]
    TooOften { retry_after_ms: Option<u64> },
    /// It cannot be reached, or is in trouble.
    #[error("the model's endpoint cannot answer: {reason}")]
    Unavailable { reason: String },
    #[error("the model's answer cannot be read: {reason}")]
    Malformed { reason: String },
}

impl ModelError {
    /// Whether the same question may be answered later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, ModelError::TooOften { .. } | ModelError::Unavailable { .. })
    }

    pub(crate) fn from_fetch(error: &FetchError) -> ModelError {
        ModelError::Unavailable { reason: error.to_string() }
    }

    pub(crate) fn from_status(status: u16, body: &[u8], retry_after_ms: Option<u64>) -> ModelError {
        match status {
            401 | 403 => ModelError::Key { status },
            429 => ModelError::TooOften { retry_after_ms },
            408 | 500..=599 => ModelError::Unavailable { reason: format!("it answered with status {status}") },
            _ => ModelError::Refused { status, words: words_of(body) },
        }
    }
}

/// The endpoint's own words about what is wrong, as far as they go.
pub(crate) fn words_of(body: &[u8]) -> String {
    let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let message = json.as_ref().and_then(|json| {
        let error = &json["error"];
        error["message"].as_str().or(error.as_str()).or(json["message"].as_str())
    });
    let text = message.map_or_else(|| String::from_utf8_lossy(body).into_owned(), str::to_owned);
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(WORDS_MAX).collect();
    if plain.trim().is_empty() { "it said nothing".to_owned() } else { plain.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_whether_asking_again_helps() {
        for (status, transient) in
            [(400, false), (401, false), (404, false), (422, false), (429, true), (500, true), (503, true)]
        {
            assert_eq!(ModelError::from_status(status, b"", None).is_transient(), transient, "{status}");
        }
    }

    #[test]
    fn an_endpoints_words_are_kept_short_and_plain() {
        for (body, said) in [
            (r#"{"error":{"message":"no such model"}}"#, "no such model"),
            (r#"{"error":"too long"}"#, "too long"),
            (r#"{"message":"what\nis this"}"#, "what is this"),
            ("<html>", "<html>"),
            ("", "it said nothing"),
        ] {
            assert_eq!(words_of(body.as_bytes()), said);
        }
        assert_eq!(words_of("x".repeat(10_000).as_bytes()).len(), WORDS_MAX);
    }
}
