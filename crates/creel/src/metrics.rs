//! What a server measures about itself, for `/metrics`. The names stand in `creel_types::metric`; queues are asked for when
//! somebody looks, and at most every few seconds.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use creel_api::Exposition;
use creel_store::{
    Store,
    reconcile::{Pass, ReconcilerName},
};
use creel_types::metric::{self, METRICS, MetricKind};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;
use tokio::sync::Mutex;

/// How long what was asked of the database is shown again.
const QUEUES_KEPT: Duration = Duration::from_secs(5);
/// Bounds of what is counted in seconds: from a page that settles to a shop that does not answer.
const SECONDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Bounds of what is counted in pieces.
const PIECES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Begins to measure. Once a process.
pub fn measure(store: &Store, token: &str) -> Result<Exposition, BuildError> {
    let recorded = PrometheusBuilder::new()
        .set_buckets(&SECONDS)?
        .set_buckets_for_metric(Matcher::Full(metric::SETTLE_PAGES.to_owned()), &PIECES)?
        .install_recorder()?;
    describe();
    metrics::gauge!(metric::BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1);
    let process = Collector::default();
    process.describe();
    let shown = Arc::new(Shown { recorded, process, store: store.clone(), asked: Mutex::new(None) });
    let render = Arc::new(move || -> std::pin::Pin<Box<dyn Future<Output = String> + Send>> {
        let shown = Arc::clone(&shown);
        Box::pin(async move { shown.render().await })
    });
    Ok(Exposition { token: Some(token).filter(|token| !token.is_empty()).map(Arc::from), render })
}

fn describe() {
    for metric in METRICS {
        match metric.kind {
            MetricKind::Counter => metrics::describe_counter!(metric.name, metric.help),
            MetricKind::Gauge => metrics::describe_gauge!(metric.name, metric.help),
            MetricKind::Histogram => metrics::describe_histogram!(metric.name, metric.help),
        }
        // A counter without labels is there from the start: what never happened is 0 and not unknown.
        if metric.kind == MetricKind::Counter && metric.labels.is_empty() {
            metrics::counter!(metric.name).absolute(0);
        }
    }
}

struct Shown {
    recorded: PrometheusHandle,
    process: Collector,
    store: Store,
    /// When the queues were asked for last.
    asked: Mutex<Option<Instant>>,
}

impl Shown {
    async fn render(&self) -> String {
        self.look_at_queues().await;
        self.process.collect();
        self.recorded.run_upkeep();
        self.recorded.render()
    }

    async fn look_at_queues(&self) {
        let mut asked = self.asked.lock().await;
        if asked.is_some_and(|at| at.elapsed() < QUEUES_KEPT) {
            return;
        }
        match self.store.backlogs().await {
            Ok(backlogs) => {
                let now = self.store.clock.now();
                for backlog in backlogs {
                    let queue = backlog.queue.as_str();
                    metrics::gauge!(metric::QUEUE_WAITING, "queue" => queue).set(number(backlog.waiting));
                    let oldest_ms = backlog.oldest_at.map_or(0, |at| now.ms_since(at).max(0));
                    metrics::gauge!(metric::QUEUE_OLDEST, "queue" => queue).set(number(oldest_ms) / 1e3);
                }
                *asked = Some(Instant::now());
            }
            Err(error) => tracing::warn!(%error, "queues could not be counted"),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a figure for a graph")]
fn number(value: i64) -> f64 {
    value as f64
}

/// Counts a pass; `None` is one that failed.
pub fn reconciled(name: ReconcilerName, took: Duration, pass: Option<&Pass>) {
    let name = name.as_str();
    let result = if pass.is_some() { "done" } else { "failed" };
    metrics::counter!(metric::RECONCILER_PASSES, "reconciler" => name, "result" => result).increment(1);
    metrics::histogram!(metric::RECONCILER_SECONDS, "reconciler" => name).record(took);
    if let Some(pass) = pass {
        metrics::counter!(metric::RECONCILER_CHANGED, "reconciler" => name).increment(pass.changed);
    }
}

/// When a good pass ended.
pub fn reconciled_at(name: ReconcilerName, at: creel_types::Time) {
    metrics::gauge!(metric::RECONCILER_PASSED_AT, "reconciler" => name.as_str()).set(number(at.0) / 1e3);
}
