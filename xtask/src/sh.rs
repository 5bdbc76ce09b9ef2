//! Running other programs, with the command named in every failure.

use std::{
    io::{self, BufRead, BufReader},
    path::PathBuf,
    process::{Command, ExitStatus, Stdio},
};

/// Runs a command with its output shown; fails when it fails.
pub fn run(command: &mut Command) -> Result<(), String> {
    let shown = shown(command);
    println!("$ {shown}");
    let status = command.status().map_err(|error| format!("{shown}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown} ended with {status}")) }
}

/// Runs a command and answers what it wrote to standard output.
pub fn output(command: &mut Command) -> Result<String, String> {
    let shown = shown(command);
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| format!("{shown}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{shown} ended with {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("{shown}: {error}"))
}

/// Runs a command, shows what it writes to standard error line by line, and answers these lines; fails when it fails.
pub fn follow(command: &mut Command) -> Result<Vec<String>, String> {
    let shown = shown(command);
    println!("$ {shown}");
    let failed = |error: io::Error| format!("{shown}: {error}");
    let mut child = command.stderr(Stdio::piped()).spawn().map_err(failed)?;
    let mut lines = Vec::new();
    if let Some(pipe) = child.stderr.take() {
        for line in BufReader::new(pipe).split(b'\n') {
            let line = String::from_utf8_lossy(&line.map_err(failed)?).into_owned();
            eprintln!("{line}");
            lines.push(line);
        }
    }
    let status = child.wait().map_err(failed)?;
    if status.success() { Ok(lines) } else { Err(format!("{shown} ended with {status}")) }
}

/// Runs a command whose failure is an answer: how it ended, and what it wrote to standard error.
pub fn attempt(command: &mut Command) -> Result<(ExitStatus, String), String> {
    let output = command.stdout(Stdio::null()).output().map_err(|error| format!("{}: {error}", shown(command)))?;
    Ok((output.status, String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// Whether a program can be started at all.
pub fn exists(program: &str, argument: &str) -> bool {
    let command = Command::new(program).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status();
    command.is_ok_and(|status| status.success())
}

/// Where a program is found that would be started by this name.
pub fn find(program: &str) -> Option<String> {
    let folders = std::env::var_os("PATH")?;
    let mut paths = std::env::split_paths(&folders).map(|folder| folder.join(program));
    paths.find(|path| path.is_file()).map(|path| path.display().to_string())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// The workspace's root: the folder above this crate.
pub fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or(here.clone(), PathBuf::from)
}

/// `cargo` in the workspace's root.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    command.current_dir(root());
    command
}

/// Cargo's own folder for what it builds.
pub fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The folder for things that chores make: under cargo's own target folder, so that `cargo clean` removes them too.
pub fn work_folder(name: &str) -> Result<PathBuf, String> {
    let folder = target_folder().join("xtask").join(name);
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}
