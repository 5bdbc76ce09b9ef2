//! `creel config default|check`.

use std::io::Write;

use crate::{
    cli::{Common, ConfigCommand},
    exit::{Exit, Failure},
    settings::{DEFAULT, Settings},
};

pub fn config(common: &Common, command: &ConfigCommand) -> Result<Exit, Failure> {
    let mut out = std::io::stdout().lock();
    match command {
        ConfigCommand::Default => out.write_all(DEFAULT.as_bytes())?,
        ConfigCommand::Check => {
            Settings::read(common.config.as_deref())?;
            writeln!(out, "the configuration is good")?;
        }
    }
    Ok(Exit::Done)
}
