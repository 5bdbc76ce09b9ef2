//! How each engine is connected to: durability, timeouts, how many connections.

use std::{path::Path, str::FromStr, time::Duration};

use sqlx::{
    Connection as _, PgConnection, PgPool, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::StoreError;

/// How long a writer waits for another process that holds the file, or for a locked row.
const LOCK_WAIT_MAX: Duration = Duration::from_secs(30);
/// How long one statement may take on PostgreSQL before it is given up.
const STATEMENT_TIME_MAX: Duration = Duration::from_secs(60);
/// How long a call waits for a free connection.
const CONNECTION_WAIT_MAX: Duration = Duration::from_secs(30);
/// How long a connection that reads may have lain still and be used without asking whether it lives.
const UNTESTED_MAX: Duration = Duration::from_secs(1);
const SQLITE_READERS_MAX: u32 = 4;
/// Pages that a connection to a file keeps in memory, in KiB, as the negative number that SQLite takes for that. The writer's
/// are what makes captures listed at speed: each goes into many places of many indexes.
const SQLITE_READER_CACHE: &str = "-16384";
const SQLITE_WRITER_CACHE: &str = "-65536";
const POSTGRES_READERS_MAX: u32 = 6;
const POSTGRES_WRITERS_MAX: u32 = 10;
/// Prepared statements that a connection keeps. Statements that are given rows have one text for each power of two.
const STATEMENTS_MAX: usize = 400;

/// One writer at a time: all writes of a process queue for one connection, and `BEGIN IMMEDIATE` takes the file's write lock
/// before anything is read, so that what a transaction decides on cannot change under it.
pub(super) async fn sqlite(path: &Path) -> Result<(SqlitePool, SqlitePool), StoreError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|source| StoreError::Folder { path: folder.display().to_string(), source })?;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .statement_cache_capacity(STATEMENTS_MAX)
        .busy_timeout(LOCK_WAIT_MAX);
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .connect_with(options.clone().pragma("cache_size", SQLITE_WRITER_CACHE))
        .await?;
    let options = options.read_only(true).pragma("cache_size", SQLITE_READER_CACHE);
    let read = SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS_MAX)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    Ok((read, write))
}

pub(super) async fn postgres(url: &str) -> Result<(PgPool, PgPool), StoreError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| StoreError::DatabaseUrl(error.to_string()))?
        .application_name("creel")
        .statement_cache_capacity(STATEMENTS_MAX)
        .options([
            ("statement_timeout", STATEMENT_TIME_MAX.as_millis().to_string()),
            ("lock_timeout", LOCK_WAIT_MAX.as_millis().to_string()),
            // A plan that was told not to use loops and has no other way counts as endlessly dear, and would be compiled for
            // longer than it runs.
            ("jit", "off".to_owned()),
        ]);
    // One connection without a pool first: a pool waits long for a server that is not there, and then says only that it waited.
    PgConnection::connect_with(&options).await?.close().await?;
    // Every statement of a writing transaction finds its rows by key. On young tables, or with old statistics, the planner
    // would rather read the whole table; and it need not think again for each batch.
    let writing = options.clone().options([
        ("synchronous_commit", "on"),
        ("plan_cache_mode", "force_generic_plan"),
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
    ]);
    let reading = options.options([("default_transaction_read_only", "on")]);
    let pool = |most: u32| PgPoolOptions::new().max_connections(most).acquire_timeout(CONNECTION_WAIT_MAX);
    let write = pool(POSTGRES_WRITERS_MAX).connect_with(writing).await?;
    // Whether a connection still lives is asked where it lay still: under load the question costs as much as the answer.
    let readers = pool(POSTGRES_READERS_MAX).test_before_acquire(false).before_acquire(|connection, lay| {
        Box::pin(async move {
            if lay.idle_for >= UNTESTED_MAX {
                connection.ping().await?;
            }
            Ok(true)
        })
    });
    let read = readers.connect_with(reading).await?;
    Ok((read, write))
}
