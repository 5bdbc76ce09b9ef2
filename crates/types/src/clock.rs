//! Where time and randomness enter. Everything else is handed a [`Clock`] and a [`Random`], so tests own both.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Time, ids::uuid_v7};

/// The source of the current instant: the machine's clock, or one that a test moves by hand.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    #[must_use]
    pub fn system() -> Clock {
        Clock(None)
    }

    /// A clock that stands still until [`Clock::advance_ms`] moves it; copies share the same hands.
    #[must_use]
    pub fn fixed(at: Time) -> Clock {
        Clock(Some(Arc::new(AtomicI64::new(at.0))))
    }

    #[must_use]
    pub fn now(&self) -> Time {
        match &self.0 {
            Some(hands) => Time(hands.load(Ordering::SeqCst)),
            None => Time(jiff::Timestamp::now().as_millisecond()),
        }
    }

    /// Moves a fixed clock; the system's clock does not listen.
    pub fn advance_ms(&self, ms: i64) {
        if let Some(hands) = &self.0 {
            hands.fetch_add(ms, Ordering::SeqCst);
        }
    }
}

/// A source of random bytes: the operating system's, or a stream that a seed fixes for a repeatable test.
#[derive(Clone, Debug, Default)]
pub struct Random(Option<Arc<Mutex<(u64, u64)>>>);

impl Random {
    #[must_use]
    pub fn system() -> Random {
        Random(None)
    }

    #[must_use]
    pub fn seeded(seed: u64) -> Random {
        Random(Some(Arc::new(Mutex::new((seed, 0)))))
    }

    /// Thirty-two bytes, good enough for a key when the source is the system's.
    #[must_use]
    pub fn bytes(&self) -> [u8; 32] {
        match &self.0 {
            None => {
                let mut bytes = [0; 32];
                // Without the system's randomness no key or id is safe to make; there is nothing to fall back on.
                assert!(getrandom::fill(&mut bytes).is_ok(), "the operating system gives no random bytes");
                bytes
            }
            Some(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                state.1 += 1;
                let mut hash = Sha256::new();
                hash.update(state.0.to_be_bytes());
                hash.update(state.1.to_be_bytes());
                hash.finalize().into()
            }
        }
    }

    /// A fresh UUIDv7 for the instant `at`, as whichever typed id the caller asks for.
    pub fn id<T: From<Uuid>>(&self, at: Time) -> T {
        let bytes = self.bytes();
        let mut ten = [0; 10];
        ten.copy_from_slice(&bytes[..10]);
        T::from(uuid_v7(at, ten))
    }

    /// A number below `bound`, for jitter; 0 when `bound` is 0.
    #[must_use]
    pub fn below(&self, bound: u64) -> u64 {
        let bytes = self.bytes();
        let mut eight = [0; 8];
        eight.copy_from_slice(&bytes[..8]);
        u64::from_be_bytes(eight).checked_rem(bound).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RunId;

    #[test]
    fn a_seed_fixes_the_stream_and_ids_sort_by_time() {
        let (a, b) = (Random::seeded(7), Random::seeded(7));
        assert_eq!(a.bytes(), b.bytes());
        assert_ne!(a.bytes(), a.bytes());
        assert!(a.id::<RunId>(Time(5)) < a.id::<RunId>(Time(6)));
        let clock = Clock::fixed(Time(10));
        clock.clone().advance_ms(5);
        assert_eq!(clock.now(), Time(15));
    }
}
