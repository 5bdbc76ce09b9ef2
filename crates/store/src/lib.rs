//! All SQL. Rows in, values out; the one place that debits ([`settle`]) and the tables that a crawl lives in.

pub mod access;
pub mod asked;
pub mod billing;
pub mod builds;
pub mod captures;
pub mod conversations;
pub mod coverage;
pub mod database;
pub mod edition;
pub mod enrichments;
pub mod error;
pub mod fail_points;
pub mod history;
pub mod idempotency;
pub mod items;
pub mod ledger;
pub mod listing;
pub mod migrate;
pub mod notices;
pub mod operating;
pub mod organizations;
pub mod outbox;
pub mod owner;
pub mod pages;
pub mod product_history;
pub mod rate_limits;
pub mod reconcile;
mod retry;
pub mod robots;
pub mod runs;
pub mod schedules;
pub mod settle;
mod turns;
pub mod webhooks;

use std::{path::Path, sync::Arc};

use creel_ledger::{THRESHOLDS_DEFAULT, Threshold};
use creel_types::{Clock, Random};

pub use billing::plan::Concurrency;
pub use database::Database;
pub use error::StoreError;
pub use fail_points::FailPoints;
pub use owner::{Judge, Owner};

/// The database with what every write needs: the time, fresh ids, and when somebody is told that credits run out.
#[derive(Clone, Debug)]
pub struct Store {
    pub database: Database,
    pub clock: Clock,
    pub random: Random,
    pub thresholds: Arc<[Threshold]>,
    /// How many runs of an organization go on at once.
    pub concurrency: Concurrency,
    /// How much a list of captures reads before another way is taken.
    pub listing_bounds: listing::Bounds,
    pub fail_points: FailPoints,
}

impl Store {
    /// Opens `DIR/creel.db`, making the folder and bringing the schema up to date.
    pub async fn open(dir: &Path, clock: Clock, random: Random) -> Result<Store, StoreError> {
        Store::on(Database::open_sqlite(&dir.join("creel.db")).await?, clock, random).await
    }

    /// Connects to a PostgreSQL and brings its schema up to date.
    pub async fn connect(url: &str, clock: Clock, random: Random) -> Result<Store, StoreError> {
        Store::on(Database::open_postgres(url).await?, clock, random).await
    }

    /// A store on an open database, with its schema brought up to date.
    pub async fn on(database: Database, clock: Clock, random: Random) -> Result<Store, StoreError> {
        migrate::migrate(&database).await?;
        Ok(Store {
            database,
            clock,
            random,
            thresholds: THRESHOLDS_DEFAULT.into(),
            concurrency: Concurrency::default(),
            listing_bounds: listing::Bounds::default(),
            fail_points: FailPoints::default(),
        })
    }
}
