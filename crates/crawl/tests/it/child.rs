//! A process that crawls until it dies at a named place: the test's own program, started again to play this part.
//!
//! It dies by `abort`, so nothing is tidied up, and says each capture that it was told to be stored before it passes on.

use std::{
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use creel_crawl::crawl_run;
use creel_store::FailPoints;
use creel_types::RunId;
use tokio_util::sync::CancellationToken;

use crate::place::{Address, Place};

/// Which test starts this process, and the words that it hands over.
const DATABASE: &str = "CREEL_TEST_CRASH_DATABASE";
const RUN: &str = "CREEL_TEST_CRASH_RUN";
const DEATH: &str = "CREEL_TEST_CRASH_DEATH";

/// Death at the n-th passing of a place.
#[derive(Clone, Copy, Debug)]
pub struct Death {
    pub place: &'static str,
    pub passing: u32,
}

/// How a child came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It died where it should.
    Died,
    /// The run ended before that.
    RunEnded,
}

/// Starts `test` of this program as a child on the place's run and waits for its end. What it said goes to the place.
pub fn start(place: &mut Place, test: &str, death: Option<Death>) -> End {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]);
    command.env(DATABASE, place.address.word()).env(RUN, place.run.to_string());
    command.env(DEATH, death.map_or(String::new(), |death| format!("{} {}", death.place, death.passing)));
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    place.acknowledged.extend(said.lines().filter_map(stored));
    if output.status.success() {
        return End::RunEnded;
    }
    let err = String::from_utf8_lossy(&output.stderr);
    let aborted = std::os::unix::process::ExitStatusExt::signal(&output.status) == Some(6);
    assert!(aborted && death.is_some(), "the child failed: {}\n{said}\n{err}", output.status);
    End::Died
}

/// The capture that a line of the child's log says to be stored.
fn stored(line: &str) -> Option<String> {
    let event: serde_json::Value = serde_json::from_str(&line[line.find('{')?..]).ok()?;
    let verdict = event["fields"]["verdict"].as_str()?;
    Some(verdict.strip_prefix("Stored(CaptureId(")?.trim_end_matches(')').to_owned())
}

/// Plays the child's part if this process was started for it.
pub async fn is_played() -> bool {
    let (Ok(database), Ok(run), Ok(death)) = (std::env::var(DATABASE), std::env::var(RUN), std::env::var(DEATH)) else {
        return false;
    };
    say_what_is_settled();
    let address = Address::parse(&database);
    let run: RunId = run.parse().unwrap();
    let mut store = address.open().await;
    if let Some((place, passing)) = death.split_once(' ') {
        store.fail_points = dying(place.to_owned(), passing.parse().unwrap());
    }
    let crawler = address.crawler(store).await;
    // Until the run has ended. A server notices the end of the last child's session a moment after the child.
    while crawler.store().list_claimable_runs().await.unwrap().contains(&run) {
        match crawler.claim(run).await.unwrap() {
            Some(claimed) => {
                crawl_run(&crawler, claimed.run, &CancellationToken::new()).await.unwrap();
            }
            None => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
    true
}

fn dying(at: String, passing: u32) -> FailPoints {
    let passed = AtomicU32::new(0);
    FailPoints::new(move |place| {
        if place == at && passed.fetch_add(1, Ordering::SeqCst) + 1 == passing {
            std::process::abort();
        }
    })
}

/// Each line reaches the pipe before the page passes on.
fn say_what_is_settled() {
    let wanted = tracing_subscriber::EnvFilter::new("creel_crawl::walk=debug");
    tracing_subscriber::fmt().json().with_env_filter(wanted).with_writer(std::io::stdout).init();
}
