//! The examples of the guides are run: each block of shell, Python or TypeScript in `README.md` and `docs/guides/` is marked either
//! to be run or with the reason why not, ends well, and says what the document shows behind it.
//!
//! The marks are comments of Markdown in the line above a block:
//!
//! ```text
//! <!-- run: key, shop -->     with CREEL_URL and CREEL_KEY of a server of the document's own, and SHOP_URL of the demo shop
//! <!-- norun: REASON -->
//! <!-- shows -->              above a block of json or text: what the block before it writes, where … stands for anything
//! ```
//!
//! Blocks of one document run in its order and in one folder; variables and functions of its shell stay for its later blocks.

mod compare;
mod read;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use read::{Block, Language, Mark};

use crate::{demo_shop::DemoShop, server::Server};

/// How long one block may take, as `timeout` reads it.
const BLOCK_SECONDS_MAX: &str = "120";
/// Blocks that are run at least: fewer, and the documents are not read as they should be.
const BLOCKS_RUN_MIN: usize = 5;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The documents by their path from the root, in alphabetical order.
fn documents() -> Vec<(String, String)> {
    let mut paths = vec!["README.md".to_owned()];
    for entry in fs::read_dir(root().join("docs/guides")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name.ends_with(".md"), "docs/guides/{name} is no Markdown");
        paths.push(format!("docs/guides/{name}"));
    }
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(root().join(&path)).unwrap())).collect()
}

#[test]
fn every_example_is_run_or_says_why_not() {
    let faults: Vec<String> =
        documents().iter().flat_map(|(path, text)| read::blocks(path, text).err().unwrap_or_default()).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_example_that_is_run_does_what_its_document_shows() {
    let (mut run, mut faults) = (0, Vec::new());
    for (path, text) in documents() {
        let Ok(blocks) = read::blocks(&path, &text) else { continue };
        if blocks.iter().any(|block| matches!(block.mark, Mark::Run { .. })) {
            let mut session = Session::new(&blocks);
            for block in &blocks {
                if let Mark::Run { .. } = block.mark {
                    run += 1;
                    faults.extend(session.run(block).err());
                }
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n\n"));
    assert!(run >= BLOCKS_RUN_MIN, "{run} blocks were run");
}

/// What the blocks of one document share.
struct Session {
    folder: tempfile::TempDir,
    server: Option<Server>,
    shop: Option<DemoShop>,
}

impl Session {
    fn new(blocks: &[Block]) -> Session {
        let any = |word: &str| blocks.iter().any(|block| block.mark.wants(word));
        Session {
            folder: tempfile::tempdir().unwrap(),
            server: any("key").then(Server::start),
            shop: any("shop").then(DemoShop::start),
        }
    }

    fn run(&mut self, block: &Block) -> Result<(), String> {
        let mut command = self.command(block);
        if let Some(server) = self.server.as_ref().filter(|_| block.mark.wants("key")) {
            command.env("CREEL_URL", &server.address).env("CREEL_KEY", &server.key);
        }
        if let Some(shop) = self.shop.as_ref().filter(|_| block.mark.wants("shop")) {
            command.env("SHOP_URL", shop.url());
        }
        let output = command.current_dir(self.folder.path()).stdin(Stdio::null()).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if !output.status.success() {
            return Err(format!("{}: ended with {}\n{out}{err}", block.at, output.status));
        }
        match &block.shows {
            Some(shown) => compare::compare(shown, &out).map_err(|fault| format!("{}: {fault}\n{out}{err}", block.at)),
            None => Ok(()),
        }
    }

    fn command(&self, block: &Block) -> Command {
        let write = |name: &str, text: &str| {
            let path = self.folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let mut command = Command::new("timeout");
        command.arg(BLOCK_SECONDS_MAX);
        match block.language {
            Language::Shell => {
                // What it sets is exported, so that it can be written down and read again.
                let state = self.folder.path().join(".state");
                let state = state.display();
                let before = format!("set -a\nif [ -e {state} ]; then . {state}; fi\n");
                let behind = format!("{{ export -p; declare -f; }} > {state}\n");
                let path = write("example.sh", &format!("{before}{}{behind}", block.text));
                command.args(["bash", "-euo", "pipefail"]).arg(path)
            }
            Language::Python => command.arg(needed("CREEL_PYTHON")).arg(write("example.py", &block.text)),
            Language::TypeScript => {
                let loader = Path::new(&needed("CREEL_NODE_MODULES")).join("tsx/dist/loader.mjs");
                command.args(["node", "--import", &format!("file://{}", loader.display())]);
                command.arg(write("example.mts", &block.text))
            }
        };
        command
    }
}

fn needed(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run `cargo xtask test`, or `cargo xtask toolbox` and export what it prints")
    })
}
