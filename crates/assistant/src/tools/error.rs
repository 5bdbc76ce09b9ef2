//! What is wrong with a call, in words that its caller can act on.

use creel_store::StoreError;
use serde::Serialize;

/// Why a tool has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToolError {
    pub code: &'static str,
    pub message: String,
    /// The argument that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl ToolError {
    pub(super) fn wrong(field: &str, message: impl Into<String>) -> ToolError {
        ToolError { code: "invalid_field", message: message.into(), field: Some(field.to_owned()) }
    }

    /// In the same words for what never was and what is another organization's.
    pub(super) fn not_found(field: &str) -> ToolError {
        let message = "there is nothing with this id".to_owned();
        ToolError { code: "not_found", message, field: Some(field.to_owned()) }
    }

    /// A refusal of the store, which `field` was about.
    pub(super) fn of(error: &StoreError, field: &str) -> ToolError {
        match error {
            StoreError::NotFound { .. } => ToolError::not_found(field),
            StoreError::Invalid { field, message } => ToolError::wrong(field, message.clone()),
            StoreError::Conflict(message) => ToolError::wrong(field, message.clone()),
            error if error.is_transient() => ToolError {
                code: "unavailable",
                message: "the database is busy; try again in a moment".to_owned(),
                field: None,
            },
            error => {
                tracing::error!(%error, "a tool failed");
                ToolError { code: "internal", message: "something went wrong here; it was logged".to_owned(), field: None }
            }
        }
    }
}

impl From<StoreError> for ToolError {
    fn from(error: StoreError) -> ToolError {
        ToolError::of(&error, "arguments")
    }
}
