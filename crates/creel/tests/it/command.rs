//! The binary, its folder and what it printed.

use std::{
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A data folder with the binary beside it.
pub struct Creel {
    folder: TempDir,
    /// The PostgreSQL that it keeps everything in; none for a file in the folder.
    database_url: Option<String>,
}

/// What a finished command left.
pub struct Finished {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Creel {
    pub fn new() -> Creel {
        Creel { folder: tempfile::tempdir().unwrap(), database_url: None }
    }

    /// The same on a PostgreSQL.
    pub fn on_postgres() -> Creel {
        Creel { database_url: Some(postgres_schema()), ..Creel::new() }
    }

    /// Another process's folder on the same database.
    pub fn beside(&self) -> Creel {
        assert!(self.database_url.is_some(), "folders are shared by nobody");
        Creel { database_url: self.database_url.clone(), ..Creel::new() }
    }

    /// The address of its PostgreSQL.
    pub fn database_url(&self) -> Option<&str> {
        self.database_url.as_deref()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The command with its folder; nothing of the caller's environment that Creel reads.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_creel"));
        command.args(words).arg("--data").arg(self.folder.path().join("data"));
        for (variable, _) in std::env::vars().filter(|(variable, _)| variable.starts_with("CREEL_")) {
            command.env_remove(variable);
        }
        if let Some(url) = &self.database_url {
            command.env("CREEL_DATABASE_URL", url);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, words: &[&str]) -> Finished {
        finish(self.command(words).output().unwrap())
    }

    pub fn start(&self, words: &[&str]) -> Child {
        self.command(words).spawn().unwrap()
    }

    /// `creel run URL --allow-private …`, which must end with `code`; answers the captures.
    pub fn crawl(&self, url: &str, more: &[&str], code: i32) -> (Vec<Value>, Finished) {
        let mut words = vec!["run", url, "--allow-private"];
        words.extend(more);
        let finished = self.run(&words);
        assert_eq!(finished.code, code, "{}", finished.err);
        (finished.lines(), finished)
    }

    /// The balance, after the whole ledger was recomputed; `None` where there is no ledger yet.
    pub fn find_verified_balance(&self) -> Option<i64> {
        let verified = self.run(&["ledger", "verify", "--json"]);
        assert_eq!(verified.code, 0, "{}", verified.err);
        verified.lines().first()?["balance"].as_i64()
    }

    pub fn verified_balance(&self) -> i64 {
        self.find_verified_balance().unwrap()
    }
}

pub fn finish(output: Output) -> Finished {
    Finished {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Finished {
    /// Standard output as lines of JSON.
    pub fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"))).collect()
    }
}

/// A schema of its own on the server that all tests share.
pub fn postgres_schema() -> String {
    let server = std::env::var("CREEL_POSTGRES").expect("CREEL_POSTGRES is set by `cargo xtask test`");
    let schema = format!("creel_{}", std::process::id());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let database = creel_store::Database::open_postgres(&server).await.unwrap();
        database.execute(&format!("CREATE SCHEMA {schema}"), vec![]).await.unwrap();
        database.close().await;
    });
    format!("{server}?options[search_path]={schema}")
}
