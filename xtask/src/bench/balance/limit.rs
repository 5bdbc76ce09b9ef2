//! The limit on an organization's requests: asked faster than it allows, the server lets through what the limit promises and
//! tells the rest when to come back, and then means it.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{runtime::Builder, time::sleep};

use super::load::{Answer, Connection};

/// What an organization may ask where the operator sets nothing else.
const PER_MINUTE: f64 = 120.0;
const BURST: f64 = 30.0;
/// How far one process may be off: it leases tokens in blocks.
const ERROR_MAX: f64 = BURST;
const ASKED: usize = 200;
/// Between two requests: five seconds in all, ten times as fast as the limit refills.
const PAUSE: Duration = Duration::from_millis(25);
/// Nobody is told to wait longer than it takes to fill the whole bucket.
const RETRY_SECONDS_MAX: u64 = 60;

/// What came of asking too often.
pub struct Limited {
    allowed: usize,
    refused: usize,
    seconds: f64,
    /// What was wrong with answers, each once.
    wrong: Vec<String>,
    /// What the server said to one who waited as long as he was told to.
    after_waiting: Option<u16>,
}

pub fn measure(address: SocketAddr, request: &[u8]) -> Result<Limited, String> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(ask_too_often(address, request))
}

async fn ask_too_often(address: SocketAddr, request: &[u8]) -> Result<Limited, String> {
    let mut connection = Connection::open(address).await?;
    let began = Instant::now();
    let mut limited = Limited { allowed: 0, refused: 0, seconds: 0.0, wrong: Vec::new(), after_waiting: None };
    let mut wait = None;
    for _ in 0..ASKED {
        let answer = connection.ask(request).await?;
        match answer.status {
            200 => limited.allowed += 1,
            429 => {
                limited.refused += 1;
                wait = limited.check_refusal(&answer);
            }
            status => limited.note(format!("an answer with status {status}")),
        }
        sleep(PAUSE).await;
    }
    limited.seconds = began.elapsed().as_secs_f64();
    if let Some(seconds) = wait {
        sleep(Duration::from_secs(seconds)).await;
        limited.after_waiting = Some(connection.ask(request).await?.status);
    }
    Ok(limited)
}

impl Limited {
    fn note(&mut self, fault: String) {
        if !self.wrong.contains(&fault) {
            self.wrong.push(fault);
        }
    }

    /// The headers that a refusal has; answers for how long one is told to wait.
    fn check_refusal(&mut self, answer: &Answer) -> Option<u64> {
        let mut number = |name: &str| {
            let value = answer.header(name).and_then(|value| value.parse::<u64>().ok());
            if value.is_none() {
                self.note(format!("a refusal without {name}"));
            }
            value
        };
        let wait = number("retry-after");
        number("ratelimit-limit");
        number("ratelimit-reset");
        let remaining = number("ratelimit-remaining");
        if remaining.is_some_and(|remaining| remaining > 0) {
            self.note("a refusal although something remains".to_owned());
        }
        if wait.is_some_and(|seconds| seconds == 0 || seconds > RETRY_SECONDS_MAX) {
            self.note(format!("a refusal with retry-after outside 1 to {RETRY_SECONDS_MAX} seconds"));
        }
        wait.filter(|seconds| *seconds <= RETRY_SECONDS_MAX)
    }

    /// The burst, and what came back while it was asked.
    fn promised(&self) -> f64 {
        BURST + self.seconds * PER_MINUTE / 60.0
    }

    pub fn show(&self, engine: &str, json: bool) {
        let Limited { allowed, refused, seconds, .. } = self;
        let promised = self.promised();
        if json {
            let line = json!({
                "figure": format!("balance.{engine}.limit"), "value": allowed, "unit": "requests let through",
                "promised": promised.round(), "refused": refused, "seconds": (seconds * 10.0).round() / 10.0,
            });
            println!("{line}");
        } else {
            println!(
                "balance.{engine}.limit: of {ASKED} requests in {seconds:.1} s {allowed} were let through and {refused} refused; \
                 promised are {promised:.0}"
            );
        }
    }

    pub fn faults(&self) -> Vec<String> {
        let mut faults = self.wrong.clone();
        let (allowed, promised) = (self.allowed as f64, self.promised());
        if (allowed - promised).abs() > ERROR_MAX {
            faults.push(format!("{allowed} requests were let through, promised are {promised:.0} to within {ERROR_MAX}"));
        }
        if self.after_waiting.is_some_and(|status| status != 200) {
            faults.push("who waits as long as retry-after says is refused again".to_owned());
        }
        faults
    }
}
