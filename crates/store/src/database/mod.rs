//! A connection to the database, transactions, and rows read by column name. Knows no table.
//!
//! Two engines, one SQL text: SQLite in a file, PostgreSQL over a connection. What a text cannot say for both is said here:
//! how rows are locked ([`Tx::lock`]), how many rows of values are handed to one statement ([`Given`]), how a transaction
//! begins. Whatever decides about credits locks first, in a statement of its own, and reads after that.

mod args;
mod connect;
mod given;
mod row;
mod tx;
mod value;

use std::path::Path;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool, SqlitePool};

pub use given::{Given, Kind};
pub use row::Row;
pub use tx::{Turn, Tx};
pub use value::Value;

use crate::StoreError;

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Two pools on one database: one that may write, one that cannot.
#[derive(Clone, Debug)]
pub struct Database(Pools);

#[derive(Clone, Debug)]
enum Pools {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres { read: PgPool, write: PgPool },
}

impl Database {
    /// Opens (or makes) the file: write-ahead log, and every commit on disk before it is acknowledged.
    pub async fn open_sqlite(path: &Path) -> Result<Database, StoreError> {
        let (read, write) = connect::sqlite(path).await?;
        Ok(Database(Pools::Sqlite { read, write }))
    }

    /// Connects to a PostgreSQL by its URL (`postgres://user:password@host:port/name`).
    pub async fn open_postgres(url: &str) -> Result<Database, StoreError> {
        let (read, write) = connect::postgres(url).await?;
        Ok(Database(Pools::Postgres { read, write }))
    }

    #[must_use]
    pub fn engine(&self) -> Engine {
        match &self.0 {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres { .. } => Engine::Postgres,
        }
    }

    /// Starts a transaction that may write. On SQLite it has the file's write lock from here on; on PostgreSQL it sees what
    /// is committed when each of its statements begins, and holds the rows that it locks.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match &self.0 {
            Pools::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres { write, .. } => Tx::Postgres(write.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?),
        })
    }

    /// Starts a transaction that only reads: one snapshot, in nobody's way.
    pub async fn begin_read(&self) -> Result<Tx, StoreError> {
        Ok(match &self.0 {
            Pools::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?),
            Pools::Postgres { read, .. } => {
                Tx::Postgres(read.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// Reads outside any transaction: what is committed now.
    pub async fn rows(&self, sql: &str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(match &self.0 {
            Pools::Sqlite { read, .. } => {
                let query = sqlx::query_with(sql, args::sqlite(args)?);
                query.fetch_all(read).await?.into_iter().map(Row::Sqlite).collect()
            }
            Pools::Postgres { read, .. } => {
                let query = sqlx::query_with(sql, args::postgres(args)?);
                query.fetch_all(read).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub async fn row(&self, sql: &str, args: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Whether it answers, and its schema is there.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        self.row("SELECT id FROM organizations LIMIT 1", Vec::new()).await.map(|_| ())
    }

    /// One statement in a transaction of its own; answers how many rows it touched.
    pub async fn execute(&self, sql: &str, args: Vec<Value>) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let touched = tx.execute(sql, args).await?;
        tx.commit().await?;
        Ok(touched)
    }

    /// A session of its own on PostgreSQL that holds an advisory lock for as long as it lives. Shared with a session that
    /// went before it and whose end the server has not noticed.
    pub(crate) async fn session_with_lock(&self, class: i64, key: i64) -> Result<PgConnection, StoreError> {
        let Pools::Postgres { read, .. } = &self.0 else {
            return Err(StoreError::Conflict("only a database server has sessions".to_owned()));
        };
        let mut session = PgConnection::connect_with(&read.connect_options()).await?;
        let query = sqlx::query("SELECT pg_advisory_lock_shared($1::int, $2::int)").bind(class).bind(key);
        query.execute(&mut session).await?;
        Ok(session)
    }

    /// Waits for what runs, then closes; a SQLite file's log is folded into it.
    pub async fn close(&self) {
        match &self.0 {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres { read, write } => {
                read.close().await;
                write.close().await;
            }
        }
    }
}
