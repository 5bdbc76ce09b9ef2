//! What the chores need from outside: found, or installed where this process may, or named.

use std::{fs, path::Path, process::Command};

use crate::sh;

const NEXTEST: &str = "0.9.143";
const DENY: &str = "0.20.2";

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
