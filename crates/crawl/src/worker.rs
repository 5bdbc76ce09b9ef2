//! Takes runs and robot builds from the database and works on them, several at once, until told to stop.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use creel_types::{EndReason, OrganizationId, RunError, RunErrorCode, RunId, metric};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{Claimed, Crawler, crawl_run};

/// Runs that one process crawls at once.
pub const RUNS_MAX: usize = 8;
/// Times in a row that a run may break off in one process before it is given up.
const BREAKS_MAX: u32 = 6;
/// How often a worker without work looks for some.
const LOOK_MS: u64 = 300;
/// The first pause before a run that broke off is taken up again; each further one is twice as long.
const PAUSE_MS: u64 = 1_000;

/// How often each run broke off; a run that ends is forgotten.
type Breaks = Arc<Mutex<HashMap<RunId, u32>>>;

/// Works until `stop` is cancelled, then gives its runs back and returns.
pub async fn work(crawler: Crawler, stop: CancellationToken) {
    let breaks = Breaks::default();
    let mut crawling = JoinSet::new();
    let building = tokio::spawn(build(crawler.clone(), stop.clone()));
    while !stop.is_cancelled() {
        while crawling.try_join_next().is_some() {}
        if crawling.len() < RUNS_MAX {
            match crawler.claim_next().await {
                Ok(Some(claimed)) => {
                    crawling.spawn(crawl(crawler.clone(), claimed, stop.clone(), Arc::clone(&breaks)));
                    continue;
                }
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "looking for a run failed"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {}
            () = stop.cancelled() => {}
        }
    }
    while crawling.join_next().await.is_some() {}
    let _ = building.await;
}

/// Builds robots, one after the other: a build is short, and shops are asked one at a time.
async fn build(crawler: Crawler, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match crawler.build_next().await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "a robot build broke off"),
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Counts and logs how a run came to its end, where it did.
async fn tell_end(crawler: &Crawler, organization: OrganizationId, id: RunId) {
    match crawler.store().get_run(organization, id).await {
        Ok(run) if run.ended_at.is_some() => {
            metrics::counter!(metric::RUNS_ENDED, "status" => run.status.as_str()).increment(1);
            let reason = run.end_reason.map(EndReason::as_str);
            tracing::info!(run = %id, %organization, status = %run.status, reason, extracted = run.extracted, "a run ended");
        }
        Ok(_) => tracing::info!(run = %id, %organization, "a run was given back"),
        Err(error) => tracing::warn!(run = %id, %organization, %error, "how a run ended could not be read"),
    }
}

/// Crawls a run once. One that breaks off is held for a pause, then free to be taken again, and given up after some times.
async fn crawl(crawler: Crawler, claimed: Claimed, stop: CancellationToken, breaks: Breaks) {
    let Claimed { run, hold } = claimed;
    let (id, organization) = (run.id, run.organization);
    tracing::info!(run = %id, %organization, host = %run.host, "a run was taken");
    metrics::gauge!(metric::RUNS_IN_HAND).increment(1);
    let ended = crawl_run(&crawler, run, &stop).await;
    metrics::gauge!(metric::RUNS_IN_HAND).decrement(1);
    let Err(error) = ended else {
        tell_end(&crawler, organization, id).await;
        breaks.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        return;
    };
    let times = {
        let mut breaks = breaks.lock().unwrap_or_else(PoisonError::into_inner);
        let times = breaks.entry(id).or_default();
        *times += 1;
        *times
    };
    tracing::error!(run = %id, %organization, %error, times, "a run broke off");
    metrics::counter!(metric::RUNS_BROKEN_OFF).increment(1);
    if times >= BREAKS_MAX {
        let trouble = RunError { code: RunErrorCode::Internal, message: format!("it broke off {times} times: {error}") };
        if let Err(error) = crawler.store().fail_run(id, crawler.owner(), &trouble).await {
            tracing::error!(run = %id, %error, "a run could not be given up");
        }
        return;
    }
    tokio::select! {
        () = tokio::time::sleep(Duration::from_millis(PAUSE_MS << times)) => {}
        () = stop.cancelled() => {}
    }
    drop(hold);
}
