//! A lot: an amount of credits with a source and, mostly, an expiry.

use std::cmp::Ordering;

use creel_types::{Credits, LotId, Time, words};

words! {
    LotSource {
        Trial = "trial",
        Cycle = "cycle",
        Purchase = "purchase",
        Adjustment = "adjustment",
        Starting = "starting",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    pub id: LotId,
    pub source: LotSource,
    /// What was granted.
    pub amount: Credits,
    /// What is left in it. What a hold took out of it is not in it.
    pub remaining: Credits,
    /// From this instant on the lot pays for nothing; `None` lives for ever.
    pub expires_at: Option<Time>,
    /// The sequence of the entry that granted it: the lot's age among its organization's lots.
    pub granted_sequence: i64,
    /// A disputed lot pays for nothing: what remains in it is not available.
    pub frozen: bool,
    /// What a refund still takes back once it returns from holds; never more than holds have of the lot.
    pub revoke_due: Credits,
}

impl Lot {
    /// Spending order: earliest expiry, then oldest; those without expiry last.
    #[must_use]
    pub fn spending_order(&self, other: &Lot) -> Ordering {
        spending_order((self.expires_at, self.granted_sequence), (other.expires_at, other.granted_sequence))
    }

    /// An instant equal to the expiry is already too late.
    #[must_use]
    pub fn has_ended(&self, now: Time) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// What of it counts in `available`.
    #[must_use]
    pub fn available(&self) -> Credits {
        if self.frozen { Credits::ZERO } else { self.remaining }
    }
}

/// The same order for whoever knows only expiry and age.
pub(crate) fn spending_order(one: (Option<Time>, i64), other: (Option<Time>, i64)) -> Ordering {
    match (one.0, other.0) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
    .then(one.1.cmp(&other.1))
}
