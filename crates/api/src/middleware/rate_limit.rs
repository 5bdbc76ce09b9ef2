//! How many requests an organization may send: a bucket of tokens that all processes share. A process takes tokens in small
//! blocks out of the database and spends them itself, so that most requests ask nothing of the database, and those over the
//! limit never do.
//!
//! All processes together let through at most what the bucket ever held, since each token is taken out before it is spent.
//! What a process has in hand while the bucket fills again may come on top of the burst: at most one block a process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse, Response},
};
use creel_access::OwnPage;
use creel_store::{Store, StoreError, rate_limits::RateLease, rate_limits::RateLimit};
use creel_types::{OrganizationId, Time};

use crate::{
    ApiState,
    caller::Authenticated,
    error::{ApiError, ErrorCode},
};

/// A process takes this part of the burst at once.
const BLOCKS: i64 = 6;
/// Organizations that a process remembers; beyond that it forgets them all, which costs each one block at most.
const ORGANIZATIONS_MAX: usize = 10_000;
const THOUSAND: i64 = 1_000;

/// The limiter of one process.
#[derive(Clone, Debug)]
pub struct RateLimiter {
    limit: Option<RateLimit>,
    buckets: Arc<Mutex<HashMap<OrganizationId, Hand>>>,
}

/// What this process has in hand of one organization's bucket, and what it last saw in it.
#[derive(Clone, Copy, Debug)]
struct Hand {
    tokens: i64,
    /// Until when unspent tokens are good: by then the bucket has got as many again.
    good_until: Time,
    seen: RateLease,
}

/// What a request is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Turn {
    allowed: bool,
    /// Requests that could be sent at once after this one.
    remaining: i64,
    /// Milliseconds until the next token, and until the bucket is full.
    next_ms: i64,
    full_ms: i64,
}

impl RateLimiter {
    /// Without a limit every request is let through and none is told of one.
    #[must_use]
    pub fn new(limit: Option<RateLimit>) -> RateLimiter {
        RateLimiter { limit, buckets: Arc::default() }
    }

    async fn take(&self, store: &Store, organization: OrganizationId) -> Result<Option<Turn>, StoreError> {
        let Some(limit) = self.limit else { return Ok(None) };
        let now = store.clock.now();
        if let Some(turn) = self.spend(organization, limit, now, None) {
            return Ok(Some(turn));
        }
        let block = (limit.burst / BLOCKS).max(1);
        let lease = store.lease_tokens(organization, limit, block).await?;
        Ok(self.spend(organization, limit, now, Some(lease)))
    }

    /// Spends a token in hand, or says that there is none to be had; `None` where the database must be asked.
    fn spend(&self, organization: OrganizationId, limit: RateLimit, now: Time, lease: Option<RateLease>) -> Option<Turn> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > ORGANIZATIONS_MAX {
            buckets.clear();
        }
        if let Some(seen) = lease {
            let good_until = now.plus_ms(limit.ms_until(0, seen.granted * THOUSAND).max(THOUSAND));
            let kept = buckets.get(&organization).filter(|hand| hand.good_until > now).map_or(0, |hand| hand.tokens);
            buckets.insert(organization, Hand { tokens: kept + seen.granted, good_until, seen });
        }
        let hand = buckets.get_mut(&organization)?;
        let in_bucket = limit.filled(hand.seen.left, now.ms_since(hand.seen.at));
        let in_hand = if hand.good_until > now { hand.tokens } else { 0 };
        if in_hand > 0 {
            hand.tokens -= 1;
            return Some(Turn::of(limit, true, in_hand - 1, in_bucket));
        }
        // The bucket may hold one by now; another process may have taken it, which only the database knows.
        (lease.is_some() || in_bucket < THOUSAND).then(|| Turn::of(limit, false, 0, in_bucket))
    }
}

impl Turn {
    fn of(limit: RateLimit, allowed: bool, in_hand: i64, in_bucket: i64) -> Turn {
        let remaining = if allowed { (in_hand + in_bucket / THOUSAND).min(limit.burst) } else { 0 };
        Turn {
            allowed,
            remaining,
            next_ms: limit.ms_until(in_bucket, THOUSAND).max(1),
            full_ms: limit.ms_until(in_bucket, limit.burst * THOUSAND),
        }
    }
}

pub(crate) async fn rate_limit(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let Some(Authenticated(Ok(caller))) = request.extensions().get::<Authenticated>() else {
        return next.run(request).await;
    };
    if request.extensions().get::<OwnPage>().is_some() {
        return next.run(request).await;
    }
    let organization = caller.organization;
    let turn = match state.limiter.take(state.store(), organization).await {
        Ok(turn) => turn,
        Err(error) => return ApiError::from(error).into_response(),
    };
    let Some(turn) = turn else { return next.run(request).await };
    let mut response = if turn.allowed { next.run(request).await } else { too_many(turn).into_response() };
    if let Some(limit) = state.limiter.limit {
        tell(response.headers_mut(), limit, turn);
    }
    response
}

fn too_many(turn: Turn) -> ApiError {
    let seconds = seconds(turn.next_ms);
    ApiError {
        retry_after_seconds: Some(seconds),
        ..ApiError::new(ErrorCode::TooManyRequests, format!("too many requests; the next one is taken in {seconds} s"))
    }
}

/// The fields of the IETF draft: how many a minute, how many at once from now, and in how many seconds all of the burst.
fn tell(headers: &mut HeaderMap, limit: RateLimit, turn: Turn) {
    for (name, value) in [
        ("ratelimit-limit", limit.per_minute),
        ("ratelimit-remaining", turn.remaining),
        ("ratelimit-reset", seconds(turn.full_ms)),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}

fn seconds(ms: i64) -> i64 {
    ms.max(0) / THOUSAND + i64::from(ms % THOUSAND != 0)
}

#[cfg(test)]
mod tests {
    use creel_types::{Clock, Random};

    use super::*;

    const LIMIT: RateLimit = RateLimit { per_minute: 60, burst: 12 };

    /// One process beside a bucket that the test keeps.
    struct Process {
        limiter: RateLimiter,
        organization: OrganizationId,
    }

    impl Process {
        fn new() -> Process {
            let limiter = RateLimiter::new(Some(LIMIT));
            Process { limiter, organization: Random::seeded(1).id(Clock::default().now()) }
        }

        /// Asks at an instant; the bucket is what another look would find.
        fn ask(&self, ms: i64, bucket: &mut (i64, i64)) -> Turn {
            let now = Time(ms);
            if let Some(turn) = self.limiter.spend(self.organization, LIMIT, now, None) {
                return turn;
            }
            let held = LIMIT.filled(bucket.0, ms - bucket.1);
            let granted = (held / THOUSAND).min(LIMIT.burst / BLOCKS);
            *bucket = (held - granted * THOUSAND, ms);
            let lease = RateLease { granted, left: bucket.0, at: now };
            self.limiter.spend(self.organization, LIMIT, now, Some(lease)).unwrap()
        }
    }

    #[test]
    fn one_process_lets_through_the_burst_and_then_the_rate() {
        let (process, mut bucket) = (Process::new(), (12 * THOUSAND, 0));
        let allowed = (0..30).filter(|_| process.ask(0, &mut bucket).allowed).count();
        assert_eq!(allowed, 12);
        let refused = process.ask(0, &mut bucket);
        assert_eq!((refused.allowed, refused.remaining, refused.next_ms, refused.full_ms), (false, 0, 1_000, 12_000));
        // A token a second, whoever asks how often.
        let allowed = (1..=10_000).filter(|ms| process.ask(*ms, &mut bucket).allowed).count();
        assert_eq!(allowed, 10);
    }

    #[test]
    fn two_processes_share_a_bucket_and_err_by_a_block_at_most() {
        let (one, other, mut bucket) = (Process::new(), Process::new(), (12 * THOUSAND, 0));
        assert!(one.ask(0, &mut bucket).allowed, "one token is spent and one more is in hand");
        // Full again, but for nothing; the token in hand is void by then.
        let mut allowed = 0;
        for _ in 0..40 {
            allowed += i32::from(one.ask(60_000, &mut bucket).allowed) + i32::from(other.ask(60_000, &mut bucket).allowed);
        }
        assert_eq!(allowed, 12);
        for ms in 60_001..=70_000 {
            allowed += i32::from(one.ask(ms, &mut bucket).allowed) + i32::from(other.ask(ms, &mut bucket).allowed);
        }
        assert!((20..=22).contains(&allowed), "{allowed}");
    }
}
