//! A connection to the database, transactions, and rows read by column name. Knows no table.
//!
//! SQLite has one writer at a time: all writes of a process queue for one connection, and `BEGIN IMMEDIATE` takes the
//! file's write lock before anything is read, so that what a transaction decides on cannot change under it.

use std::{path::Path, str::FromStr, time::Duration};

use creel_types::Time;
use sqlx::{
    AssertSqlSafe, Row as _, Sqlite, SqlitePool,
    sqlite::{SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};

use crate::StoreError;

/// How long a writer waits for another process that holds the file.
const BUSY_TIMEOUT_MAX: Duration = Duration::from_secs(30);
const READERS_MAX: u32 = 4;

#[derive(Clone, Debug)]
pub struct Database {
    read: SqlitePool,
    write: SqlitePool,
}

/// One bound value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Int(i64::from(value))
    }
}

impl From<Time> for Value {
    fn from(value: Time) -> Value {
        Value::Int(value.0)
    }
}

impl From<creel_types::Credits> for Value {
    fn from(value: creel_types::Credits) -> Value {
        Value::Int(value.0)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::Text(value)
    }
}

impl From<uuid::Uuid> for Value {
    fn from(value: uuid::Uuid) -> Value {
        Value::Text(value.to_string())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

macro_rules! value_of_id {
    ($($id:ident),*) => {$(
        impl From<creel_types::$id> for Value {
            fn from(id: creel_types::$id) -> Value {
                Value::Text(id.to_string())
            }
        }
    )*};
}
value_of_id!(OrganizationId, ApiKeyId, RobotId, BuildId, RunId, CaptureId, LotId);

/// `args![a, b]`: the bound values of a statement.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::database::Value::from($value)),*] };
}

impl Database {
    /// Opens (or makes) the file: write-ahead log, and every commit on disk before it is acknowledged.
    pub async fn open_sqlite(path: &Path) -> Result<Database, StoreError> {
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
            .busy_timeout(BUSY_TIMEOUT_MAX);
        let write = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        let read = SqlitePoolOptions::new().max_connections(READERS_MAX).connect_with(options.read_only(true)).await?;
        Ok(Database { read, write })
    }

    /// Starts a transaction that may write.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(Tx(self.write.begin_with("BEGIN IMMEDIATE").await?))
    }

    /// Starts a transaction that only reads: one snapshot, in nobody's way.
    pub async fn begin_read(&self) -> Result<Tx, StoreError> {
        Ok(Tx(self.read.begin().await?))
    }

    /// Reads outside any transaction: what is committed now.
    pub async fn rows(&self, sql: &str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let query = sqlx::query_with(AssertSqlSafe(sql.to_owned()), bind(args)?);
        Ok(query.fetch_all(&self.read).await?.into_iter().map(Row).collect())
    }

    pub async fn row(&self, sql: &str, args: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// One statement in a transaction of its own; answers how many rows it touched.
    pub async fn execute(&self, sql: &str, args: Vec<Value>) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let touched = tx.execute(sql, args).await?;
        tx.commit().await?;
        Ok(touched)
    }

    /// Waits for what runs, then closes the file, which folds the log into it.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

/// A transaction; dropped without [`Tx::commit`] it is undone.
pub struct Tx(sqlx::Transaction<'static, Sqlite>);

impl Tx {
    pub async fn execute(&mut self, sql: &str, args: Vec<Value>) -> Result<u64, StoreError> {
        let query = sqlx::query_with(AssertSqlSafe(sql.to_owned()), bind(args)?);
        Ok(query.execute(&mut *self.0).await?.rows_affected())
    }

    pub async fn rows(&mut self, sql: &str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let query = sqlx::query_with(AssertSqlSafe(sql.to_owned()), bind(args)?);
        Ok(query.fetch_all(&mut *self.0).await?.into_iter().map(Row).collect())
    }

    pub async fn row(&mut self, sql: &str, args: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Runs a script of several statements without values.
    pub async fn script(&mut self, sql: &'static str) -> Result<(), StoreError> {
        sqlx::raw_sql(sql).execute(&mut *self.0).await?;
        Ok(())
    }

    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.0.commit().await?)
    }
}

fn bind(args: Vec<Value>) -> Result<SqliteArguments, StoreError> {
    use sqlx::Arguments as _;
    let mut arguments = SqliteArguments::default();
    for value in args {
        match value {
            Value::Null => arguments.add(None::<i64>),
            Value::Int(number) => arguments.add(number),
            Value::Text(text) => arguments.add(text),
        }
        .map_err(|error| StoreError::Database(sqlx::Error::Encode(error)))?;
    }
    Ok(arguments)
}

/// `($1, $2), ($3, $4)`: the places of `rows` tuples of `columns` values each.
#[must_use]
pub fn places(rows: usize, columns: usize) -> String {
    let mut sql = String::with_capacity(rows * columns * 5);
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            if column > 0 {
                sql.push_str(", ");
            }
            sql.push('$');
            sql.push_str(&(row * columns + column + 1).to_string());
        }
        sql.push(')');
    }
    sql
}

/// A row, read by column name; a value of an unexpected shape is an error, never a panic.
#[derive(Debug)]
pub struct Row(SqliteRow);

impl Row {
    pub fn int(&self, column: &str) -> Result<i64, StoreError> {
        Ok(self.0.try_get(column)?)
    }

    pub fn opt_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        Ok(self.0.try_get(column)?)
    }

    pub fn text(&self, column: &str) -> Result<String, StoreError> {
        Ok(self.0.try_get(column)?)
    }

    pub fn opt_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        Ok(self.0.try_get(column)?)
    }

    pub fn flag(&self, column: &str) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    pub fn time(&self, column: &str) -> Result<Time, StoreError> {
        Ok(Time(self.int(column)?))
    }

    pub fn opt_time(&self, column: &str) -> Result<Option<Time>, StoreError> {
        Ok(self.opt_int(column)?.map(Time))
    }

    /// A text column read as whatever it must be: an id, a country, a word of a closed list.
    pub fn parsed<T: FromStr>(&self, column: &str) -> Result<T, StoreError> {
        let text = self.text(column)?;
        text.parse().map_err(|_| StoreError::corrupt(column, text))
    }

    pub fn opt_parsed<T: FromStr>(&self, column: &str) -> Result<Option<T>, StoreError> {
        match self.opt_text(column)? {
            None => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| StoreError::corrupt(column, text)),
        }
    }

    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        serde_json::from_str(&self.text(column)?).map_err(|error| StoreError::corrupt(column, error))
    }
}
