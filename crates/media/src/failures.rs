//! Addresses that gave no picture a moment ago: a broken shop is not asked again and again by a page with fifty rows.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use creel_types::{Clock, Time};
use url::Url;

use crate::error::MediaError;

/// How long a failure is believed.
pub(crate) const FAILURE_MS: i64 = 5 * 60 * 1000;
/// Failures that are remembered; the oldest go first.
pub(crate) const FAILURES_MAX: usize = 4_096;

pub(crate) struct Failures {
    clock: Clock,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    errors: HashMap<String, MediaError>,
    /// When each ends, the oldest first: all live equally long.
    ends: VecDeque<(Time, String)>,
}

impl Failures {
    pub(crate) fn new(clock: Clock) -> Failures {
        Failures { clock, known: Mutex::default() }
    }

    pub(crate) fn find(&self, url: &Url) -> Option<MediaError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.forget(self.clock.now(), FAILURES_MAX);
        known.errors.get(url.as_str()).cloned()
    }

    /// Whoever has the turn at an address notes its failure, so none is noted twice while it is believed.
    pub(crate) fn note(&self, url: &Url, error: MediaError) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        known.forget(now, FAILURES_MAX - 1);
        if known.errors.insert(url.to_string(), error).is_none() {
            known.ends.push_back((now.plus_ms(FAILURE_MS), url.to_string()));
        }
    }
}

impl Known {
    /// Forgets what ended, and the oldest beyond so many.
    fn forget(&mut self, now: Time, most: usize) {
        while self.ends.front().is_some_and(|(end, _)| *end <= now || self.ends.len() > most) {
            if let Some((_, address)) = self.ends.pop_front() {
                self.errors.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(number: usize) -> Url {
        Url::parse(&format!("https://shop.test/{number}")).unwrap()
    }

    #[test]
    fn a_failure_ends_and_the_oldest_make_room() {
        let clock = Clock::fixed(Time(0));
        let failures = Failures::new(clock.clone());
        failures.note(&url(0), MediaError::Status { status: 500 });
        assert_eq!(failures.find(&url(0)), Some(MediaError::Status { status: 500 }));
        assert_eq!(failures.find(&url(1)), None);
        clock.advance_ms(FAILURE_MS - 1);
        assert!(failures.find(&url(0)).is_some());
        clock.advance_ms(1);
        assert!(failures.find(&url(0)).is_none());
        for number in 0..=FAILURES_MAX {
            failures.note(&url(number), MediaError::Status { status: 404 });
        }
        assert!(failures.find(&url(0)).is_none() && failures.find(&url(1)).is_some());
        assert_eq!(failures.known.lock().unwrap().errors.len(), FAILURES_MAX);
    }
}
