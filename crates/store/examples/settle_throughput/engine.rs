//! What differs between the databases: where a fresh one is made, how the store opens it, how it is thrown away.

use std::str::FromStr;

use creel_store::Store;
use creel_types::{Clock, Random};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;

use crate::Failure;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl FromStr for Engine {
    type Err = String;

    fn from_str(word: &str) -> Result<Engine, String> {
        match word {
            "sqlite" => Ok(Engine::Sqlite),
            "postgres" => Ok(Engine::Postgres),
            other => Err(format!("{other:?} is neither sqlite nor postgres")),
        }
    }
}

/// An empty database for one measurement: a folder of its own, or a database of its own in a cluster.
pub enum Place {
    Sqlite(TempDir),
    Postgres { cluster: String, name: String },
}

impl Place {
    /// `at` is a folder for SQLite, the address of a cluster's database for PostgreSQL.
    pub async fn make(engine: Engine, at: &str) -> Result<Place, Failure> {
        match engine {
            Engine::Sqlite => {
                std::fs::create_dir_all(at)?;
                Ok(Place::Sqlite(tempfile::tempdir_in(at)?))
            }
            Engine::Postgres => {
                let name = format!("bench_{}", std::process::id());
                run_in_cluster(at, &format!("CREATE DATABASE {name}")).await?;
                Ok(Place::Postgres { cluster: at.to_owned(), name })
            }
        }
    }

    /// As the product opens it.
    pub async fn open_store(&self) -> Result<Store, Failure> {
        match self {
            Place::Sqlite(folder) => Ok(Store::open(folder.path(), Clock::system(), Random::system()).await?),
            Place::Postgres { cluster, name } => {
                let mut url = url::Url::parse(cluster)?;
                url.set_path(name);
                Ok(Store::connect(url.as_str(), Clock::system(), Random::system()).await?)
            }
        }
    }

    pub async fn drop(self) -> Result<(), Failure> {
        match self {
            Place::Sqlite(folder) => Ok(folder.close()?),
            Place::Postgres { cluster, name } => {
                run_in_cluster(&cluster, &format!("DROP DATABASE {name} WITH (FORCE)")).await
            }
        }
    }
}

/// How to reach the database of this name in the cluster.
pub fn postgres_options(cluster: &str, name: &str) -> Result<PgConnectOptions, Failure> {
    Ok(PgConnectOptions::from_str(cluster)?.database(name))
}

async fn run_in_cluster(cluster: &str, sql: &str) -> Result<(), Failure> {
    let mut connection = PgConnection::connect_with(&PgConnectOptions::from_str(cluster)?).await?;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
    Ok(connection.close().await?)
}
