//! Logs go to standard error, so that standard output stays the result. A server logs what the configuration says; a command that
//! a person runs says only what went wrong.

use std::io::stderr;

use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use crate::{
    cli::{Cli, Command},
    settings::Settings,
};

/// Of a command that is no server.
const QUIET: &str = "error";

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    Json,
}

impl Format {
    pub fn parse(text: &str) -> Option<Format> {
        match text {
            "text" => Some(Format::Text),
            "json" => Some(Format::Json),
            _ => None,
        }
    }
}

/// Levels, for everything or for parts: `info,creel_crawl=debug`. `None` where the text is something else; a misspelt level must
/// not be taken for the name of a part.
pub fn filter(text: &str) -> Option<EnvFilter> {
    let is_level = |level: &str| level.trim().parse::<LevelFilter>().is_ok();
    text.split(',').all(|piece| is_level(piece.split_once('=').map_or(piece, |(_, level)| level))).then_some(())?;
    EnvFilter::builder().parse(text).ok()
}

/// Begins to log. What is wrong with the configuration is said by the command that needs it.
pub fn start(cli: &Cli) {
    let settings = match cli.command {
        Command::Serve(_) => Settings::read(cli.common.config.as_deref()).ok(),
        _ => None,
    };
    let (said, format) = match &settings {
        Some(settings) => (settings.log.clone(), Format::parse(&settings.log_format)),
        None => (std::env::var("CREEL_LOG").unwrap_or_else(|_| QUIET.to_owned()), None),
    };
    let filter = filter(&said).unwrap_or_else(|| EnvFilter::new(QUIET));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
    match format.unwrap_or(Format::Text) {
        Format::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&stderr())).init(),
        Format::Json => lines.json().flatten_event(true).init(),
    }
}
