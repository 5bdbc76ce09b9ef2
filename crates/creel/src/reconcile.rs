//! What a server does while nobody asks: each reconciler on its own timer, or sooner when it is nudged, until the process ends.
//! One that fails is tried again after a pause that doubles; none waits for another. How they fare is written down for
//! `creel doctor` and counted for `/metrics`.

use std::{
    collections::BTreeMap,
    future::Future,
    mem,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use creel_notify::Nudge;
use creel_store::{
    Store, StoreError,
    reconcile::{Pass, ReconcilerName, Tally},
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::metrics;

/// How often it is written down how the reconcilers fare, where nothing changed.
const NOTED_EVERY: Duration = Duration::from_secs(30);
/// The longest pause after failures.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// A pass that is under way.
pub type Passing = Pin<Box<dyn Future<Output = Result<Pass, StoreError>> + Send>>;

/// One reconciler: how it passes, and what wakes it before its timer does.
pub struct Reconciler {
    name: ReconcilerName,
    nudge: Nudge,
    pass: Box<dyn Fn() -> Passing + Send + Sync>,
}

impl Reconciler {
    pub fn new<F, P>(name: ReconcilerName, store: &Store, pass: F) -> Reconciler
    where
        F: Fn(Store) -> P + Send + Sync + 'static,
        P: Future<Output = Result<Pass, StoreError>> + Send + 'static,
    {
        let store = store.clone();
        let pass = Box::new(move || -> Passing { Box::pin(pass(store.clone())) });
        Reconciler { name, nudge: Nudge::default(), pass }
    }

    pub fn on(self, nudge: Nudge) -> Reconciler {
        Reconciler { nudge, ..self }
    }
}

/// What every server does.
pub fn of_every_server(store: &Store) -> Vec<Reconciler> {
    use ReconcilerName as Name;
    vec![
        Reconciler::new(Name::Credits, store, |store| async move { store.sweep_due().await }),
        Reconciler::new(Name::Captures, store, |store| async move { store.follow_captures().await }),
        Reconciler::new(Name::Schedules, store, |store| async move { store.make_due_runs().await.map(Pass::from) }),
        Reconciler::new(Name::StuckRuns, store, |store| async move { store.free_stuck_runs().await }),
        Reconciler::new(Name::Clearing, store, |store| async move { store.clear().await }),
        Reconciler::new(Name::Messages, store, |store| async move { store.settle_abandoned_messages().await }),
        Reconciler::new(Name::Ledgers, store, |store| async move { store.check_ledgers().await }),
    ]
}

/// Runs them all until `stop`; each finishes the pass that it is in.
pub async fn reconcile(store: Store, reconcilers: Vec<Reconciler>, stop: CancellationToken) {
    let tallies = Tallies::default();
    let mut running = JoinSet::new();
    for reconciler in reconcilers {
        running.spawn(run(reconciler, store.clone(), tallies.clone(), stop.clone()));
    }
    let mut noting = tokio::time::interval(NOTED_EVERY);
    noting.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            () = tallies.turned.notified() => {}
            _ = noting.tick() => {}
        }
        tallies.write(&store).await;
    }
    while running.join_next().await.is_some() {}
    tallies.write(&store).await;
}

async fn run(reconciler: Reconciler, store: Store, tallies: Tallies, stop: CancellationToken) {
    let mut pause = Duration::ZERO;
    let (mut failures, every) = (0u32, reconciler.name.every());
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = reconciler.nudge.nudged() => {}
            () = tokio::time::sleep(pause) => {}
        }
        let began = Instant::now();
        let passed = (reconciler.pass)().await;
        metrics::reconciled(reconciler.name, began.elapsed(), passed.as_ref().ok());
        pause = match &passed {
            Ok(pass) => {
                failures = 0;
                pause_after(pass, every, &store)
            }
            Err(error) => {
                tracing::error!(reconciler = %reconciler.name, %error, "a reconciler failed; it is tried again");
                failures += 1;
                Duration::from_secs(1 << failures.min(10)).min(PAUSE_MAX.max(every))
            }
        };
        let now = store.clock.now();
        if passed.is_ok() {
            metrics::reconciled_at(reconciler.name, now);
        }
        tallies.add(reconciler.name, now, passed);
    }
}

/// No pause where more is waiting, else until something is due or the timer says so.
fn pause_after(pass: &Pass, every: Duration, store: &Store) -> Duration {
    if pass.more {
        return Duration::ZERO;
    }
    let due = pass.next_at.map(|at| at.ms_since(store.clock.now()).max(1).unsigned_abs());
    due.map_or(every, |ms| Duration::from_millis(ms).min(every))
}

/// What was not written down yet.
#[derive(Clone, Default)]
struct Tallies {
    open: Arc<Mutex<BTreeMap<ReconcilerName, Tally>>>,
    /// Which reconcilers failed the last time.
    failing: Arc<Mutex<BTreeMap<ReconcilerName, bool>>>,
    /// One of them began to fail, or to work again: that is written down at once.
    turned: Arc<tokio::sync::Notify>,
}

impl Tallies {
    fn add(&self, name: ReconcilerName, now: creel_types::Time, passed: Result<Pass, StoreError>) {
        let failed = passed.is_err();
        let before = self.failing.lock().unwrap_or_else(PoisonError::into_inner).insert(name, failed);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = open.entry(name).or_default();
        tally.passes += 1;
        match passed {
            Ok(pass) => {
                tally.changed += pass.changed;
                tally.passed_at = Some(now);
            }
            Err(error) => {
                tally.failures += 1;
                tally.failed = Some((now, error.to_string()));
            }
        }
        if before != Some(failed) {
            self.turned.notify_one();
        }
    }

    /// What cannot be written is kept for the next time.
    async fn write(&self, store: &Store) {
        let open = mem::take(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner));
        if open.is_empty() {
            return;
        }
        let tallies: Vec<(ReconcilerName, Tally)> = open.iter().map(|(name, tally)| (*name, tally.clone())).collect();
        if let Err(error) = store.note_reconcilers(tallies).await {
            tracing::warn!(%error, "how the reconcilers fare could not be written down");
            let mut newer = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            for (name, tally) in open {
                newer.entry(name).or_default().join(tally);
            }
        }
    }
}
