//! How fast a host is asked. The pace follows what the host shows: quick answers open more places at once, slow ones close them,
//! trouble halves them. Pure arithmetic on instants that the caller passes.

use creel_types::Time;
use serde::{Deserialize, Serialize};

/// Times a page is asked for before it counts as failed.
pub const ATTEMPTS_MAX: u32 = 4;
/// Places at once on the quickest host.
pub const CONCURRENCY_MAX: u32 = 16;
/// A longer Retry-After is cut to this: half an hour.
pub const RETRY_AFTER_MS_MAX: i64 = 30 * 60 * 1000;
/// The longest pause after trouble for which the host named no time.
pub const PAUSE_MS_MAX: i64 = 60 * 1000;
/// The longest delay between two requests that slow answers or trouble lead to; a crawl-delay may be longer.
pub const DELAY_MS_MAX: i64 = 30 * 1000;
const RETRY_BASE_MS: i64 = 1_000;
const RETRY_MS_MAX: i64 = 5 * 60 * 1000;
const PAUSE_BASE_MS: i64 = 1_000;
const TROUBLE_DELAY_MS_MIN: i64 = 500;

/// What an installation sets for every host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PaceSettings {
    /// No two requests to a host start closer together than this, in milliseconds.
    pub delay_ms_floor: i64,
    /// At most this many requests to a host at once; never above [`CONCURRENCY_MAX`].
    pub concurrency_max: u32,
}

impl Default for PaceSettings {
    fn default() -> PaceSettings {
        PaceSettings { delay_ms_floor: 0, concurrency_max: CONCURRENCY_MAX }
    }
}

/// How a request ended, as far as the pace cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Any answer that shows a working host, also 404.
    Answered,
    /// 429, or 503 with or without Retry-After, or a challenge page: the host asks for less.
    Throttled,
    /// Another 5xx, a timeout or a broken connection: the host may be in trouble.
    Failed,
}

impl Outcome {
    #[must_use]
    pub const fn from_status(status: u16) -> Outcome {
        match status {
            429 | 503 => Outcome::Throttled,
            500..=599 => Outcome::Failed,
            _ => Outcome::Answered,
        }
    }
}

/// Whether a request may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    Now,
    /// Not before this instant.
    At(Time),
    /// When one of the running requests has ended.
    AfterOneEnds,
}

/// The pace of one host: how many at once, how far apart, and not before when.
#[derive(Clone, Debug)]
pub struct HostPace {
    settings: PaceSettings,
    crawl_delay_ms: i64,
    running: u32,
    /// Places that the host has earned; a fraction, so that growth can be slow.
    window: f64,
    /// Until the first trouble the window grows by one an answer, afterwards by one a round.
    untroubled: bool,
    latency_ms: Option<f64>,
    /// Extra delay after trouble; fades with answers.
    trouble_delay_ms: f64,
    troubles_in_a_row: u32,
    next_start: Time,
    paused_until: Time,
}

impl HostPace {
    #[must_use]
    pub fn new(settings: PaceSettings) -> HostPace {
        HostPace {
            settings,
            crawl_delay_ms: 0,
            running: 0,
            window: 2.0,
            untroubled: true,
            latency_ms: None,
            trouble_delay_ms: 0.0,
            troubles_in_a_row: 0,
            next_start: Time(i64::MIN),
            paused_until: Time(i64::MIN),
        }
    }

    /// Takes the crawl-delay of the host's robots.txt, in milliseconds; it then asks one page at a time.
    pub fn set_crawl_delay_ms(&mut self, crawl_delay_ms: i64) {
        self.crawl_delay_ms = crawl_delay_ms.max(0);
    }

    /// How many requests may run at once now.
    #[must_use]
    pub fn concurrency(&self) -> u32 {
        if self.crawl_delay_ms > 0 {
            return 1;
        }
        let most = self.settings.concurrency_max.clamp(1, CONCURRENCY_MAX).min(self.places_for_latency());
        // The window is between 1 and CONCURRENCY_MAX, so the cast cuts only its fraction.
        (self.window as u32).clamp(1, most)
    }

    /// Milliseconds between the starts of two requests.
    #[must_use]
    pub fn delay_ms(&self) -> i64 {
        let latency = self.latency_ms.unwrap_or(0.0);
        let for_latency = if latency <= QUICK_MS { 0.0 } else { latency / f64::from(self.places_for_latency()) };
        let adapted = (for_latency.max(self.trouble_delay_ms) as i64).min(DELAY_MS_MAX);
        adapted.max(self.settings.delay_ms_floor).max(self.crawl_delay_ms)
    }

    /// The earliest instant at which delay and pause let a request start; places are counted by [`HostPace::slot`].
    #[must_use]
    pub fn next_slot(&self, now: Time) -> Time {
        now.max(self.next_start).max(self.paused_until)
    }

    #[must_use]
    pub fn slot(&self, now: Time) -> Slot {
        if self.running >= self.concurrency() {
            return Slot::AfterOneEnds;
        }
        match self.next_slot(now) {
            at if at <= now => Slot::Now,
            at => Slot::At(at),
        }
    }

    /// Counts a request that starts now.
    pub fn start(&mut self, now: Time) {
        self.running += 1;
        self.next_start = now.plus_ms(self.delay_ms());
    }

    /// Counts a started request that was given up without an answer, and learns nothing from it.
    pub fn cancel(&mut self) {
        self.running = self.running.saturating_sub(1);
    }

    /// Counts a started request's end. `retry_after_ms` is what the host asked for, if it did.
    pub fn record(&mut self, outcome: Outcome, elapsed_ms: i64, retry_after_ms: Option<i64>, now: Time) {
        self.running = self.running.saturating_sub(1);
        match outcome {
            Outcome::Answered => self.record_answer(elapsed_ms),
            Outcome::Throttled => self.record_trouble(now, retry_after_ms, true),
            Outcome::Failed => self.record_trouble(now, retry_after_ms, false),
        }
    }

    fn record_answer(&mut self, elapsed_ms: i64) {
        let elapsed = elapsed_ms.max(0) as f64;
        self.latency_ms = Some(self.latency_ms.map_or(elapsed, |mean| mean * 0.8 + elapsed * 0.2));
        self.troubles_in_a_row = 0;
        self.trouble_delay_ms = if self.trouble_delay_ms < 10.0 { 0.0 } else { self.trouble_delay_ms * 0.9 };
        let step = if self.untroubled { 1.0 } else { 1.0 / self.window };
        self.window = (self.window + step).min(f64::from(CONCURRENCY_MAX));
    }

    fn record_trouble(&mut self, now: Time, retry_after_ms: Option<i64>, throttled: bool) {
        self.untroubled = false;
        self.troubles_in_a_row = self.troubles_in_a_row.saturating_add(1);
        let pause = match retry_after_ms {
            Some(asked) => asked.clamp(0, RETRY_AFTER_MS_MAX),
            None if throttled => doubled(PAUSE_BASE_MS, self.troubles_in_a_row - 1, PAUSE_MS_MAX),
            // One broken answer says little; the third in a row does.
            None if self.troubles_in_a_row >= 3 => doubled(PAUSE_BASE_MS, self.troubles_in_a_row - 3, PAUSE_MS_MAX),
            None => 0,
        };
        // Answers to requests that ran side by side report the same trouble: it halves once for each pause.
        if now < self.paused_until {
            self.paused_until = self.paused_until.max(now.plus_ms(pause));
            return;
        }
        self.paused_until = now.plus_ms(pause);
        self.window = (self.window / 2.0).max(1.0);
        if throttled {
            let doubled = (self.delay_ms() * 2).clamp(TROUBLE_DELAY_MS_MIN, DELAY_MS_MAX);
            self.trouble_delay_ms = doubled as f64;
        }
    }

    /// Places for a host that answers in this time. Its own load counts in, so a host that we slow down closes places by itself.
    fn places_for_latency(&self) -> u32 {
        match self.latency_ms.unwrap_or(0.0) {
            ms if ms <= QUICK_MS => CONCURRENCY_MAX,
            ms if ms <= 200.0 => 8,
            ms if ms <= 500.0 => 4,
            ms if ms <= 1_500.0 => 2,
            _ => 1,
        }
    }
}

/// Answers within this many milliseconds are no load worth a delay.
const QUICK_MS: f64 = 50.0;

/// Milliseconds to wait before attempt `attempt + 1`, after `attempt` failed ones; `None` when [`ATTEMPTS_MAX`] are used up.
/// `jitter` is any random number: it spreads the wait over its upper half, so that pages that failed together do not return so.
#[must_use]
pub fn retry_after_ms(attempt: u32, jitter: u64) -> Option<i64> {
    if attempt >= ATTEMPTS_MAX {
        return None;
    }
    let whole = doubled(RETRY_BASE_MS, attempt.saturating_sub(1), RETRY_MS_MAX);
    let half = whole / 2;
    Some(half + i64::try_from(jitter % u64::try_from(half + 1).unwrap_or(1)).unwrap_or(0))
}

fn doubled(base: i64, times: u32, most: i64) -> i64 {
    base.saturating_mul(1 << times.min(20)).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks as fast as the pace lets one, with answers of `latency_ms`; returns the pages started in `span_ms`.
    fn pages_in(pace: &mut HostPace, latency_ms: i64, span_ms: i64) -> u32 {
        let mut ends: Vec<Time> = Vec::new();
        let mut pages = 0;
        for ms in 0..span_ms {
            let now = Time(ms);
            ends.retain(|end| {
                let over = *end <= now;
                if over {
                    pace.record(Outcome::Answered, latency_ms, None, now);
                }
                !over
            });
            while pace.slot(now) == Slot::Now {
                pace.start(now);
                pages += 1;
                ends.push(now.plus_ms(latency_ms));
            }
        }
        pages
    }

    #[test]
    fn pace_follows_response_times() {
        for (latency_ms, least, most) in
            [(2, 2_000, 80_000), (100, 300, 850), (400, 50, 110), (1_000, 10, 25), (3_000, 2, 6)]
        {
            let pages = pages_in(&mut HostPace::new(PaceSettings::default()), latency_ms, 10_000);
            assert!((least..=most).contains(&pages), "{latency_ms} ms: {pages} pages in 10 s");
        }
    }

    #[test]
    fn floors_hold() {
        let mut pace = HostPace::new(PaceSettings { delay_ms_floor: 100, ..PaceSettings::default() });
        assert!(pages_in(&mut pace, 2, 1_000) <= 10);
        let mut pace = HostPace::new(PaceSettings::default());
        pace.set_crawl_delay_ms(2_000);
        assert_eq!(pages_in(&mut pace, 2, 10_000), 5);
        let mut pace = HostPace::new(PaceSettings { concurrency_max: 1, ..PaceSettings::default() });
        assert!(pages_in(&mut pace, 10, 1_000) <= 100);
    }

    #[test]
    fn throttling_halves_once_a_pause_and_obeys_retry_after() {
        let mut pace = HostPace::new(PaceSettings::default());
        pages_in(&mut pace, 2, 1_000);
        assert_eq!(pace.concurrency(), CONCURRENCY_MAX);
        let now = Time(10_000);
        for _ in 0..3 {
            pace.record(Outcome::Throttled, 2, Some(7_000), now);
        }
        assert_eq!(pace.concurrency(), 8);
        assert_eq!(pace.next_slot(now), Time(17_000));
        pace.record(Outcome::Throttled, 2, Some(i64::MAX), Time(20_000));
        assert_eq!(pace.next_slot(Time(20_000)), Time(20_000 + RETRY_AFTER_MS_MAX));
    }

    #[test]
    fn throttling_without_a_time_backs_off_and_fades() {
        let mut pace = HostPace::new(PaceSettings::default());
        let mut now = Time(0);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            pace.start(now);
            pace.record(Outcome::Throttled, 5, None, now);
            pauses.push(pace.paused_until.ms_since(now));
            now = pace.next_slot(now);
        }
        assert_eq!(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
        for _ in 0..100 {
            pace.start(now);
            pace.record(Outcome::Answered, 5, None, now);
        }
        assert_eq!(pace.delay_ms(), 0);
        assert!(pace.concurrency() > 8, "{}", pace.concurrency());
    }

    #[test]
    fn retries_wait_longer_each_time_and_end() {
        let waits = |jitter| (1..=5).map(move |attempt| retry_after_ms(attempt, jitter)).collect::<Vec<_>>();
        assert_eq!(waits(0), [Some(500), Some(1_000), Some(2_000), None, None]);
        for jitter in [1, 499, 500, 1_000, u64::MAX] {
            for (wait, most) in waits(jitter).into_iter().flatten().zip([1_000, 2_000, 4_000]) {
                assert!(wait >= most / 2 && wait <= most, "{wait}");
            }
        }
    }
}
