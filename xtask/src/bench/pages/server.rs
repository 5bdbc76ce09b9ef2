//! A `creel serve` on loopback over a seeded database, with somebody who is signed in, until it is dropped.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use serde_json::{Value, json};

use super::visit::Visitor;
use crate::{bench::Engine, sh};

const EMAIL: &str = "bench@shop.example";
const PASSWORD: &str = "a few good words";
const OWNER: [&str; 6] = ["admin", "create-owner", "--email", EMAIL, "--organization", "Bench"];

pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// Of the owner's session.
    pub cookie: String,
    /// Deleted with it: a million captures are some gigabytes.
    fleeting: Option<PathBuf>,
    /// A kind of thing with the id of one.
    ids: Vec<(&'static str, String)>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
        if let Some(folder) = &self.fleeting {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// Makes servers, each on a database with so much in it.
pub struct Maker {
    pub seed: PathBuf,
    pub creel: PathBuf,
    pub captures: usize,
    pub runs: usize,
}

impl Maker {
    /// On a fresh database: `at` is a PostgreSQL, SQLite has a folder of its own, or one that is `kept`.
    pub fn start(&self, engine: Engine, at: Option<&str>, kept: Option<&Path>) -> Result<Server, String> {
        let folder = kept.map_or_else(|| fresh_folder(engine), |kept| Ok(kept.to_owned()))?;
        let is_there = folder.join("creel.db").exists();
        let url = if is_there { None } else { self.fill(engine, at, &folder)? };
        let made = sh::output(self.creel(&OWNER, &folder, url.as_deref()).env("CREEL_OWNER_PASSWORD", PASSWORD));
        if !is_there {
            made?;
        }
        let mut command = self.creel(&["serve", "--listen", "127.0.0.1:0"], &folder, url.as_deref());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("{}: {error}", self.creel.display()))?;
        let lines = child.stderr.take().map(|pipe| BufReader::new(pipe).lines().map_while(Result::ok));
        let mut lines = lines.into_iter().flatten();
        let address = lines.find_map(|line| line.split_once("listens on http://")?.1.trim().parse().ok());
        thread::spawn(move || lines.for_each(drop));
        let Some(address) = address else {
            let _ = child.wait();
            return Err("creel serve did not start".to_owned());
        };
        let fleeting = kept.is_none().then_some(folder);
        let mut server = Server { child, address, cookie: String::new(), fleeting, ids: Vec::new() };
        server.sign_in()?;
        server.ids = vec![
            ("{robot}", server.newest("/v1/extract/robots")?),
            ("{run}", server.newest("/v1/extract/runs")?),
            ("{capture}", server.newest("/v1/extract/captures")?),
        ];
        Ok(server)
    }

    /// Answers the address of the schema that was made in a PostgreSQL.
    fn fill(&self, engine: Engine, at: Option<&str>, folder: &Path) -> Result<Option<String>, String> {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut seeding = Command::new(&self.seed);
        seeding.arg(engine.name()).arg(at.map_or_else(|| folder.display().to_string(), str::to_owned));
        seeding.args([self.captures + 1, self.runs].map(|number| number.to_string())).stderr(Stdio::inherit());
        let seeded = sh::output(&mut seeding)?;
        let seeded: Value = serde_json::from_str(&seeded).map_err(|error| format!("{seeded:?}: {error}"))?;
        Ok(seeded["database_url"].as_str().map(str::to_owned))
    }

    fn creel(&self, words: &[&str], folder: &Path, url: Option<&str>) -> Command {
        let mut command = Command::new(&self.creel);
        command.args(words).arg("--data").arg(folder);
        if let Some(url) = url {
            command.env("CREEL_DATABASE_URL", url);
        }
        command
    }
}

impl Server {
    fn sign_in(&mut self) -> Result<(), String> {
        let credentials = json!({"email": EMAIL, "password": PASSWORD}).to_string();
        let signed_in = Visitor::new(self.address, "")?.post_json("/v1/session", &credentials)?;
        let cookie = signed_in.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        self.cookie = cookie.ok_or_else(|| format!("nobody could sign in: {}", signed_in.status))?.to_owned();
        Ok(())
    }

    fn newest(&self, list: &str) -> Result<String, String> {
        let text = Visitor::new(self.address, &self.cookie)?.get(&format!("{list}?limit=1"))?.text()?;
        let rows: Value = serde_json::from_str(&text).map_err(|error| format!("{list}: {text:?}: {error}"))?;
        rows["rows"][0]["id"].as_str().map(str::to_owned).ok_or_else(|| format!("{list} is empty"))
    }

    /// A path with ids in the place of what stands in braces.
    pub fn filled(&self, path: &str) -> Result<String, String> {
        let filled = self.ids.iter().fold(path.to_owned(), |path, (kind, id)| path.replace(kind, id));
        if filled.contains('{') { Err(format!("no id for {filled}")) } else { Ok(filled) }
    }
}

fn fresh_folder(engine: Engine) -> Result<PathBuf, String> {
    let folder = sh::work_folder("pages")?.join(engine.name());
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(failed)?;
    }
    std::fs::create_dir_all(&folder).map_err(failed)?;
    Ok(folder)
}
