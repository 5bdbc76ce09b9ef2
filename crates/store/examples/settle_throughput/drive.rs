//! The measurement, the same for both designs: a warm-up that also tells how many pages are needed, then so many producers
//! that each hand over a page, wait for its end, and take the next.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde::Serialize;
use tokio::task::JoinSet;

use crate::Failure;

/// Pages of the warm-up, which fills caches of statements and shows the rate.
const WARM_UP_PAGES: usize = 2_000;
const WARM_UP: Duration = Duration::from_millis(300);
/// Pages that are prepared at most: what 30,000 a second need in two seconds, half a gigabyte.
const PAGES_MAX: usize = 60_000;

/// A way of settling captures.
pub trait Design: Clone + Send + Sync + 'static {
    type Page: Send + 'static;

    /// Leased pages with their products, outside the measured time.
    fn prepare(&mut self, count: usize) -> impl Future<Output = Result<Vec<Self::Page>, Failure>> + Send;

    /// One capture, on disk when it returns.
    fn settle(&self, page: Self::Page) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Fails unless captures, ledger and balances say exactly that so many were stored.
    fn check(self, stored: usize) -> impl Future<Output = Result<(), Failure>> + Send;
}

#[derive(Debug, Serialize)]
pub struct Measured {
    pub debits_per_s: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub debits: usize,
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures for people"
)]
pub async fn measure<D: Design>(mut design: D, in_flight: usize, time: Duration) -> Result<Measured, Failure> {
    let pages = design.prepare(WARM_UP_PAGES).await?;
    let (warm, lasted) = drive(&design, pages, in_flight, WARM_UP).await?;
    let rate = warm.len() as f64 / lasted.as_secs_f64();
    // Once warm it may be faster.
    let wanted = (rate * time.as_secs_f64() * 2.0) as usize;
    let pages = design.prepare(wanted.clamp(WARM_UP_PAGES, PAGES_MAX)).await?;
    let (mut latencies, lasted) = drive(&design, pages, in_flight, time).await?;
    design.check(warm.len() + latencies.len()).await?;
    latencies.sort_unstable();
    let at = |share: usize| latencies.get(latencies.len() * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    Ok(Measured {
        debits_per_s: latencies.len() as f64 / lasted.as_secs_f64(),
        p50_ms: at(50),
        p99_ms: at(99),
        debits: latencies.len(),
    })
}

/// Each page's latency, and how long all of them took: until the time is over or the pages are.
async fn drive<D: Design>(
    design: &D,
    pages: Vec<D::Page>,
    in_flight: usize,
    time: Duration,
) -> Result<(Vec<Duration>, Duration), Failure> {
    let pages = Arc::new(Mutex::new(pages.into_iter()));
    let started = Instant::now();
    let mut producers = JoinSet::new();
    for _ in 0..in_flight {
        let (design, pages) = (design.clone(), Arc::clone(&pages));
        producers.spawn(async move {
            let mut latencies = Vec::new();
            while started.elapsed() < time {
                let Some(page) = pages.lock().unwrap_or_else(PoisonError::into_inner).next() else { break };
                let handed_over = Instant::now();
                design.settle(page).await?;
                latencies.push(handed_over.elapsed());
            }
            Ok::<_, Failure>(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(producer) = producers.join_next().await {
        latencies.extend(producer??);
    }
    Ok((latencies, started.elapsed()))
}
