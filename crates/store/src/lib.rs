//! All SQL. Rows in, values out; the one place that debits ([`settle`]) and the tables that a crawl lives in.

pub mod captures;
pub mod database;
pub mod error;
pub mod keys;
pub mod ledger;
pub mod migrate;
pub mod organizations;
pub mod owner;
pub mod pages;
pub mod robots;
pub mod runs;
pub mod settle;

pub use database::Database;
pub use error::StoreError;
pub use owner::Owner;

use creel_types::{Clock, Random};

/// The database with the two things that every write needs: the time and fresh ids.
#[derive(Clone, Debug)]
pub struct Store {
    pub database: Database,
    pub clock: Clock,
    pub random: Random,
}

impl Store {
    /// Opens `DIR/creel.db`, making the folder and bringing the schema up to date.
    pub async fn open(dir: &std::path::Path, clock: Clock, random: Random) -> Result<Store, StoreError> {
        let database = Database::open_sqlite(&dir.join("creel.db")).await?;
        migrate::migrate(&database).await?;
        Ok(Store { database, clock, random })
    }
}
