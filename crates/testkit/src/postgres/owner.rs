//! Whose the cluster's files and processes are. PostgreSQL refuses to run as root, so as root they belong to the user
//! `postgres`, and everything that touches them goes through `runuser`.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    process::Command,
};

use super::server::output;

const LOG_LINES: usize = 20;

#[derive(Clone, Debug)]
pub(super) struct Owner {
    is_root: bool,
}

impl Owner {
    pub fn of_this_process() -> Result<Owner, String> {
        Ok(Owner { is_root: output(Command::new("id").arg("-u"))?.trim() == "0" })
    }

    /// A program as this owner, in a folder that everybody may be in.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = if self.is_root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/");
        command
    }

    /// The folder for the cluster itself: in the given one, or below /var/tmp where the owner cannot reach that.
    pub fn place(&self, folder: &Path) -> Result<PathBuf, String> {
        let folder = folder.canonicalize().map_err(|error| format!("{}: {error}", folder.display()))?;
        let reachable = output(self.command("test").arg("-x").arg(&folder)).is_ok();
        let place = if reachable { folder.join("cluster") } else { unreachable_place(&folder) };
        let mut install = Command::new("install");
        install.args(["-d", "-m", "700"]).args(self.is_root.then_some(["-o", "postgres"]).into_iter().flatten());
        output(install.arg(&place))?;
        Ok(place)
    }

    /// Writes a new password that only the owner can read.
    pub fn write_secret(&self, path: &Path) -> Result<(), String> {
        let mut bytes = [0; 16];
        let read = File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut bytes));
        read.map_err(|error| format!("/dev/urandom: {error}"))?;
        let secret: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        output(self.command("sh").args(["-c", "umask 077; echo \"$1\" >\"$2\"", "sh", &secret]).arg(path)).map(|_| ())
    }

    /// A small file of the owner's, without the line's end.
    pub fn read(&self, path: &Path) -> Result<String, String> {
        output(self.command("cat").arg(path)).map(|text| text.trim_end().to_owned())
    }

    /// The end of a log, for the message of a failure.
    pub fn tail(&self, path: &Path) -> String {
        let text = fs::read_to_string(path).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
    }
}

/// FNV-1a of the path: short, and the same in every build, so that the next start finds the cluster again.
fn unreachable_place(folder: &Path) -> PathBuf {
    let bytes = folder.as_os_str().as_encoded_bytes();
    let hash =
        bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    PathBuf::from(format!("/var/tmp/creel-postgres-{hash:016x}"))
}
