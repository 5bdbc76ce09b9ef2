//! The peer: the one-by-one transaction that a good engineer writes first. Lock the balance, check it, insert the capture
//! unless its key is there, write the ledger's row, move the balance, close the page, commit.
//!
//! Nothing slows it down: prepared statements, the same durability, connections that are handed from hand to hand without
//! a ping, no chain of hashes, no counters, JSON written before the lock is taken.

use creel_types::Product;
use uuid::Uuid;

use crate::product;

const TABLES: &str = "
    CREATE TABLE naive_organizations (
        id TEXT PRIMARY KEY NOT NULL,
        balance BIGINT NOT NULL CHECK (balance >= 0)
    );
    CREATE TABLE naive_pages (
        run_id TEXT NOT NULL,
        url TEXT NOT NULL,
        state TEXT NOT NULL,
        capture_id TEXT,
        done_at BIGINT,
        PRIMARY KEY (run_id, url)
    );
    CREATE TABLE naive_captures (
        id TEXT PRIMARY KEY NOT NULL,
        organization_id TEXT NOT NULL REFERENCES naive_organizations (id),
        run_id TEXT NOT NULL,
        url TEXT NOT NULL,
        extracted_at BIGINT NOT NULL,
        product_id TEXT,
        title TEXT NOT NULL,
        brand TEXT,
        min_price BIGINT,
        max_price BIGINT,
        currency TEXT,
        available BIGINT NOT NULL,
        content TEXT NOT NULL,
        UNIQUE (run_id, url)
    );
    CREATE INDEX naive_captures_newest ON naive_captures (organization_id, extracted_at, id);
    CREATE TABLE naive_entries (
        id TEXT PRIMARY KEY NOT NULL,
        organization_id TEXT NOT NULL REFERENCES naive_organizations (id),
        capture_id TEXT NOT NULL UNIQUE,
        amount BIGINT NOT NULL,
        balance_after BIGINT NOT NULL CHECK (balance_after >= 0),
        at BIGINT NOT NULL
    );
    CREATE INDEX naive_entries_newest ON naive_entries (organization_id, at);";
const INSERT_CAPTURE: &str = "
    INSERT INTO naive_captures (id, organization_id, run_id, url, extracted_at, product_id, title, brand, min_price,
        max_price, currency, available, content)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (run_id, url) DO NOTHING";
const INSERT_ENTRY: &str = "
    INSERT INTO naive_entries (id, organization_id, capture_id, amount, balance_after, at) VALUES ($1, $2, $3, $4, $5, $6)";
const UPDATE_BALANCE: &str = "UPDATE naive_organizations SET balance = $2 WHERE id = $1";
const FINISH_PAGE: &str = "UPDATE naive_pages SET state = 'done', capture_id = $3, done_at = $4 WHERE run_id = $1 AND url = $2 AND state = 'leased'";
/// Captures, debits, the debits' sum, pages done and what is left of all balances.
const SUMS: &str = "
    SELECT (SELECT COUNT(*) FROM naive_captures), (SELECT COUNT(*) FROM naive_entries),
        (SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM naive_entries),
        (SELECT COUNT(*) FROM naive_pages WHERE state = 'done'),
        (SELECT CAST(SUM(balance) AS BIGINT) FROM naive_organizations)";
/// Values in one statement are limited.
const INSERT_ROWS_MAX: usize = 1_000;

pub struct Page {
    organization: String,
    run: String,
    url: String,
    product: Product,
}

fn fresh_id() -> String {
    Uuid::now_v7().to_string()
}

/// One text for both drivers, whose types have no common trait that allows it.
macro_rules! naive {
    ($engine:ident, $connection:ident, $database:ident, $begin:literal, $lock:literal, $connect:item) => {
        pub mod $engine {
            use std::sync::{Arc, Mutex, PoisonError};

            use creel_types::{Action, Amount, Clock};
            use sqlx::{Connection as _, $connection, $database};
            use tokio::sync::Semaphore;

            use super::*;
            use crate::{CREDITS, Failure, drive::Design};

            #[derive(Clone)]
            pub struct Naive {
                free: Arc<Mutex<Vec<$connection>>>,
                turns: Arc<Semaphore>,
                organizations: Vec<(String, String)>,
                made: usize,
            }

            $connect

            impl Naive {
                async fn with(connections: Vec<$connection>, organizations: usize) -> Result<Naive, Failure> {
                    let turns = Arc::new(Semaphore::new(connections.len()));
                    let organizations = (0..organizations).map(|_| (fresh_id(), fresh_id())).collect();
                    let naive = Naive { free: Arc::new(Mutex::new(connections)), turns, organizations, made: 0 };
                    let mut connection = naive.take()?;
                    sqlx::raw_sql(TABLES).execute(&mut connection).await?;
                    for (organization, _) in &naive.organizations {
                        let insert = sqlx::query("INSERT INTO naive_organizations (id, balance) VALUES ($1, $2)");
                        insert.bind(organization.as_str()).bind(CREDITS).execute(&mut connection).await?;
                    }
                    naive.give_back(connection);
                    Ok(naive)
                }

                fn take(&self) -> Result<$connection, Failure> {
                    let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
                    free.ok_or_else(|| "no connection is free".into())
                }

                fn give_back(&self, connection: $connection) {
                    self.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
                }
            }

            impl Design for Naive {
                type Page = Page;

                async fn prepare(&mut self, count: usize) -> Result<Vec<Page>, Failure> {
                    let pages: Vec<Page> = (self.made..self.made + count)
                        .map(|number| {
                            let (organization, run) = self.organizations[number % self.organizations.len()].clone();
                            Page { organization, run, url: product::address(number), product: product::product(number) }
                        })
                        .collect();
                    self.made += count;
                    let mut connection = self.take()?;
                    let mut tx = connection.begin().await?;
                    for chunk in pages.chunks(INSERT_ROWS_MAX) {
                        let mut insert = sqlx::QueryBuilder::<$database>::new("INSERT INTO naive_pages (run_id, url, state) ");
                        insert.push_values(chunk, |mut row, page| {
                            row.push_bind(page.run.as_str()).push_bind(page.url.as_str()).push("'leased'");
                        });
                        insert.build().persistent(false).execute(&mut *tx).await?;
                    }
                    tx.commit().await?;
                    self.give_back(connection);
                    Ok(pages)
                }

                async fn settle(&self, page: Page) -> Result<(), Failure> {
                    let content = serde_json::to_string(&page.product)?;
                    let _turn = self.turns.acquire().await?;
                    let mut connection = self.take()?;
                    let settled = settle(&mut connection, &page, content).await;
                    self.give_back(connection);
                    settled
                }

                async fn check(self, stored: usize) -> Result<(), Failure> {
                    let mut connection = self.take()?;
                    let sums: (i64, i64, i64, i64, i64) = sqlx::query_as(SUMS).fetch_one(&mut connection).await?;
                    let (stored, granted) = (i64::try_from(stored)?, CREDITS * i64::try_from(self.organizations.len())?);
                    let spent = stored * Action::Extract.price().0;
                    if sums != (stored, stored, -spent, stored, granted - spent) {
                        return Err(format!("{stored} captures were stored, the tables say {sums:?}").into());
                    }
                    self.give_back(connection);
                    let all = std::mem::take(&mut *self.free.lock().unwrap_or_else(PoisonError::into_inner));
                    for connection in all {
                        connection.close().await?;
                    }
                    Ok(())
                }
            }

            async fn settle(connection: &mut $connection, page: &Page, content: String) -> Result<(), Failure> {
                let (price, now, id) = (Action::Extract.price().0, Clock::system().now().0, fresh_id());
                let mut tx = connection.begin_with($begin).await?;
                let (balance,): (i64,) = sqlx::query_as(concat!("SELECT balance FROM naive_organizations WHERE id = $1", $lock))
                    .bind(page.organization.as_str())
                    .fetch_one(&mut *tx)
                    .await?;
                if balance < price {
                    return Err("the credits are spent".into());
                }
                let product = &page.product;
                let inserted = sqlx::query(INSERT_CAPTURE)
                    .bind(id.as_str())
                    .bind(page.organization.as_str())
                    .bind(page.run.as_str())
                    .bind(page.url.as_str())
                    .bind(now)
                    .bind(product.product_id.as_deref())
                    .bind(product.title.as_str())
                    .bind(product.brand.as_deref())
                    .bind(product.min_price.map(Amount::scaled))
                    .bind(product.max_price.map(Amount::scaled))
                    .bind(product.currency.map(|currency| currency.to_string()))
                    .bind(i64::from(product.available))
                    .bind(content)
                    .execute(&mut *tx)
                    .await?;
                if inserted.rows_affected() == 0 {
                    return Err("a new product is a duplicate".into());
                }
                sqlx::query(INSERT_ENTRY)
                    .bind(fresh_id())
                    .bind(page.organization.as_str())
                    .bind(id.as_str())
                    .bind(-price)
                    .bind(balance - price)
                    .bind(now)
                    .execute(&mut *tx)
                    .await?;
                sqlx::query(UPDATE_BALANCE)
                    .bind(page.organization.as_str())
                    .bind(balance - price)
                    .execute(&mut *tx)
                    .await?;
                let finish = sqlx::query(FINISH_PAGE).bind(page.run.as_str()).bind(page.url.as_str());
                let finished = finish.bind(id.as_str()).bind(now).execute(&mut *tx).await?;
                if finished.rows_affected() == 0 {
                    return Err("the page was not leased".into());
                }
                Ok(tx.commit().await?)
            }
        }
    };
}

naive! {
    sqlite, SqliteConnection, Sqlite, "BEGIN IMMEDIATE", "",
    impl Naive {
        /// One writer, for SQLite has no more, with the log and the flush of every commit that the store has.
        pub async fn start(file: &std::path::Path, organizations: usize) -> Result<Naive, Failure> {
            use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
            let options = SqliteConnectOptions::new()
                .filename(file)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true);
            Naive::with(vec![SqliteConnection::connect_with(&options).await?], organizations).await
        }
    }
}

naive! {
    postgres, PgConnection, Postgres, "BEGIN", " FOR UPDATE",
    impl Naive {
        /// A connection for each producer, up to what a server of the usual settings allows.
        pub async fn start(
            options: &sqlx::postgres::PgConnectOptions,
            organizations: usize,
            in_flight: usize,
        ) -> Result<Naive, Failure> {
            const CONNECTIONS_MAX: usize = 64;
            let mut connections = Vec::new();
            for _ in 0..in_flight.min(CONNECTIONS_MAX) {
                connections.push(PgConnection::connect_with(options).await?);
            }
            Naive::with(connections, organizations).await
        }
    }
}
