//! What can go wrong on purpose: answers of the API, and deliveries of events.

use super::StripeSimulator;

/// What happens to a request instead of an ordinary answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiFault {
    /// 500, nothing done.
    ServerError,
    /// 429 with `Retry-After: 1`, nothing done.
    RateLimited,
    /// 409 as for an idempotency key that is in use, nothing done.
    Conflict,
    /// The connection ends without an answer, nothing done.
    DroppedBefore,
    /// The connection ends without an answer, everything done.
    DroppedAfter,
    /// The answer comes this many milliseconds of real time later.
    Slow { ms: u64 },
}

#[derive(Debug, Default)]
pub(super) struct ApiFaults {
    planned: Vec<(u32, ApiFault, Option<String>)>,
}

impl ApiFaults {
    /// The fault of a request; each is used up.
    pub(super) fn take(&mut self, method: &str, path: &str) -> Option<ApiFault> {
        let request = format!("{method} {path}");
        let fits = |(left, _, only): &(u32, ApiFault, Option<String>)| {
            *left > 0 && only.as_ref().is_none_or(|start| request.starts_with(start))
        };
        let found = self.planned.iter_mut().find(|planned| fits(planned))?;
        found.0 -= 1;
        let fault = found.1;
        self.planned.retain(|(left, _, _)| *left > 0);
        Some(fault)
    }
}

/// What goes wrong with deliveries from now on. Percentages are thrown with the simulator's seed, for each delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFaults {
    /// Sent twice, with the same id.
    pub duplicate_percent: u64,
    /// Never sent.
    pub drop_percent: u64,
    /// Sent a second time under an id of its own, which the API does not know.
    pub replay_percent: u64,
    /// What is due at one time goes out in any order.
    pub reorder: bool,
    /// Held back for that long.
    pub delay_seconds: i64,
    /// The receiver's answer comes too late to count, so that everything is sent again.
    pub slow_acknowledgement: bool,
}

impl StripeSimulator {
    /// The next `n` requests to the API go wrong in that way.
    pub fn fail_next(&self, n: u32, fault: ApiFault) {
        self.state().faults.planned.push((n, fault, None));
    }

    /// The next `n` requests that begin so go wrong, for example `POST /v1/checkout/sessions`.
    pub fn fail_next_of(&self, n: u32, method_and_path: &str, fault: ApiFault) {
        self.state().faults.planned.push((n, fault, Some(method_and_path.to_owned())));
    }

    /// No request goes wrong any more.
    pub fn fail_no_more(&self) {
        self.state().faults.planned.clear();
    }

    /// What goes wrong with deliveries of events that are made from now on.
    pub fn set_delivery_faults(&self, faults: DeliveryFaults) {
        self.state().outbox.faults = faults;
    }

    #[must_use]
    pub fn delivery_faults(&self) -> DeliveryFaults {
        self.state().outbox.faults.clone()
    }
}
