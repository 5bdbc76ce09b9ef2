//! A test for both databases: written once, run on each, with a database of its own that several stores may share as several
//! processes do.

use creel_store::{Database, Store, database::Engine};
use creel_types::{Clock, Random, Time};
use uuid::Uuid;

/// Writes a test once for both engines: `on_both! { async fn name(engine) { … } }`.
macro_rules! on_both {
    ($(#[$meta:meta])* async fn $name:ident($engine:ident) $body:block) => {
        mod $name {
            #[allow(unused_imports, reason = "not every test needs everything")]
            use super::*;

            async fn test($engine: creel_store::database::Engine) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                test(creel_store::database::Engine::Sqlite).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                test(creel_store::database::Engine::Postgres).await;
            }
        }
    };
}
pub(crate) use on_both;

/// A database of its own, that several stores may share as several processes do.
pub enum TestDatabase {
    Sqlite(tempfile::TempDir),
    Postgres(String),
}

impl TestDatabase {
    pub async fn new(engine: Engine) -> TestDatabase {
        match engine {
            Engine::Sqlite => TestDatabase::Sqlite(tempfile::tempdir().unwrap()),
            Engine::Postgres => {
                let server = postgres_url();
                // A schema of its own, so that tests share one server and nothing else.
                let schema = format!("test_{}", Random::system().id::<Uuid>(Time(0)).simple());
                let database = Database::open_postgres(&server).await.unwrap();
                database.execute(&format!("CREATE SCHEMA {schema}"), vec![]).await.unwrap();
                database.close().await;
                TestDatabase::Postgres(format!("{server}?options[search_path]={schema}"))
            }
        }
    }

    pub async fn store(&self, clock: Clock, random: Random) -> Store {
        match self {
            TestDatabase::Sqlite(folder) => Store::open(folder.path(), clock, random).await.unwrap(),
            TestDatabase::Postgres(url) => Store::connect(url, clock, random).await.unwrap(),
        }
    }
}

pub fn postgres_url() -> String {
    std::env::var("CREEL_POSTGRES").expect(
        "CREEL_POSTGRES is not set: run `cargo xtask test`, or `cargo xtask postgres` and set it to the URL that it prints",
    )
}
