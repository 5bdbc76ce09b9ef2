//! A mail server on loopback (aiosmtpd, which `CREEL_PYTHON` has) that hands over each mail that it takes.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::Value;

pub struct Mailbox {
    says: BufReader<ChildStdout>,
    pub url: String,
    server: Child,
}

impl Mailbox {
    pub fn start() -> Mailbox {
        let python = std::env::var("CREEL_PYTHON")
            .expect("CREEL_PYTHON is not set: run `cargo xtask test`, or set it to a Python that has aiosmtpd");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../notify/tests/it/smtp_server.py");
        let mut server = Command::new(python).arg(script).stdout(Stdio::piped()).spawn().expect("CREEL_PYTHON starts");
        let mut says = BufReader::new(server.stdout.take().unwrap());
        let port = line(&mut says);
        Mailbox { says, url: format!("smtp://127.0.0.1:{}", port.trim()), server }
    }

    /// The next mail. The test's own limit of time holds for the wait.
    pub fn mail(&mut self) -> Value {
        serde_json::from_str(&line(&mut self.says)).unwrap()
    }

    /// The link in the next mail, which must be to this address. The test's own limit of time holds for the wait.
    pub fn link_to(&mut self, address: &str) -> String {
        let mail = self.mail();
        assert_eq!(mail["to"][0], address, "{mail}");
        let text = mail["plain"].as_str().unwrap();
        let from = text.find("http").unwrap_or_else(|| panic!("no link: {text}"));
        text[from..].split_whitespace().next().unwrap().to_owned()
    }
}

fn line(says: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    assert!(says.read_line(&mut line).unwrap() > 0, "the mail server ended");
    line
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
