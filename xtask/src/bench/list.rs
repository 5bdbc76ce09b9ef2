//! How long lists of captures take with a million of them: each filter with each sort, a mix of written questions, a page deep in
//! the list, beside the query that one would write first, asked in turns.

use std::process::{Command, Stdio};

use super::{Engine, build_example, settle::Places};
use crate::sh;

const CAPTURES: usize = 1_000_000;
const QUICK_CAPTURES: usize = 100_000;
/// Questions of each filter with each sort.
const SAMPLES: &str = "100";

#[derive(clap::Args)]
pub struct List {
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    /// A hundred thousand captures.
    #[arg(long)]
    quick: bool,
    /// So many captures.
    #[arg(long, value_name = "N")]
    captures: Option<usize>,
    /// One engine only.
    #[arg(long)]
    engine: Option<Engine>,
    /// A PostgreSQL to measure on, where databases may be made; without it a cluster of its own is started.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
}

/// Both engines, one after the other. What takes minutes says on the other stream how far it is.
pub fn list(options: &List) -> Result<(), String> {
    let folder = sh::work_folder("list")?;
    let program = build_example("creel-store", "list_latency")?;
    let captures = options.captures.unwrap_or(if options.quick { QUICK_CAPTURES } else { CAPTURES });
    let places = Places::prepare(options.engine, options.postgres.as_deref(), &folder)?;
    for (engine, at) in &places.of_engines {
        let mut command = Command::new(&program);
        command.args([engine, at.as_str(), &captures.to_string(), SAMPLES]).stderr(Stdio::inherit());
        let text = sh::output(&mut command)?;
        for line in text.lines() {
            println!("{}", if options.json { line.to_owned() } else { readable(line) });
        }
    }
    Ok(())
}

fn readable(line: &str) -> String {
    let Ok(figure) = serde_json::from_str::<serde_json::Value>(line) else { return line.to_owned() };
    let text = |key: &str| figure[key].as_str().unwrap_or_default().to_owned();
    let mut said = format!("{}: {} {}", text("figure"), figure["value"], text("unit"));
    if !figure["p50_ms"].is_null() {
        said += &format!(" (p99), {} ms (p50)", figure["p50_ms"]);
    }
    if !figure["peer"].is_null() {
        said += &format!("; {}: {} {}; ratio {}", text("peer"), figure["peer_value"], text("unit"), figure["ratio"]);
    }
    said
}
