//! A `creel serve` on loopback over a seeded ledger, until it is dropped.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use serde_json::Value;

use super::Bench;
use crate::{bench::Engine, sh};

/// The setting that limits an organization's requests a minute; 0 is no limit.
const LIMIT: &str = "rate_limit_per_minute";

/// Whether an organization's requests are limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    Off,
    /// As the configuration has it where nobody changes it.
    Default,
}

pub struct Server {
    child: Child,
    pub address: SocketAddr,
    pub key: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

impl Server {
    /// On a fresh database: `at` is a PostgreSQL, SQLite has a folder of its own.
    pub fn start(bench: &Bench, engine: Engine, at: Option<&str>, entries: &str, limit: Limit) -> Result<Server, String> {
        let folder = fresh_folder(engine)?;
        let data = folder.display().to_string();
        let seeded = sh::output(Command::new(&bench.seed).args([engine.name(), at.unwrap_or(&data), entries]))?;
        let seeded: Value = serde_json::from_str(&seeded).map_err(|error| format!("{seeded:?}: {error}"))?;
        let key = seeded["key"].as_str().ok_or("the seed has no key")?.to_owned();
        let mut command = Command::new(&bench.creel);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data", &data]);
        command.arg("--config").arg(config(&bench.creel, &folder, limit)?);
        if let Some(url) = seeded["database_url"].as_str() {
            command.env("CREEL_DATABASE_URL", url);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("{}: {error}", bench.creel.display()))?;
        let lines = child.stderr.take().map(|pipe| BufReader::new(pipe).lines().map_while(Result::ok));
        let mut lines = lines.into_iter().flatten();
        let address = lines.find_map(|line| line.split_once("listens on http://")?.1.trim().parse().ok());
        thread::spawn(move || lines.for_each(drop));
        match address {
            Some(address) => Ok(Server { child, address, key }),
            None => {
                let _ = child.wait();
                Err("creel serve did not start".to_owned())
            }
        }
    }
}

fn fresh_folder(engine: Engine) -> Result<PathBuf, String> {
    let folder = sh::work_folder("balance")?.join(engine.name());
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(failed)?;
    }
    std::fs::create_dir_all(&folder).map_err(failed)?;
    Ok(folder)
}

fn config(creel: &Path, folder: &Path, limit: Limit) -> Result<PathBuf, String> {
    // A server that knows no limit has none, and refuses settings that it does not know.
    let knows_it = sh::output(Command::new(creel).args(["config", "default"]))?.contains(LIMIT);
    let text = if knows_it && limit == Limit::Off { format!("{LIMIT} = 0\n") } else { String::new() };
    let path = folder.join("bench.toml");
    std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}
