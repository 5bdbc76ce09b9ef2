//! Why something about billing cannot be done, by meaning.

use creel_store::StoreError;
use thiserror::Error;
use url::Url;

use crate::stripe::StripeError;

#[derive(Debug, Error)]
pub enum BillingError {
    /// This installation sells nothing, or not yet.
    #[error("{message}")]
    NotConfigured { setting: &'static str, message: String },
    #[error("{field}: {message}")]
    Field { field: &'static str, message: String },
    /// What is asked for takes a subscription.
    #[error("this organization has no subscription that goes on; subscribe first (POST /v1/billing/checkout)")]
    NoSubscription,
    /// There is a subscription already, and a second one would be paid twice.
    #[error(
        "this organization has a subscription already; change it with POST /v1/billing/change-plan, or look at it in the portal: {portal}"
    )]
    LiveSubscription { portal: Url },
    #[error("{0}")]
    Conflict(String),
    /// Stripe does not answer, or is busy.
    #[error("Stripe does not answer just now; try again in {retry_after_seconds} s: nothing is bought twice")]
    Unavailable { retry_after_seconds: i64 },
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing that whoever asks could change.
    #[error("{0}")]
    Internal(String),
}

/// What a person is told to wait where Stripe does not say.
const RETRY_AFTER_SECONDS: i64 = 30;

impl From<StripeError> for BillingError {
    fn from(error: StripeError) -> BillingError {
        if error.is_transient() {
            tracing::warn!(%error, "Stripe could not be asked");
            let asked = error.retry_after_ms().and_then(|ms| i64::try_from(ms.div_ceil(1_000)).ok());
            let retry_after_seconds = asked.unwrap_or(RETRY_AFTER_SECONDS);
            return BillingError::Unavailable { retry_after_seconds };
        }
        BillingError::Internal(error.to_string())
    }
}

/// Why an event is not taken in.
#[derive(Debug, Error)]
pub enum ReceiveError {
    #[error("this installation takes no events of Stripe: billing_mode is not \"stripe\"")]
    NotConfigured,
    #[error("{0}")]
    Signature(#[from] crate::stripe::signature::SignatureError),
    #[error("the body is no event of Stripe: {0}")]
    Malformed(String),
    /// A test at an installation that takes real money, or the other way round.
    #[error("the event is of Stripe's {theirs} mode, and this installation's key is of its {ours} mode")]
    OtherMode { theirs: &'static str, ours: &'static str },
    #[error(transparent)]
    Store(#[from] StoreError),
}
