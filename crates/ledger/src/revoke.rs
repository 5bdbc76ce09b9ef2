//! Refunds: the unspent part of a lot is taken back in proportion, never what is spent. Refuses shares outside 0 to 1.
//!
//! What a hold has of the lot stays good for the hold. As far as the refund could not be met from what is in the lot, it waits
//! for that: what returns to the lot is revoked up to what is still due, and what the hold spends is gone from the claim.

use creel_types::{Credits, LotId, Time};

use crate::{
    Account, EntryKind, Lot, LotPart, Reference, ReferenceType, Refused,
    account::{Line, Why},
};

/// A share of a lot as an exact ratio of whole numbers, such as cents refunded of cents paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    part: i64,
    whole: i64,
}

impl Share {
    pub const ALL: Share = Share { part: 1, whole: 1 };

    pub fn new(part: i64, whole: i64) -> Result<Share, Refused> {
        if part <= 0 || part > whole {
            return Err(Refused::NotAShare { part, whole });
        }
        Ok(Share { part, whole })
    }

    /// The share of an amount, a started credit counting whole.
    #[must_use]
    pub fn of(self, amount: Credits) -> Credits {
        let (part, whole) = (i128::from(self.part), i128::from(self.whole));
        let exact = i128::from(amount.0) * part;
        // At most `amount`, because the share is at most 1: it fits again.
        Credits(i64::try_from((exact + whole - 1).div_euclid(whole)).unwrap_or(amount.0))
    }
}

/// What a refund came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// Taken out of the lot now.
    pub revoked: Credits,
    /// Will be taken when it returns from holds.
    pub due: Credits,
    /// Spent, ended or taken back before: cannot be taken.
    pub shortfall: Credits,
}

impl Account {
    /// Takes back min(what is left, ⌈amount · share⌉) of a lot, frozen or not.
    pub fn revoke(
        &mut self,
        now: Time,
        lot: LotId,
        share: Share,
        reference: Reference,
        description: String,
        actor: String,
    ) -> Result<Revoked, Refused> {
        self.expire_due(now);
        let now = self.instant(now);
        let at = self.find_lot(lot)?;
        let Lot { amount, remaining, revoke_due, .. } = self.lots[at];
        let asked = share.of(amount);
        let revoked = asked.min(remaining);
        let due = (revoke_due + asked - revoked).min(self.held_of(lot));
        let outcome = Revoked { revoked, due: due - revoke_due, shortfall: asked - revoked - (due - revoke_due) };
        if revoked > Credits::ZERO || due != revoke_due {
            self.write_revoke(at, now, revoked, due, Why { reference, description, actor });
        }
        Ok(outcome)
    }

    fn write_revoke(&mut self, at: usize, now: Time, revoked: Credits, due: Credits, why: Why) {
        let Lot { id, frozen, remaining, .. } = self.lots[at];
        // A frozen lot is opened for it and closed behind it, so that every amount is a change of `available`.
        let reopened = frozen && remaining > Credits::ZERO;
        if reopened {
            self.thaw(at, now, why.clone());
        }
        self.lots[at].revoke_due = due;
        self.move_in_lot(at, -revoked);
        let part = LotPart { due, ..LotPart::new(id, -revoked) };
        self.append(now, Line::new(EntryKind::Revoke, vec![part], why.clone()));
        if reopened {
            self.chill(at, now, why);
        }
    }

    /// Takes back what a refund still wants of credits that returned from a hold, and answers how much that was.
    pub(crate) fn revoke_returned(&mut self, at: usize, now: Time, returned: Credits) -> Credits {
        let Lot { id, revoke_due, .. } = self.lots[at];
        if revoke_due == Credits::ZERO {
            return Credits::ZERO;
        }
        let revoked = revoke_due.min(returned);
        // What the hold spent cannot come back: only what other holds have of the lot can.
        let due = (revoke_due - revoked).min(self.held_of(id));
        self.lots[at].revoke_due = due;
        self.move_in_lot(at, -revoked);
        if revoked > Credits::ZERO {
            let description = "Returned from a hold to a lot that was refunded".to_owned();
            let part = LotPart { due, ..LotPart::new(id, -revoked) };
            let why = Why::new(Reference::new(ReferenceType::Lot, id), description);
            self.append(now, Line::new(EntryKind::Revoke, vec![part], why));
        }
        revoked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_started_credit_counts_whole() {
        for (amount, part, whole, share) in [
            (100, 1, 1, 100),
            (100, 1, 3, 34),
            (100, 2, 3, 67),
            (1, 1, 1_000_000, 1),
            (10_000, 1450, 2900, 5_000),
            (1_000_000_000_000_000, i64::MAX - 1, i64::MAX, 1_000_000_000_000_000),
        ] {
            assert_eq!(Share::new(part, whole).unwrap().of(Credits(amount)), Credits(share), "{part}/{whole} of {amount}");
        }
        for (part, whole) in [(0, 1), (-1, 2), (1, 0), (2, 1), (-1, -1), (0, 0)] {
            assert_eq!(Share::new(part, whole), Err(Refused::NotAShare { part, whole }));
        }
    }
}
