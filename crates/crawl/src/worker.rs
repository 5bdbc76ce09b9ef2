//! Takes runs from the database and crawls them, several at once, until told to stop.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{Crawler, crawl_run};

/// Runs that one process crawls at once.
pub const RUNS_MAX: usize = 8;
/// How often a worker without work looks for some.
const LOOK_MS: u64 = 300;
/// How long a run that broke off rests before it is taken up again.
const AFTER_FAILURE_MS: u64 = 2_000;

/// Works until `stop` is cancelled, then gives its runs back and returns.
pub async fn work(crawler: Crawler, stop: CancellationToken) {
    let judge = crawler.shared().owner.judge();
    let mut crawling = JoinSet::new();
    while !stop.is_cancelled() {
        while crawling.try_join_next().is_some() {}
        if crawling.len() < RUNS_MAX {
            match crawler.store().claim_next_run(crawler.shared().owner.id, &judge).await {
                Ok(Some(run)) => {
                    let (crawler, stop) = (crawler.clone(), stop.clone());
                    crawling.spawn(async move {
                        let id = run.id;
                        if let Err(error) = crawl_run(&crawler, run, &stop).await {
                            tracing::error!(run = %id, %error, "a run broke off; it goes on after a pause");
                            tokio::time::sleep(Duration::from_millis(AFTER_FAILURE_MS)).await;
                        }
                    });
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
}
