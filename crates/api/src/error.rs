//! The one shape of errors, with its closed list of codes. The reference of codes is generated from here.

use axum::{
    Json,
    http::{
        HeaderValue, StatusCode,
        header::{LOCATION, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use creel_access::AccessError;
use creel_store::{StoreError, asked::Wrong};
use serde::Serialize;
use utoipa::ToSchema;

creel_types::words! {
    /// What an error means, for programs.
    ErrorCode {
        BadRequest = "bad_request",
        InvalidSignature = "invalid_signature",
        Unauthorized = "unauthorized",
        InsufficientCredits = "insufficient_credits",
        Forbidden = "forbidden",
        CrossSite = "cross_site",
        NotFound = "not_found",
        MethodNotAllowed = "method_not_allowed",
        Conflict = "conflict",
        LedgerFrozen = "ledger_frozen",
        NoSubscription = "no_subscription",
        LiveSubscription = "live_subscription",
        PayloadTooLarge = "payload_too_large",
        UnsupportedMediaType = "unsupported_media_type",
        InvalidField = "invalid_field",
        IdempotencyMismatch = "idempotency_mismatch",
        TooManyRequests = "too_many_requests",
        Internal = "internal",
        Unavailable = "unavailable",
        BillingNotConfigured = "billing_not_configured",
        ModelNotConfigured = "model_not_configured",
        ModelUnavailable = "model_unavailable",
    }
}

impl ErrorCode {
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            ErrorCode::BadRequest | ErrorCode::InvalidSignature => StatusCode::BAD_REQUEST,
            ErrorCode::Unauthorized => StatusCode::UNAUTHORIZED,
            ErrorCode::InsufficientCredits => StatusCode::PAYMENT_REQUIRED,
            ErrorCode::Forbidden | ErrorCode::CrossSite => StatusCode::FORBIDDEN,
            ErrorCode::NotFound => StatusCode::NOT_FOUND,
            ErrorCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            ErrorCode::Conflict | ErrorCode::LedgerFrozen | ErrorCode::NoSubscription | ErrorCode::LiveSubscription => {
                StatusCode::CONFLICT
            }
            ErrorCode::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorCode::InvalidField | ErrorCode::IdempotencyMismatch => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorCode::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::Unavailable
            | ErrorCode::BillingNotConfigured
            | ErrorCode::ModelNotConfigured
            | ErrorCode::ModelUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// When it is answered, for the reference.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            ErrorCode::BadRequest => {
                "The request is not HTTP with JSON as it should be: broken JSON, or a body that did not arrive."
            }
            ErrorCode::InvalidSignature => {
                "An event for `POST /webhooks/stripe` is not signed by Stripe for this installation, or too old. Nothing was read of it."
            }
            ErrorCode::Unauthorized => {
                "No key or session came with the request, or one that is unknown, expired or revoked."
            }
            ErrorCode::InsufficientCredits => {
                "The balance cannot pay what was asked for. Nothing was done and nothing is stored."
            }
            ErrorCode::Forbidden => "The role of the key or member does not allow this.",
            ErrorCode::CrossSite => {
                "A request with a session's cookie changes something and did not prove that it comes from Creel's own pages."
            }
            ErrorCode::NotFound => "Nothing of your organization has this id, or there is nothing at this path.",
            ErrorCode::MethodNotAllowed => {
                "The path exists and does not take this method; the header Allow says which it takes."
            }
            ErrorCode::Conflict => "The thing is in a state in which this cannot be done; the message says which.",
            ErrorCode::LedgerFrozen => {
                "The organization's ledger did not verify, so nothing is debited until the operator has looked at it."
            }
            ErrorCode::NoSubscription => "This needs a live subscription, and the organization has none.",
            ErrorCode::LiveSubscription => {
                "The organization has a live subscription and gets no second one; the header `Location` names its portal at Stripe."
            }
            ErrorCode::PayloadTooLarge => "The body is larger than this endpoint takes.",
            ErrorCode::UnsupportedMediaType => "The body is not of the content type that this endpoint takes.",
            ErrorCode::InvalidField => {
                "A field or parameter is missing, unknown, of the wrong type or out of bounds; `field` names it."
            }
            ErrorCode::IdempotencyMismatch => "The Idempotency-Key was used in the last 24 hours with another request.",
            ErrorCode::TooManyRequests => {
                "The organization sends requests faster than its limit, or somebody tries to sign in too often."
            }
            ErrorCode::Internal => "Something went wrong in Creel; it was logged.",
            ErrorCode::Unavailable => {
                "Something that Creel needs does not answer just now, mostly the database, for payments Stripe."
            }
            ErrorCode::ModelNotConfigured => "This installation has no language model, which the assistant needs.",
            ErrorCode::ModelUnavailable => "The language model failed before it said a word. It is free.",
            ErrorCode::BillingNotConfigured => {
                "This installation takes no payments, or a setting for it is missing; the message names the setting."
            }
        }
    }

    /// What whoever gets it can do, for the reference.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            ErrorCode::BadRequest
            | ErrorCode::PayloadTooLarge
            | ErrorCode::UnsupportedMediaType
            | ErrorCode::InvalidField => "Correct the request; sent again as it is it will be refused again.",
            ErrorCode::InvalidSignature => {
                "The operator compares `stripe_webhook_secrets` with the secret that Stripe shows for the webhook."
            }
            ErrorCode::Unauthorized => "Send a valid key: `Authorization: Bearer crl_…`.",
            ErrorCode::InsufficientCredits => "Add credits or wait for the next cycle, then send it again.",
            ErrorCode::Forbidden => "Ask an admin or owner of the organization, or use a key with a higher role.",
            ErrorCode::CrossSite => "Send the session's token in `X-CSRF-Token`, or use an API key.",
            ErrorCode::NotFound => "Check the id and the organization that the key belongs to.",
            ErrorCode::MethodNotAllowed => "Use a method that the path takes.",
            ErrorCode::Conflict => "Do first what the message says.",
            ErrorCode::LedgerFrozen => "The operator runs `creel ledger verify`.",
            ErrorCode::NoSubscription => "Subscribe first: `POST /v1/billing/checkout`.",
            ErrorCode::LiveSubscription => "Change the plan: `POST /v1/billing/change-plan`, or on the page that is named.",
            ErrorCode::IdempotencyMismatch => "Use a new key for a new request.",
            ErrorCode::TooManyRequests => "Wait as many seconds as `Retry-After` says.",
            ErrorCode::Internal => "Tell the operator the time of the request.",
            ErrorCode::Unavailable => "Send it again in a moment, or after as many seconds as `Retry-After` says.",
            ErrorCode::ModelNotConfigured => "The operator sets `model_base_url`, `model_api_key` and `model_name`.",
            ErrorCode::ModelUnavailable => "Ask again; where it stays so, the operator runs `creel doctor`.",
            ErrorCode::BillingNotConfigured => "The operator sets `billing_mode` to `stripe`, with what the message names.",
        }
    }
}

#[derive(Clone, Debug)]
pub struct ApiError {
    pub code: ErrorCode,
    pub message: String,
    pub field: Option<String>,
    pub retry_after_seconds: Option<i64>,
    /// Where to go on instead.
    pub location: Option<String>,
}

impl ApiError {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> ApiError {
        ApiError { code, message: message.into(), field: None, retry_after_seconds: None, location: None }
    }

    /// 422 with the field named.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> ApiError {
        ApiError { field: Some(field.into()), ..ApiError::new(ErrorCode::InvalidField, message) }
    }

    /// 409 with the field named: right by itself, and in the way of something else.
    pub fn conflict(field: impl Into<String>, message: impl Into<String>) -> ApiError {
        ApiError { field: Some(field.into()), ..ApiError::new(ErrorCode::Conflict, message) }
    }

    /// 404 in the same words for what never existed, what is gone, and what is another organization's.
    #[must_use]
    pub fn not_found() -> ApiError {
        ApiError::new(ErrorCode::NotFound, "there is nothing with this id")
    }

    #[must_use]
    pub fn internal() -> ApiError {
        ApiError::new(ErrorCode::Internal, "something went wrong here; it was logged")
    }
}

/// The flows' refusals. What a body may be at all was checked when it was read, so a password that is refused here is one that
/// could be and must not: that is no wrong field but a conflict.
impl From<AccessError> for ApiError {
    fn from(error: AccessError) -> ApiError {
        let message = error.to_string();
        let code = match error {
            AccessError::Store(error) => return error.into(),
            AccessError::Field { field: field @ ("password" | "new_password" | "old_password"), message } => {
                return ApiError::conflict(field, format!("the password {message}"));
            }
            AccessError::Field { field, message } => return ApiError::field(field, message),
            AccessError::Throttled { retry_after_seconds } => {
                let refused = ApiError::new(ErrorCode::TooManyRequests, message);
                return ApiError { retry_after_seconds: Some(retry_after_seconds), ..refused };
            }
            AccessError::Settings(_) | AccessError::Internal(_) => {
                tracing::error!(%error, "a request failed");
                return ApiError::internal();
            }
            AccessError::WrongCredentials => ErrorCode::Unauthorized,
            AccessError::NotVerified | AccessError::SignUpClosed | AccessError::OidcUnverified => ErrorCode::Forbidden,
            AccessError::LinkVoid | AccessError::NoOidc => ErrorCode::NotFound,
            // It lasts until the operator sets a mail server.
            AccessError::NoMail => ErrorCode::Conflict,
            AccessError::Busy | AccessError::OidcUnavailable(_) => ErrorCode::Unavailable,
            AccessError::OidcRefused(_) => ErrorCode::BadRequest,
        };
        ApiError::new(code, message)
    }
}

impl From<Wrong> for ApiError {
    fn from(wrong: Wrong) -> ApiError {
        match wrong {
            Wrong::Field { field, message } => ApiError::field(field, message),
            Wrong::Conflict { field, message } => ApiError::conflict(field, message),
            Wrong::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> ApiError {
        match error {
            StoreError::NotFound { .. } => ApiError::not_found(),
            StoreError::LedgerFrozen(_) => ApiError::new(ErrorCode::LedgerFrozen, error.to_string()),
            StoreError::Forbidden(message) => ApiError::new(ErrorCode::Forbidden, message),
            StoreError::Invalid { field, message } => ApiError::field(field, message),
            StoreError::Conflict(message) => ApiError::new(ErrorCode::Conflict, message),
            StoreError::ChangedMeanwhile(message) => ApiError::conflict(crate::if_match::HEADER, message),
            StoreError::OtherRequest => ApiError {
                field: Some("Idempotency-Key".to_owned()),
                ..ApiError::new(ErrorCode::IdempotencyMismatch, error.to_string())
            },
            StoreError::Refused(creel_ledger::Refused::InsufficientCredits { .. }) => {
                ApiError::new(ErrorCode::InsufficientCredits, error.to_string())
            }
            StoreError::Refused(refused) => ApiError::new(ErrorCode::Conflict, refused.to_string()),
            other if other.is_transient() => {
                ApiError::new(ErrorCode::Unavailable, "the database is busy; try again in a moment")
            }
            other => {
                tracing::error!(error = %other, "a request failed");
                ApiError::internal()
            }
        }
    }
}

/// What every refused or failed request answers.
#[derive(Serialize, ToSchema)]
#[schema(as = Error)]
pub(crate) struct ErrorBody {
    /// The status in words.
    #[schema(examples("Unprocessable Entity"))]
    error: String,
    /// What was wrong and what to do, for people.
    message: String,
    code: ErrorCode,
    /// The field or parameter that is wrong.
    #[schema(examples("budget"))]
    field: Option<String>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.code.status();
        let shape = ErrorBody {
            error: status.canonical_reason().unwrap_or("Error").to_owned(),
            message: self.message,
            code: self.code,
            field: self.field,
        };
        let mut response = (status, Json(shape)).into_response();
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(location) = self.location.and_then(|location| HeaderValue::try_from(location).ok()) {
            response.headers_mut().insert(LOCATION, location);
        }
        response
    }
}
