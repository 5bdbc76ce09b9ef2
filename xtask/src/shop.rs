//! Shops that nobody here wrote, run on loopback for tests and for trying things.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use crate::{need, sh};

/// A shop that runs until dropped.
pub struct RunningShop {
    child: Child,
    pub address: String,
}

impl Drop for RunningShop {
    fn drop(&mut self) {
        // The script stops the shop and its database on SIGTERM; SIGKILL would leave both running.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// Installs (once), seeds and starts EverShop, and waits until it answers.
pub fn start_evershop(port: u16) -> Result<RunningShop, String> {
    need::node()?;
    let script = sh::root().join("xtask/shops/evershop/start.sh");
    let mut child = Command::new("bash")
        .arg(script)
        .arg(sh::work_folder("evershop")?)
        .arg(port.to_string())
        // The script ends with this pipe, so also when this process is killed.
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("bash: {error}"))?;
    let lines = child.stdout.take().map(|out| BufReader::new(out).lines());
    for line in lines.into_iter().flatten().map_while(Result::ok) {
        if let Some(address) = line.strip_prefix("listening on ") {
            return Ok(RunningShop { child, address: address.to_owned() });
        }
    }
    let _ = child.wait();
    Err("EverShop did not start; its log folder is under target/xtask/evershop/log".to_owned())
}

/// `cargo xtask shop evershop`.
pub fn serve_evershop(port: u16) -> Result<(), String> {
    let mut shop = start_evershop(port)?;
    println!("EverShop listens on {}; Ctrl-C ends it", shop.address);
    println!("try: creel run {} --allow-private", shop.address);
    // Waiting closes a child's standard input, and the script would take that for our end.
    let open = shop.child.stdin.take();
    let status = shop.child.wait().map_err(|error| error.to_string())?;
    drop(open);
    if status.success() { Ok(()) } else { Err(format!("EverShop ended with {status}")) }
}
