//! `creel demo --billing` and `--stripe-only`: what they print leads where it says.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use crate::{
    browser::Browser,
    command::Creel,
    pages::{look, send},
    server::client,
};

/// A demo that runs, with the lines that it prints.
struct Demo {
    child: Child,
    lines: Box<dyn Iterator<Item = String>>,
}

impl Demo {
    fn start(words: &[&str]) -> Demo {
        let mut command = Command::new(env!("CARGO_BIN_EXE_creel"));
        for (variable, _) in std::env::vars().filter(|(variable, _)| variable.starts_with("CREEL_")) {
            command.env_remove(variable);
        }
        command.args(["demo"]).args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        Demo { child, lines: Box::new(lines) }
    }

    /// The first line that holds the text, from there on.
    fn line(&mut self, text: &str) -> String {
        self.lines.find_map(|line| line.find(text).map(|at| line[at + text.len()..].trim().to_owned())).unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

#[test]
fn the_demo_sells_plans_through_a_stripe_of_its_own() {
    let mut demo = Demo::start(&["--billing"]);
    let billing = demo.line("Billing:");
    let (email, password) = {
        let signing_in = demo.line("Sign in as");
        let (email, password) = signing_in.split_once("with the password").unwrap();
        (email.trim().to_owned(), password.trim().to_owned())
    };
    let control = demo.line("Control room:").split_whitespace().next().unwrap().to_owned();
    demo.line("Creel listens on");
    let mut owner = Browser::at(billing.strip_suffix("/billing").unwrap());
    assert_eq!(owner.sign_in(&email, &password).status, 200);
    let trial = look(&mut owner, "/billing", 200);
    assert!(trial.contains("Trial: 7 days left") && trial.contains("5,000"), "{trial}");
    let away = send(&mut owner, &trial, "/billing/subscribe", &[]);
    assert!(away.status == 303 && away.location().starts_with(&format!("{control}checkout/")), "{}", away.location());
    let page = client().get(away.location()).send().unwrap();
    assert_eq!(page.status(), 200);
}

#[test]
fn a_stripe_alone_prints_the_settings_that_lead_to_it() {
    let webhook = "http://127.0.0.1:9/webhooks/stripe";
    let mut demo = Demo::start(&["--stripe-only", "--webhook-url", webhook]);
    let settings: Vec<String> = demo.lines.by_ref().skip_while(|line| !line.starts_with("billing_mode")).take(4).collect();
    let creel = Creel::new();
    let config = creel.folder().join("creel.toml");
    std::fs::write(&config, settings.join("\n")).unwrap();
    let config = config.display().to_string();
    assert_eq!(creel.run(&["config", "check", "--config", &config]).code, 0, "{settings:?}");
    let again = creel.run(&["billing", "setup-stripe", "--webhook-url", webhook, "--config", &config]);
    assert!(again.code == 0 && again.out.contains("nothing was changed"), "{}{}", again.out, again.err);
    for wrong in [vec!["--webhook-url", webhook], vec!["--billing", "--stripe-only"], vec!["--billing", "--shop-only"]] {
        let mut refused = Demo::start(&wrong);
        assert_eq!(refused.child.wait().unwrap().code(), Some(2), "{wrong:?}");
    }
}
