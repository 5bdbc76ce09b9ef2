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

pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// Of the owner's session.
    pub cookie: String,
    folder: PathBuf,
    /// A kind of thing with the id of one.
    ids: Vec<(&'static str, String)>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
        // A million captures are some gigabytes.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Server {
    /// On a fresh database: `at` is a PostgreSQL, SQLite has a folder of its own.
    pub fn start(
        seed: &Path,
        creel: &Path,
        engine: Engine,
        at: Option<&str>,
        captures: usize,
        runs: usize,
    ) -> Result<Server, String> {
        let folder = fresh_folder(engine)?;
        let data = folder.display().to_string();
        let numbers = [captures + 1, runs].map(|number| number.to_string());
        let mut seeding = Command::new(seed);
        seeding.args([engine.name(), at.unwrap_or(&data)]).args(&numbers).stderr(Stdio::inherit());
        let seeded = sh::output(&mut seeding)?;
        let seeded: Value = serde_json::from_str(&seeded).map_err(|error| format!("{seeded:?}: {error}"))?;
        let with_data = |words: &[&str]| {
            let mut command = Command::new(creel);
            command.args(words).args(["--data", &data]);
            if let Some(url) = seeded["database_url"].as_str() {
                command.env("CREEL_DATABASE_URL", url);
            }
            command
        };
        let words = ["admin", "create-owner", "--email", EMAIL, "--organization", "Bench"];
        sh::output(with_data(&words).env("CREEL_OWNER_PASSWORD", PASSWORD))?;
        let mut command = with_data(&["serve", "--listen", "127.0.0.1:0"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("{}: {error}", creel.display()))?;
        let lines = child.stderr.take().map(|pipe| BufReader::new(pipe).lines().map_while(Result::ok));
        let mut lines = lines.into_iter().flatten();
        let address = lines.find_map(|line| line.split_once("listens on http://")?.1.trim().parse().ok());
        thread::spawn(move || lines.for_each(drop));
        let Some(address) = address else {
            let _ = child.wait();
            return Err("creel serve did not start".to_owned());
        };
        let mut server = Server { child, address, cookie: String::new(), folder, ids: Vec::new() };
        server.sign_in()?;
        server.ids = vec![
            ("{robot}", server.newest("/v1/extract/robots")?),
            ("{run}", server.newest("/v1/extract/runs")?),
            ("{capture}", server.newest("/v1/extract/captures")?),
        ];
        Ok(server)
    }

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
