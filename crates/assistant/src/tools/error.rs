//! What a tool says when it cannot answer: a value that the model can act on, in the same words for what is missing and what is
//! another organization's.

use creel_store::{StoreError, asked::Wrong};
use creel_types::words;
use serde_json::{Value, json};

words! {
    ToolErrorCode {
        UnknownTool = "unknown_tool",
        InvalidJson = "invalid_json",
        /// A field is missing, unknown, of the wrong type or out of bounds.
        InvalidField = "invalid_field",
        NotFound = "not_found",
        Conflict = "conflict",
        /// The database does not answer just now.
        Unavailable = "unavailable",
        Internal = "internal",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ToolError {
    pub code: ToolErrorCode,
    pub message: String,
    pub field: Option<String>,
}

impl ToolError {
    pub fn new(code: ToolErrorCode, message: impl Into<String>) -> ToolError {
        ToolError { code, message: message.into(), field: None }
    }

    pub fn field(field: impl Into<String>, message: impl Into<String>) -> ToolError {
        ToolError { field: Some(field.into()), ..ToolError::new(ToolErrorCode::InvalidField, message) }
    }

    /// The same words whatever the id was of.
    pub fn not_found(field: &str) -> ToolError {
        let message = "there is nothing with this id; take ids from what a list or search tool answered";
        ToolError { field: Some(field.to_owned()), ..ToolError::new(ToolErrorCode::NotFound, message) }
    }

    /// The error with its field, where it had none.
    pub fn about(mut self, field: &str) -> ToolError {
        self.field.get_or_insert_with(|| field.to_owned());
        self
    }

    pub fn json(&self) -> Value {
        json!({"error": {"code": self.code, "message": self.message, "field": self.field}})
    }
}

impl From<StoreError> for ToolError {
    fn from(error: StoreError) -> ToolError {
        match error {
            StoreError::NotFound { .. } => ToolError { field: None, ..ToolError::not_found("") },
            StoreError::Invalid { field, message } => ToolError::field(field, message),
            StoreError::Conflict(message) => ToolError::new(ToolErrorCode::Conflict, message),
            other if other.is_transient() => {
                ToolError::new(ToolErrorCode::Unavailable, "the database is busy; try again in a moment")
            }
            other => {
                tracing::error!(error = %other, "a tool failed");
                ToolError::new(ToolErrorCode::Internal, "something went wrong here; it was logged")
            }
        }
    }
}

impl From<Wrong> for ToolError {
    fn from(wrong: Wrong) -> ToolError {
        match wrong {
            Wrong::Field { field, message } => ToolError::field(field, message),
            Wrong::Conflict { field, message } => {
                ToolError { field: Some(field), ..ToolError::new(ToolErrorCode::Conflict, message) }
            }
            Wrong::Store(error) => error.into(),
        }
    }
}
