//! Turns at a host: the async side of [`creel_frontier::HostPace`]. A caller waits for its turn, asks the host once, and says how it
//! went; the turns of one host are given in the order in which they were asked for.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use creel_frontier::{HostPace, Outcome, PaceSettings, Slot};
use creel_types::{Host, Time};
use tokio::{sync::Notify, time::Instant};

/// Hosts whose pace is remembered; beyond it those without a running request are forgotten.
pub const HOSTS_MAX: usize = 10_000;

/// The gates of all hosts that this process asks. Cheap to clone.
#[derive(Clone, Debug)]
pub struct HostGates {
    gates: Arc<Mutex<HashMap<Host, Arc<Gate>>>>,
    settings: PaceSettings,
    /// Pace needs a clock that never jumps, so instants are counted from here.
    started: Instant,
}

/// What [`HostGates::try_turn`] says to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    For(Duration),
    /// Until a request to the host has ended.
    UntilOneEnds,
}

#[derive(Debug)]
struct Gate {
    pace: Mutex<HostPace>,
    /// Held while waiting for a slot: first come, first served.
    queue: tokio::sync::Mutex<()>,
    one_ended: Notify,
}

impl HostGates {
    #[must_use]
    pub fn new(settings: PaceSettings) -> HostGates {
        HostGates { gates: Arc::default(), settings, started: Instant::now() }
    }

    /// Waits until the host may be asked once more.
    pub async fn turn(&self, host: &Host) -> Turn {
        let gate = self.gate(host);
        let in_line = gate.queue.lock().await;
        loop {
            let now = self.now();
            let slot = gate.start_if_free(now);
            match slot {
                Slot::Now => break,
                Slot::At(at) => tokio::time::sleep(duration_until(at, now)).await,
                Slot::AfterOneEnds => gate.one_ended.notified().await,
            }
        }
        drop(in_line);
        Turn { gate, started: self.started, open: true }
    }

    /// A turn if the host may be asked at once, else what to wait for; so that a caller with pages of other hosts need not wait.
    pub fn try_turn(&self, host: &Host) -> Result<Turn, Wait> {
        let gate = self.gate(host);
        // Someone is in line before us; a place that falls free is theirs.
        let Ok(in_line) = gate.queue.try_lock() else { return Err(Wait::UntilOneEnds) };
        let now = self.now();
        let slot = gate.start_if_free(now);
        drop(in_line);
        match slot {
            Slot::Now => Ok(Turn { gate, started: self.started, open: true }),
            Slot::At(at) => Err(Wait::For(duration_until(at, now))),
            Slot::AfterOneEnds => Err(Wait::UntilOneEnds),
        }
    }

    /// How long the host is paused or delayed still; zero when it may be asked once a place is free.
    #[must_use]
    pub fn wait(&self, host: &Host) -> Duration {
        let now = self.now();
        let at = self.gate(host).pace().next_slot(now);
        if at > now { duration_until(at, now) } else { Duration::ZERO }
    }

    /// Takes the crawl-delay of the host's robots.txt.
    pub fn set_crawl_delay(&self, host: &Host, delay: Option<Duration>) {
        let ms = delay.map_or(0, |delay| i64::try_from(delay.as_millis()).unwrap_or(i64::MAX));
        self.gate(host).pace().set_crawl_delay_ms(ms);
    }

    fn now(&self) -> Time {
        instant(self.started)
    }

    fn gate(&self, host: &Host) -> Arc<Gate> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = gates.get(host) {
            return Arc::clone(gate);
        }
        if gates.len() >= HOSTS_MAX {
            let now = self.now();
            // A host that asked for a pause is remembered: forgetting it would forget the pause.
            gates.retain(|_, gate| Arc::strong_count(gate) > 1 || gate.pace().next_slot(now) > now);
        }
        let gate = Arc::new(Gate {
            pace: Mutex::new(HostPace::new(self.settings)),
            queue: tokio::sync::Mutex::new(()),
            one_ended: Notify::new(),
        });
        gates.insert(host.clone(), Arc::clone(&gate));
        gate
    }
}

impl Gate {
    fn pace(&self) -> MutexGuard<'_, HostPace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start_if_free(&self, now: Time) -> Slot {
        let mut pace = self.pace();
        let slot = pace.slot(now);
        if slot == Slot::Now {
            pace.start(now);
        }
        slot
    }
}

/// The right to ask a host once. Dropped without [`Turn::done`], it gives its place back and teaches the pace nothing.
#[derive(Debug)]
pub struct Turn {
    gate: Arc<Gate>,
    started: Instant,
    open: bool,
}

impl Turn {
    /// Says how the request went. `retry_after_ms` is what the host asked for, if it did.
    pub fn done(mut self, outcome: Outcome, elapsed_ms: i64, retry_after_ms: Option<i64>) {
        self.open = false;
        self.gate.pace().record(outcome, elapsed_ms, retry_after_ms, instant(self.started));
        self.gate.one_ended.notify_one();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.open {
            self.gate.pace().cancel();
            self.gate.one_ended.notify_one();
        }
    }
}

fn instant(started: Instant) -> Time {
    Time(i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX))
}

fn duration_until(at: Time, now: Time) -> Duration {
    Duration::from_millis(u64::try_from(at.ms_since(now)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str) -> Host {
        Host::from_stored(name.to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn turns_follow_the_pace() {
        let gates = HostGates::new(PaceSettings::default());
        let shop = host("shop.example");
        gates.set_crawl_delay(&shop, Some(Duration::from_secs(2)));
        let started = Instant::now();
        for _ in 0..4 {
            gates.turn(&shop).await.done(Outcome::Answered, 5, None);
        }
        assert_eq!(started.elapsed().as_secs(), 6);
        let other = gates.turn(&host("other.example")).await;
        assert_eq!(started.elapsed().as_secs(), 6, "another host does not wait");
        other.done(Outcome::Answered, 5, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_waited_out_and_a_dropped_turn_is_given_back() {
        let gates = HostGates::new(PaceSettings { concurrency_max: 1, ..PaceSettings::default() });
        let shop = host("shop.example");
        let turn = gates.turn(&shop).await;
        assert_eq!(gates.try_turn(&shop).err(), Some(Wait::UntilOneEnds));
        let waiting = tokio::spawn({
            let (gates, shop) = (gates.clone(), shop.clone());
            async move { gates.turn(&shop).await }
        });
        tokio::task::yield_now().await;
        drop(turn);
        let turn = waiting.await.unwrap();
        let started = Instant::now();
        turn.done(Outcome::Throttled, 5, Some(7_000));
        assert_eq!(gates.wait(&shop).as_secs(), 7);
        assert!(matches!(gates.try_turn(&shop), Err(Wait::For(_))));
        gates.turn(&shop).await.done(Outcome::Answered, 5, None);
        assert_eq!(started.elapsed().as_secs(), 7);
    }

    #[tokio::test(start_paused = true)]
    async fn many_workers_share_a_quick_host() {
        let gates = HostGates::new(PaceSettings::default());
        let shop = host("shop.example");
        let started = Instant::now();
        let workers = (0..32).map(|_| {
            let (gates, shop) = (gates.clone(), shop.clone());
            tokio::spawn(async move {
                for _ in 0..50 {
                    let turn = gates.turn(&shop).await;
                    tokio::time::sleep(Duration::from_millis(2)).await;
                    turn.done(Outcome::Answered, 2, None);
                }
            })
        });
        futures::future::join_all(workers).await;
        // 1,600 pages of 2 ms in 16 places take 200 ms.
        assert!(started.elapsed() < Duration::from_millis(400), "{:?}", started.elapsed());
    }
}
