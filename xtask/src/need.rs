//! What the chores need from outside: found, or installed where this process may, or named.

use std::{fs, path::Path, process::Command};

use crate::sh;

const NEXTEST: &str = "0.9.143";
const DENY: &str = "0.20.2";
/// What EverShop and the toolbox run on.
const NODE_MIN: u32 = 20;

/// cargo-nextest, which runs the tests.
pub fn nextest() -> Result<(), String> {
    cargo_tool("nextest", "cargo-nextest", NEXTEST)
}

/// cargo-deny, which checks licences, bans and sources.
pub fn deny() -> Result<(), String> {
    cargo_tool("deny", "cargo-deny", DENY)
}

fn cargo_tool(subcommand: &str, package: &str, version: &str) -> Result<(), String> {
    if sh::output(sh::cargo().args([subcommand, "--version"])).is_ok() {
        return Ok(());
    }
    println!("{package} is missing and is built now; this happens once");
    sh::run(sh::cargo().args(["install", package, "--version", version, "--locked"]))
}

/// Programs from Debian's packages: installed when this process is root, named when not.
pub fn debian(programs: &[(&str, &str)]) -> Result<(), String> {
    let missing: Vec<&str> =
        programs.iter().filter(|(program, _)| !sh::exists(program, "--version")).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    install(&missing)
}

/// Python with what makes virtual environments, which Debian packs by itself.
pub fn python() -> Result<(), String> {
    if sh::output(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_ok() {
        return Ok(());
    }
    install(&["python3", "python3-venv"])
}

/// Node.js and npm.
pub fn node() -> Result<(), String> {
    debian(&[("node", "nodejs"), ("npm", "npm")])?;
    let version = sh::output(Command::new("node").args(["-p", "process.versions.node"]))?;
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major >= NODE_MIN) {
        return Ok(());
    }
    Err(format!("Node.js {NODE_MIN} or newer is needed, this is {}", version.trim()))
}

/// What the shell examples of the guides call.
pub fn curl_and_jq() -> Result<(), String> {
    debian(&[("curl", "curl"), ("jq", "jq")])
}

/// Chromium; answers under which of its names it is found.
pub fn chromium() -> Result<String, String> {
    let find = || ["chromium", "chromium-browser"].into_iter().find_map(sh::find);
    if let Some(path) = find() {
        return Ok(path);
    }
    install(&["chromium"])?;
    find().ok_or_else(|| "chromium was installed and is not found".to_owned())
}

/// PostgreSQL's programs. Debian's package would make and start a cluster for the whole machine, which nobody here asked for.
pub fn postgres() -> Result<(), String> {
    if creel_testkit::postgres::programs().is_some() {
        return Ok(());
    }
    let settings = Path::new("/etc/postgresql-common/createcluster.conf");
    if is_root()? && !settings.exists() {
        let failed = |error: std::io::Error| format!("{}: {error}", settings.display());
        fs::create_dir_all("/etc/postgresql-common").map_err(failed)?;
        fs::write(settings, "create_main_cluster = false\n").map_err(failed)?;
    }
    install(&["postgresql"])
}

fn is_root() -> Result<bool, String> {
    Ok(sh::output(Command::new("id").arg("-u"))?.trim() == "0")
}

fn install(packages: &[&str]) -> Result<(), String> {
    if !is_root()? {
        return Err(format!("install these first: apt-get install {}", packages.join(" ")));
    }
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    sh::run(apt().arg("update"))?;
    sh::run(apt().args(["install", "-y", "--no-install-recommends"]).args(packages))
}
