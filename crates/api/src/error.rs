//! The one shape of errors, with its closed list of codes.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use creel_store::StoreError;
use serde::Serialize;

creel_types::words! {
    /// What an error means, for programs.
    ErrorCode {
        BadRequest = "bad_request",
        Unauthorized = "unauthorized",
        InsufficientCredits = "insufficient_credits",
        NotFound = "not_found",
        MethodNotAllowed = "method_not_allowed",
        Conflict = "conflict",
        LedgerFrozen = "ledger_frozen",
        PayloadTooLarge = "payload_too_large",
        UnsupportedMediaType = "unsupported_media_type",
        InvalidField = "invalid_field",
        Internal = "internal",
        Unavailable = "unavailable",
    }
}

impl ErrorCode {
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            ErrorCode::BadRequest => StatusCode::BAD_REQUEST,
            ErrorCode::Unauthorized => StatusCode::UNAUTHORIZED,
            ErrorCode::InsufficientCredits => StatusCode::PAYMENT_REQUIRED,
            ErrorCode::NotFound => StatusCode::NOT_FOUND,
            ErrorCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            ErrorCode::Conflict | ErrorCode::LedgerFrozen => StatusCode::CONFLICT,
            ErrorCode::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorCode::InvalidField => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

#[derive(Clone, Debug)]
pub struct ApiError {
    pub code: ErrorCode,
    pub message: String,
    pub field: Option<String>,
}

impl ApiError {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> ApiError {
        ApiError { code, message: message.into(), field: None }
    }

    /// 422 with the field named.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> ApiError {
        ApiError { code: ErrorCode::InvalidField, message: message.into(), field: Some(field.into()) }
    }

    #[must_use]
    pub fn internal() -> ApiError {
        ApiError::new(ErrorCode::Internal, "something went wrong here; it was logged")
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> ApiError {
        match error {
            StoreError::NotFound { .. } => ApiError::new(ErrorCode::NotFound, error.to_string()),
            StoreError::LedgerFrozen(_) => ApiError::new(ErrorCode::LedgerFrozen, error.to_string()),
            StoreError::Invalid { field, message } => ApiError::field(field, message),
            StoreError::Conflict(message) => ApiError::new(ErrorCode::Conflict, message),
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

#[derive(Serialize)]
struct Shape<'a> {
    error: &'a str,
    message: &'a str,
    code: ErrorCode,
    field: Option<&'a str>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.code.status();
        let shape = Shape {
            error: status.canonical_reason().unwrap_or("Error"),
            message: &self.message,
            code: self.code,
            field: self.field.as_deref(),
        };
        (status, Json(shape)).into_response()
    }
}
