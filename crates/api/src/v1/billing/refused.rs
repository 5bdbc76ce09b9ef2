//! What billing refuses, as errors of the API.

use creel_billing::BillingError;

use crate::error::{ApiError, ErrorCode};

impl From<BillingError> for ApiError {
    fn from(error: BillingError) -> ApiError {
        match error {
            BillingError::NotConfigured { setting, message } => {
                let named = if message.contains(setting) { message } else { format!("{message} ({setting})") };
                ApiError::new(ErrorCode::BillingNotConfigured, named)
            }
            BillingError::Field { field, message } => ApiError::field(field, message),
            BillingError::NoSubscription => {
                let message = "there is no live subscription; subscribe first, with POST /v1/billing/checkout";
                ApiError::new(ErrorCode::NoSubscription, message)
            }
            BillingError::LiveSubscription { portal } => {
                let message =
                    format!("there is a live subscription; change it with POST /v1/billing/change-plan or at {portal}");
                ApiError { location: Some(portal.into()), ..ApiError::new(ErrorCode::LiveSubscription, message) }
            }
            BillingError::Conflict(message) => ApiError::new(ErrorCode::Conflict, message),
            BillingError::Unavailable { retry_after_seconds } => ApiError {
                retry_after_seconds: Some(retry_after_seconds),
                ..ApiError::new(
                    ErrorCode::Unavailable,
                    "Stripe does not answer just now. Try again in a moment: nothing is bought twice",
                )
            },
            BillingError::Store(error) => error.into(),
            BillingError::Internal(why) => {
                tracing::error!(why, "billing failed");
                ApiError::internal()
            }
        }
    }
}
