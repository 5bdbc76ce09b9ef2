//! A transaction; dropped without [`Tx::commit`] it is undone.

use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction};

use super::{Engine, Given, Row, Value, args};
use crate::StoreError;

pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// What transactions take turns for. The numbers are PostgreSQL's keys of advisory locks; any fixed ones would do.
#[derive(Clone, Copy, Debug)]
pub enum Turn {
    Migrating = 0x6372_6501,
    MakingTheFirstOrganization = 0x6372_6502,
    /// 0x6372_6503 is the first half of every process's own lock.
    FanningOut = 0x6372_6504,
}

impl Tx {
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self {
            Tx::Sqlite(_) => Engine::Sqlite,
            Tx::Postgres(_) => Engine::Postgres,
        }
    }

    /// What is put behind a `SELECT … ORDER BY` to keep the rows of `table` as they are until the end of the transaction.
    /// Nothing on SQLite, where the transaction has the whole file. A statement that locks reads columns of that table alone:
    /// where it had to wait, anything else in it would still be as it was before.
    #[must_use]
    pub fn lock(&self, table: &str) -> String {
        match self {
            Tx::Sqlite(_) => String::new(),
            // Not the stronger `FOR UPDATE`: rows that refer to this one may be inserted meanwhile.
            Tx::Postgres(_) => format!(" FOR NO KEY UPDATE OF {table}"),
        }
    }

    /// What is put behind a `SELECT` of work to be done, to lock what it finds and pass over what somebody else has locked.
    #[must_use]
    pub fn lock_free(&self) -> &'static str {
        match self {
            Tx::Sqlite(_) => "",
            Tx::Postgres(_) => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// Waits until no other transaction has this turn, and has it until its end. For what no row stands for yet.
    pub async fn take_turn(&mut self, turn: Turn) -> Result<(), StoreError> {
        match self {
            // The transaction has the whole file.
            Tx::Sqlite(_) => Ok(()),
            Tx::Postgres(_) => self.execute("SELECT pg_advisory_xact_lock($1)", crate::args![turn as i64]).await.map(|_| ()),
        }
    }

    /// Says that the statements to come read whole tables.
    pub async fn prefer_whole_tables(&mut self) -> Result<(), StoreError> {
        match self {
            Tx::Sqlite(_) => Ok(()),
            Tx::Postgres(_) => self.execute("SET LOCAL enable_nestloop = off", vec![]).await.map(|_| ()),
        }
    }

    /// Says that the statements to come are short and find what they read by the index that was made for them: no table is read
    /// whole, no order is made by sorting that an index has, and nothing is compiled or shared out for it.
    pub async fn keep_to_indexes(&mut self) -> Result<(), StoreError> {
        match self {
            Tx::Sqlite(_) => Ok(()),
            Tx::Postgres(_) => {
                let settings = [
                    "enable_seqscan",
                    "enable_sort",
                    "enable_incremental_sort",
                    "enable_hashjoin",
                    "enable_mergejoin",
                    "jit",
                ]
                .map(|name| format!("set_config('{name}', 'off', true)"))
                .join(", ");
                let sql = format!("SELECT {settings}, set_config('max_parallel_workers_per_gather', '0', true)");
                self.execute(&sql, vec![]).await.map(|_| ())
            }
        }
    }

    pub async fn execute(&mut self, sql: &str, args: Vec<Value>) -> Result<u64, StoreError> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Tx::Sqlite(tx) => sqlx::query_with(sql, args::sqlite(args)?).execute(&mut **tx).await?.rows_affected(),
            Tx::Postgres(tx) => sqlx::query_with(sql, args::postgres(args)?).execute(&mut **tx).await?.rows_affected(),
        })
    }

    pub async fn rows(&mut self, sql: &str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Tx::Sqlite(tx) => {
                let query = sqlx::query_with(sql, args::sqlite(args)?);
                query.fetch_all(&mut **tx).await?.into_iter().map(Row::Sqlite).collect()
            }
            Tx::Postgres(tx) => {
                let query = sqlx::query_with(sql, args::postgres(args)?);
                query.fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub async fn row(&mut self, sql: &str, args: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// How many rows PostgreSQL expects a statement to have, from what it knows of the tables; on SQLite nothing is known.
    pub async fn expected_rows(&mut self, sql: &str, args: Vec<Value>) -> Result<i64, StoreError> {
        let Tx::Postgres(_) = self else { return Ok(i64::MAX) };
        let plan = self.row(&format!("EXPLAIN {sql}"), args).await?;
        let text = plan.map_or(Ok(String::new()), |row| row.text("QUERY PLAN"))?;
        let rows = text.split("rows=").nth(1).and_then(|rest| rest.split(' ').next()).and_then(|rows| rows.parse().ok());
        rows.ok_or_else(|| StoreError::corrupt("the plan of a statement", text))
    }

    /// Runs a statement that works on the given rows; answers how many rows it touched.
    pub async fn execute_given(&mut self, given: Given, sql: &str) -> Result<u64, StoreError> {
        if given.is_empty() {
            return Ok(0);
        }
        match self {
            Tx::Sqlite(tx) => {
                let mut touched = 0;
                for (sql, values) in given.into_sqlite_pieces(sql) {
                    let query = sqlx::query_with(AssertSqlSafe(sql), args::sqlite(values)?);
                    touched += query.execute(&mut **tx).await?.rows_affected();
                }
                Ok(touched)
            }
            Tx::Postgres(tx) => {
                let sql = AssertSqlSafe(given.postgres_sql(sql));
                Ok(sqlx::query_with(sql, given.into_postgres_args()?).execute(&mut **tx).await?.rows_affected())
            }
        }
    }

    /// Reads what a statement finds for the given rows.
    pub async fn rows_given(&mut self, given: Given, sql: &str) -> Result<Vec<Row>, StoreError> {
        if given.is_empty() {
            return Ok(Vec::new());
        }
        match self {
            Tx::Sqlite(tx) => {
                let mut rows = Vec::new();
                for (sql, values) in given.into_sqlite_pieces(sql) {
                    let query = sqlx::query_with(AssertSqlSafe(sql), args::sqlite(values)?);
                    rows.extend(query.fetch_all(&mut **tx).await?.into_iter().map(Row::Sqlite));
                }
                Ok(rows)
            }
            Tx::Postgres(tx) => {
                let sql = AssertSqlSafe(given.postgres_sql(sql));
                let query = sqlx::query_with(sql, given.into_postgres_args()?);
                Ok(query.fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    /// Inserts the given rows.
    pub async fn insert_given(&mut self, table: &str, given: Given, behind: &str) -> Result<u64, StoreError> {
        let sql = given.insert_into(table, behind);
        self.execute_given(given, &sql).await
    }

    /// Runs a script of several statements without values.
    pub async fn script(&mut self, sql: String) -> Result<(), StoreError> {
        let sql = AssertSqlSafe(sql);
        match self {
            Tx::Sqlite(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(|_| ())?,
            Tx::Postgres(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(|_| ())?,
        }
        Ok(())
    }

    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
