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
    /// Somebody changed the thing after whoever wants to change it saw it.
    #[error("{0}")]
    ChangedMeanwhile(String),
    /// An `Idempotency-Key` was used before with another request.
    #[error("this Idempotency-Key was used with another request")]
    OtherRequest,
    /// Whoever asks may not do this here.
    #[error("{0}")]
    Forbidden(String),
    /// What was asked for cannot be asked for.
    #[error("{field}: {message}")]
    Invalid { field: &'static str, message: String },
    /// A row holds something that this program never writes.
    #[error("the database holds a value that cannot be: {0}")]
    Corrupt(String),
    #[error("database_url is not the address of a PostgreSQL: {0}")]
    DatabaseUrl(String),
    /// Verification found the ledger broken.
    #[error("the ledger of organization {0} did not verify, so nothing is debited until it does; run `creel ledger verify`")]
    LedgerFrozen(creel_types::OrganizationId),
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
                error.code().is_some_and(|code| is_trouble_of_sqlite(&code) || is_trouble_of_postgres(&code))
            }
            StoreError::Database(error) => {
                matches!(
                    error,
                    sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed
                )
            }
            _ => false,
        }
    }

    pub(crate) fn corrupt(column: &str, value: impl std::fmt::Display) -> StoreError {
        StoreError::Corrupt(format!("{column} = {value}"))
    }
}

/// Busy, locked, failed I/O, a read-only file, a full disk: the primary code is the lowest byte, the rest says more.
fn is_trouble_of_sqlite(code: &str) -> bool {
    code.len() < 5 && code.parse::<i64>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 13))
}

/// Classes of SQLSTATE: connection, transaction rolled back (a deadlock among them), no resources (a full disk among them),
/// lock not available, operator intervention (shutdown, a statement's time over), system error, and a read-only transaction.
fn is_trouble_of_postgres(code: &str) -> bool {
    let classes = ["08", "40", "53", "55", "57", "58"];
    code.len() == 5 && (classes.iter().any(|class| code.starts_with(class)) || code == "25006")
}
