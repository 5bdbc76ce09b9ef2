//! The processes of a running cluster: which they are, how they are killed, and the watcher that stops them when the process
//! that started them dies. Signals only processes that work in the cluster's own data folder.

use std::{
    fs,
    io::Write,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
};

use super::owner::Owner;

/// Reads one word; where the pipe ends without one, its holder is dead, and the server is told to stop. The first line of
/// `postmaster.pid` is compared, so that never a later server or a stranger with the same number is stopped.
const WATCH: &str = r#"
    if read -r _; then exit; fi
    [ "$(head -n 1 "$2" 2>/dev/null)" = "$1" ] || exit
    kill -INT "$1" 2>/dev/null
"#;

#[derive(Debug)]
pub(super) struct Server {
    pub pid: u32,
    watcher: Child,
}

impl Server {
    /// Sets the watcher beside the server that runs on this data folder.
    pub fn watch(owner: &Owner, data: &Path) -> Result<Server, String> {
        let pid = server_pid(owner, data).ok_or_else(|| format!("no server runs on {}", data.display()))?;
        let watcher = Command::new("sh")
            .args(["-c", WATCH, "sh", &pid.to_string()])
            .arg(data.join("postmaster.pid"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C at a terminal goes to the whole group and would take the watcher before it is needed.
            .process_group(0)
            .current_dir("/")
            .spawn()
            .map_err(|error| format!("sh: {error}"))?;
        Ok(Server { pid, watcher })
    }

    /// SIGKILL for the server and all of its processes; answers which they were.
    pub fn kill_hard(&self, owner: &Owner) -> Result<Vec<u32>, String> {
        // Stopped first, so that it begets no more of them while they are counted.
        signal(owner, "STOP", &[self.pid])?;
        let mut pids = children(self.pid);
        pids.push(self.pid);
        signal(owner, "KILL", &pids)?;
        Ok(pids)
    }

    /// The server is gone, and the watcher has nothing to do.
    pub fn forget(mut self) {
        let told = self.watcher.stdin.take().map(|mut pipe| pipe.write_all(b"done\n"));
        if matches!(told, Some(Err(_))) {
            let _ = self.watcher.kill();
        }
        let _ = self.watcher.wait();
    }
}

/// The server that runs on a data folder. A number left behind by a crash may be another program's by now: only a process
/// that works in the folder counts.
pub(super) fn server_pid(owner: &Owner, data: &Path) -> Option<u32> {
    let pid: u32 = fs::read_to_string(data.join("postmaster.pid")).ok()?.lines().next()?.trim().parse().ok()?;
    // Asked as the owner: a container's root may not look into other users' processes.
    let works_in = output(owner.command("readlink").arg(format!("/proc/{pid}/cwd"))).ok()?;
    (data.canonicalize().ok()? == Path::new(works_in.trim_end())).then_some(pid)
}

/// State and parent of a process, from the kernel's line about it.
fn stat(pid: u32) -> Option<(char, u32)> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may hold anything, brackets too.
    let (_, rest) = line.rsplit_once(')')?;
    let mut words = rest.split_whitespace();
    Some((words.next()?.chars().next()?, words.next()?.parse().ok()?))
}

pub(super) fn exists(pid: u32) -> bool {
    stat(pid).is_some()
}

/// A process that has ended and that nobody has asked about yet is not alive.
pub(super) fn is_alive(pid: u32) -> bool {
    stat(pid).is_some_and(|(state, _)| state != 'Z' && state != 'X')
}

fn children(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let pids = processes.filter_map(|entry| entry.file_name().to_string_lossy().parse().ok());
    pids.filter(|pid| stat(*pid).is_some_and(|(_, of)| of == parent)).collect()
}

/// One that has ended meanwhile is no failure, so the answer of `kill` is not looked at.
fn signal(owner: &Owner, name: &str, pids: &[u32]) -> Result<(), String> {
    let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
    let kill = format!("kill -{name} {} 2>/dev/null; true", pids.join(" "));
    output(owner.command("sh").args(["-c", &kill])).map(|_| ())
}

/// What a program wrote, or why it failed, in its own words.
pub(super) fn output(command: &mut Command) -> Result<String, String> {
    let program = command.get_args().fold(command.get_program().to_string_lossy().into_owned(), |shown, argument| {
        format!("{shown} {}", argument.to_string_lossy())
    });
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let words = [output.stdout, output.stderr].concat();
    Err(format!("{program} ended with {}\n{}", output.status, String::from_utf8_lossy(&words).trim_end()))
}
