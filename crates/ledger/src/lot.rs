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
    /// What is left of it.
    pub remaining: Credits,
    /// From this instant on the lot pays for nothing; `None` lives for ever.
    pub expires_at: Option<Time>,
    /// The sequence of the entry that granted it: the lot's age among its organization's lots.
    pub granted_sequence: i64,
}

impl Lot {
    /// Spending order: earliest expiry, then oldest; those without expiry last.
    #[must_use]
    pub fn spending_order(&self, other: &Lot) -> Ordering {
        match (self.expires_at, other.expires_at) {
            (Some(a), Some(b)) => a.cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
        .then(self.granted_sequence.cmp(&other.granted_sequence))
    }

    /// An instant equal to the expiry is already too late.
    #[must_use]
    pub fn has_ended(&self, now: Time) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}
