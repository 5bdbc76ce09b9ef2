//! Brings the schema up to date: forward only, all of it in one transaction, safe when several processes start at once.

use crate::{
    Database, StoreError, args,
    database::{Engine, Turn, Tx},
};

/// One step of the schema: what both engines are told, then what only one of them is.
struct Migration {
    both: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

/// In order; a released migration is never edited, the next change is a new one.
const MIGRATIONS: &[Migration] = &[
    Migration {
        both: include_str!("../migrations/0001_first.sql"),
        sqlite: include_str!("../migrations/0001_first.sqlite.sql"),
        postgres: include_str!("../migrations/0001_first.postgres.sql"),
    },
    Migration {
        both: include_str!("../migrations/0002_credits.sql"),
        sqlite: "",
        postgres: include_str!("../migrations/0002_credits.postgres.sql"),
    },
    Migration { both: include_str!("../migrations/0003_access.sql"), sqlite: "", postgres: "" },
    Migration {
        both: include_str!("../migrations/0004_listing.sql"),
        sqlite: include_str!("../migrations/0004_listing.sqlite.sql"),
        postgres: include_str!("../migrations/0004_listing.postgres.sql"),
    },
    Migration { both: include_str!("../migrations/0005_listing_orders.sql"), sqlite: "", postgres: "" },
    Migration { both: include_str!("../migrations/0006_totals.sql"), sqlite: "", postgres: "" },
    Migration { both: include_str!("../migrations/0007_api.sql"), sqlite: "", postgres: "" },
    Migration { both: include_str!("../migrations/0008_schedules.sql"), sqlite: "", postgres: "" },
    Migration { both: include_str!("../migrations/0009_webhooks.sql"), sqlite: "", postgres: "" },
    Migration { both: include_str!("../migrations/0010_reconcilers.sql"), sqlite: "", postgres: "" },
    Migration { both: include_str!("../migrations/0011_listing_facets.sql"), sqlite: "", postgres: "" },
    Migration { both: include_str!("../migrations/0012_billing.sql"), sqlite: "", postgres: "" },
    Migration { both: include_str!("../migrations/0013_statement.sql"), sqlite: "", postgres: "" },
    Migration { both: include_str!("../migrations/0014_lists_of_runs.sql"), sqlite: "", postgres: "" },
    Migration { both: include_str!("../migrations/0015_enrichments.sql"), sqlite: "", postgres: "" },
    Migration { both: include_str!("../migrations/0016_conversations.sql"), sqlite: "", postgres: "" },
];

/// What a migration found and did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migrated {
    pub from: i64,
    pub to: i64,
}

/// The version that the schema is at, and the one that this program knows. Changes nothing.
pub async fn version(database: &Database) -> Result<(i64, i64), StoreError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    // Where nothing was ever made there is no table of versions either.
    let row = database.row("SELECT MAX(version) AS version FROM schema_migrations", args![]).await.unwrap_or(None);
    let at = row.map_or(Ok(None), |row| row.opt_int("version"))?;
    Ok((at.unwrap_or(0), known))
}

/// Applies what is missing.
pub async fn migrate(database: &Database) -> Result<Migrated, StoreError> {
    let to = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    // A look first: an installation that is up to date takes no lock to start.
    if let Ok(Some(row)) = database.row("SELECT MAX(version) AS version FROM schema_migrations", args![]).await
        && row.opt_int("version")? == Some(to)
    {
        return Ok(Migrated { from: to, to });
    }
    let mut tx = database.begin().await?;
    tx.take_turn(Turn::Migrating).await?;
    tx.execute("CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY NOT NULL)", args![]).await?;
    let from = match tx.row("SELECT COALESCE(MAX(version), 0) AS version FROM schema_migrations", args![]).await? {
        Some(row) => row.int("version")?,
        None => 0,
    };
    if from > to {
        return Err(StoreError::Conflict(format!(
            "the database is at schema version {from} and this program knows only {to}: use a newer creel"
        )));
    }
    for (version, migration) in (1i64..).zip(MIGRATIONS).filter(|(version, _)| *version > from) {
        apply(&mut tx, migration).await?;
        tx.execute("INSERT INTO schema_migrations (version) VALUES ($1)", args![version]).await?;
    }
    tx.commit().await?;
    Ok(Migrated { from, to })
}

async fn apply(tx: &mut Tx, migration: &Migration) -> Result<(), StoreError> {
    let (both, own) = match tx.engine() {
        Engine::Sqlite => (migration.both.to_owned(), migration.sqlite),
        // Texts compare by their bytes on both engines, whatever language the server was installed with.
        Engine::Postgres => (migration.both.replace(" TEXT", " TEXT COLLATE \"C\""), migration.postgres),
    };
    tx.script(both).await?;
    if !own.is_empty() {
        tx.script(own.to_owned()).await?;
    }
    Ok(())
}
