//! A certified provider of OpenID Connect on loopback, for the tests of signing in through one.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use crate::{sh, toolbox::Toolbox};

/// By which tests find its issuer.
pub const VARIABLE: &str = "CREEL_OIDC";

/// A running provider; it ends with this value, and with this process however that ends.
pub struct Provider {
    pub issuer: String,
    child: Child,
}

pub fn start(toolbox: &Toolbox) -> Result<Provider, String> {
    let script = sh::root().join("xtask/toolbox/oidc.mjs");
    let mut node = Command::new("node");
    node.arg(&script).envs(toolbox.variables()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = node.spawn().map_err(|error| format!("node {}: {error}", script.display()))?;
    let mut issuer = String::new();
    if let Some(out) = child.stdout.take() {
        BufReader::new(out).read_line(&mut issuer).map_err(|error| format!("the OpenID provider: {error}"))?;
    }
    let provider = Provider { issuer: issuer.trim().to_owned(), child };
    if provider.issuer.is_empty() {
        return Err(format!("node {} did not start", script.display()));
    }
    Ok(provider)
}

/// `cargo xtask oidc`: serves until interrupted.
pub fn serve(toolbox: &Toolbox) -> Result<(), String> {
    let mut provider = start(toolbox)?;
    println!("an OpenID provider runs until Ctrl-C; for tests in another terminal:");
    println!("export {VARIABLE}={}", provider.issuer);
    // Waiting closes the child's input, at whose end it ends.
    let _input = provider.child.stdin.take();
    provider.child.wait().map(|_| ()).map_err(|error| error.to_string())
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
