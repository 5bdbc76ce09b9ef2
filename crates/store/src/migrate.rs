//! Brings the schema up to date: forward only, all of it in one transaction, safe when several processes start at once.

use crate::{Database, StoreError, args};

/// In order; a released migration is never edited, the next change is a new one.
const MIGRATIONS: &[&str] = &[include_str!("../migrations/sqlite/0001_first.sql")];

/// Applies what is missing and answers how many migrations that was.
pub async fn migrate(database: &Database) -> Result<usize, StoreError> {
    let mut tx = database.begin().await?;
    tx.execute("CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY NOT NULL)", args![]).await?;
    let applied = match tx.row("SELECT COALESCE(MAX(version), 0) AS version FROM schema_migrations", args![]).await? {
        Some(row) => row.int("version")?,
        None => 0,
    };
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if applied > known {
        return Err(StoreError::Conflict(format!(
            "the database is at schema version {applied} and this program knows only {known}: use a newer creel"
        )));
    }
    let mut done = 0;
    for (version, script) in (1i64..).zip(MIGRATIONS).filter(|(version, _)| *version > applied) {
        tx.script(script).await?;
        tx.execute("INSERT INTO schema_migrations (version) VALUES ($1)", args![version]).await?;
        done += 1;
    }
    tx.commit().await?;
    Ok(done)
}
