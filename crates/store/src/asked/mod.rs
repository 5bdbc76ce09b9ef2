//! What runs, schedules and lists of captures are asked to be, as JSON says it, and the rules that it has to keep. Whoever makes
//! one or drafts one reads it here, so that both refuse the same. Nothing here makes anything.

mod captured;
pub mod filter;
pub mod run;
pub mod schedule;
pub mod texts;

use thiserror::Error;

use crate::StoreError;

/// What is wrong with what was asked for.
#[derive(Debug, Error)]
pub enum Wrong {
    /// A field is wrong by itself.
    #[error("{field}: {message}")]
    Field { field: String, message: String },
    /// A field is right by itself, and in the way of something else.
    #[error("{field}: {message}")]
    Conflict { field: String, message: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Wrong {
    pub(crate) fn field(field: impl Into<String>, message: impl Into<String>) -> Wrong {
        Wrong::Field { field: field.into(), message: message.into() }
    }

    pub(crate) fn conflict(field: impl Into<String>, message: impl Into<String>) -> Wrong {
        Wrong::Conflict { field: field.into(), message: message.into() }
    }

    /// The same about a field that stands within another.
    #[must_use]
    pub fn below(self, parent: &str) -> Wrong {
        match self {
            Wrong::Field { field, message } => Wrong::Field { field: format!("{parent}.{field}"), message },
            Wrong::Conflict { field, message } => Wrong::Conflict { field: format!("{parent}.{field}"), message },
            wrong @ Wrong::Store(_) => wrong,
        }
    }
}
