//! How asking Stripe fails: a closed list, by meaning. No message holds a key.

use creel_fetch::{FetchError, OperatorAnswer};
use serde::Deserialize;
use thiserror::Error;

use crate::Secret;

/// The setting that a wrong key is written in.
pub const KEY_SETTING: &str = "stripe_secret_key";
/// Letters of Stripe's own words that are kept.
pub const SAID_LETTERS_MAX: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StripeError {
    /// The client or a request cannot even be made.
    #[error("Stripe cannot be asked: {reason}")]
    Setup { reason: String },
    #[error("Stripe cannot be reached: {reason}")]
    Unreachable { reason: String },
    #[error("Stripe did not answer within {timeout_ms} ms")]
    Timeout { timeout_ms: u64 },
    #[error("Stripe has trouble of its own (status {status}{})", in_request(request_id))]
    Unavailable { status: u16, request_id: Option<String>, retry_after_ms: Option<u64> },
    /// Too much was asked, or something else is changing the same object.
    #[error("Stripe asks for patience (status {status}{})", in_request(request_id))]
    RateLimited { status: u16, request_id: Option<String>, retry_after_ms: Option<u64> },
    #[error("Stripe does not take the key of {KEY_SETTING}: it is wrong, or was revoked")]
    Unauthorized,
    /// The object that the path names; one that a field names is [`StripeError::Refused`].
    #[error("Stripe knows no {what}")]
    NotFound { what: String },
    #[error("the payment failed: {0}")]
    CardDeclined(Box<Refusal>),
    #[error("Stripe refuses: {0}")]
    Refused(Box<Refusal>),
    #[error("{what} from Stripe cannot be read: {reason}")]
    Malformed { what: String, reason: String },
    #[error("Stripe has more than {max} {what}, which is more than is read")]
    TooMany { what: String, max: usize },
}

/// What Stripe said of a request that it does not do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// `invalid_request_error`, `card_error`, `idempotency_error`, `api_error`, or a word of tomorrow.
    pub kind: String,
    pub code: Option<String>,
    /// Why a bank declined.
    pub decline_code: Option<String>,
    pub message: String,
    /// The field that it is about.
    pub param: Option<String>,
    pub request_id: Option<String>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.message.is_empty() { "it does not say why" } else { &self.message })?;
        write!(f, " (status {}", self.status)?;
        for (name, value) in [("code", &self.code), ("field", &self.param)] {
            if let Some(value) = value {
                write!(f, ", {name} {value}")?;
            }
        }
        write!(f, "{})", in_request(&self.request_id))
    }
}

fn in_request(id: &Option<String>) -> String {
    id.as_ref().map(|id| format!(", request {id}")).unwrap_or_default()
}

impl StripeError {
    /// Whether asking again later may help, with nothing changed.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            StripeError::Unreachable { .. }
            | StripeError::Timeout { .. }
            | StripeError::Unavailable { .. }
            | StripeError::RateLimited { .. } => true,
            StripeError::Setup { .. }
            | StripeError::Unauthorized
            | StripeError::NotFound { .. }
            | StripeError::CardDeclined(_)
            | StripeError::Refused(_)
            | StripeError::Malformed { .. }
            | StripeError::TooMany { .. } => false,
        }
    }

    /// How long Stripe asks to be left alone.
    #[must_use]
    pub const fn retry_after_ms(&self) -> Option<u64> {
        match self {
            StripeError::Unavailable { retry_after_ms, .. } | StripeError::RateLimited { retry_after_ms, .. } => {
                *retry_after_ms
            }
            _ => None,
        }
    }

    /// Whether the object that was asked for, or one that a field names, does not exist.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        match self {
            StripeError::NotFound { .. } => true,
            StripeError::Refused(refusal) => refusal.code.as_deref() == Some("resource_missing"),
            _ => false,
        }
    }

    pub(super) fn from_fetch(error: FetchError) -> StripeError {
        match error {
            FetchError::Timeout { timeout_ms, .. } => StripeError::Timeout { timeout_ms },
            FetchError::TooLarge { url, bytes_max } => {
                StripeError::Malformed { what: url, reason: format!("the answer is larger than {bytes_max} bytes") }
            }
            // A broken connection to a name server or a wrong certificate is mended by somebody, and then all goes on.
            error @ (FetchError::Dns { .. }
            | FetchError::Unreachable { .. }
            | FetchError::Tls { .. }
            | FetchError::Protocol { .. }) => StripeError::Unreachable { reason: error.to_string() },
            error => StripeError::Setup { reason: error.to_string() },
        }
    }

    /// An answer whose status is no success, to a question after `what`.
    pub(super) fn from_answer(answer: &OperatorAnswer, what: &str, key: &Secret) -> StripeError {
        let refusal = Refusal::read(answer, key);
        let retry_after_ms =
            answer.header("Retry-After").and_then(|text| text.trim().parse::<u64>().ok()).map(|s| s.saturating_mul(1000));
        let Refusal { status, request_id, .. } = refusal.clone();
        match status {
            401 => StripeError::Unauthorized,
            402 => StripeError::CardDeclined(Box::new(refusal)),
            404 => StripeError::NotFound { what: what.to_owned() },
            409 if refusal.is_busy() => StripeError::RateLimited { status, request_id, retry_after_ms },
            429 => StripeError::RateLimited { status, request_id, retry_after_ms },
            400..=499 => StripeError::Refused(Box::new(refusal)),
            500.. => StripeError::Unavailable { status, request_id, retry_after_ms },
            // Redirects are not followed: the key is meant for one address.
            _ => StripeError::Malformed { what: what.to_owned(), reason: format!("the answer has the status {status}") },
        }
    }
}

impl Refusal {
    /// Something else is changing the object, or the same request of ours is still being worked on.
    fn is_busy(&self) -> bool {
        matches!(self.code.as_deref(), Some("lock_timeout" | "idempotency_key_in_use"))
    }

    fn read(answer: &OperatorAnswer, key: &Secret) -> Refusal {
        #[derive(Default, Deserialize)]
        struct Body {
            error: Said,
        }
        #[derive(Default, Deserialize)]
        struct Said {
            #[serde(default, rename = "type")]
            kind: Option<String>,
            code: Option<String>,
            decline_code: Option<String>,
            message: Option<String>,
            param: Option<String>,
        }
        let Body { error } = serde_json::from_slice(&answer.body).unwrap_or_default();
        // Stripe shortens keys by itself; what stands in its place in a test may not.
        let clean = |text: String| {
            let text = if key.as_str().is_empty() { text } else { text.replace(key.as_str(), "…") };
            text.chars().take(SAID_LETTERS_MAX).collect::<String>()
        };
        Refusal {
            status: answer.status,
            kind: clean(error.kind.unwrap_or_default()),
            code: error.code.map(clean),
            decline_code: error.decline_code.map(clean),
            message: clean(error.message.unwrap_or_default()),
            param: error.param.map(clean),
            request_id: answer.header("Request-Id").map(|id| clean(id.to_owned())),
        }
    }
}
