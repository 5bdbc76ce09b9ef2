//! What can go wrong in the store, by meaning.

use thiserror::Error;

#[derive(Debug, Error)]
pub enum StoreError {
    #[error("{what} {id} does not exist")]
    NotFound { what: &'static str, id: String },
    /// The rules of credits refuse it.
    #[error(transparent)]
    Refused(#[from] creel_ledger::Refused),
    /// The thing is in a state in which this cannot be done.
    #[error("{0}")]
    Conflict(String),
    /// A row holds something that this program never writes.
    #[error("the database holds a value that cannot be: {0}")]
    Corrupt(String),
    #[error("the database folder {path} cannot be used: {source}")]
    Folder { path: String, source: std::io::Error },
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// A batch met trouble of the database; each of its pages is told.
    #[error("the database is in trouble: {0}")]
    Unavailable(String),
    #[error("the committer has stopped")]
    CommitterGone,
}

impl StoreError {
    /// Whether the database is in trouble and not what was asked of it: the same call may go through later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            StoreError::CommitterGone | StoreError::Unavailable(_) => true,
            StoreError::Database(sqlx::Error::Database(error)) => {
                // SQLite's codes for busy, locked, failed I/O and a full disk, with their extended forms.
                error.code().is_some_and(|code| matches!(code.parse::<i64>().unwrap_or(0) & 0xff, 5 | 6 | 10 | 13))
            }
            StoreError::Database(error) => {
                matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_))
            }
            _ => false,
        }
    }

    pub(crate) fn corrupt(column: &str, value: impl std::fmt::Display) -> StoreError {
        StoreError::Corrupt(format!("{column} = {value}"))
    }
}
