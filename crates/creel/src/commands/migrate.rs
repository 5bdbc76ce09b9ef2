//! `creel migrate`: the schema brought up to date before the first process of a new version starts.

use std::io::Write;

use creel_store::{Database, migrate::Migrated};
use serde_json::json;

use crate::{
    cli::Common,
    exit::{Exit, Failure},
    open,
    settings::Settings,
};

pub async fn migrate(common: &Common) -> Result<Exit, Failure> {
    let settings = Settings::read(common.config.as_deref())?;
    let database = match settings.database_url.as_str() {
        "" => Database::open_sqlite(&open::folder(common).join("creel.db")).await?,
        url => Database::open_postgres(url).await?,
    };
    let Migrated { from, to } = creel_store::migrate::migrate(&database).await?;
    database.close().await;
    let mut out = std::io::stdout().lock();
    if common.json {
        writeln!(out, "{}", json!({"from": from, "to": to}))?;
    } else if from == to {
        writeln!(out, "the schema is at version {to}, as it should be")?;
    } else {
        writeln!(out, "the schema was at version {from} and is at version {to} now")?;
    }
    Ok(Exit::Done)
}
