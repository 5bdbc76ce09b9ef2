//! What the chores need from outside: found, or installed where this process may, or named.

use std::process::Command;

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
    let root = sh::output(Command::new("id").arg("-u"))?.trim() == "0";
    if !root {
        return Err(format!("install these first: apt-get install {}", missing.join(" ")));
    }
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    sh::run(apt().arg("update"))?;
    sh::run(apt().args(["install", "-y", "--no-install-recommends"]).args(missing))
}
