//! The end of lots and holds: at their instant whether or not anybody sweeps, at once when a lot is ended, and for what
//! returns from a hold to a lot that is over, taken back or frozen. Refuses nothing: ends are facts.

use creel_types::{Credits, LotId, Time};

use crate::{
    Account, EntryKind, HoldState, Lot, LotPart, Reference, ReferenceType, Refused,
    account::{Line, Why},
    hold::HOLD_ENDED,
};

/// Which end comes next; at one instant holds come first, so that their credits end with the rest of the lot.
enum End {
    Hold(usize),
    Lot(usize),
}

impl Account {
    /// Ends every lot and every hold whose instant has come, in the order of the instants.
    pub fn expire_due(&mut self, now: Time) {
        let now = self.instant(now);
        while let Some(end) = self.next_end(now) {
            match end {
                End::Hold(at) => {
                    let ends_at = self.holds[at].ends_at;
                    self.close_hold(at, ends_at, HoldState::Ended, Credits::ZERO, HOLD_ENDED.to_owned());
                }
                End::Lot(at) => self.expire_lot(at),
            }
        }
    }

    fn next_end(&self, now: Time) -> Option<End> {
        let hold = (0..self.holds.len())
            .filter(|&at| self.holds[at].state == HoldState::Open && self.holds[at].ends_at <= now)
            .min_by_key(|&at| (self.holds[at].ends_at, self.holds[at].id));
        // Spending order is order of expiry: the first that has ended is the one that ended first.
        let lot = (0..self.lots.len()).find(|&at| self.lots[at].has_ended(now) && self.lots[at].remaining > Credits::ZERO);
        match (hold, lot) {
            (Some(hold), Some(lot)) if self.lots[lot].expires_at < Some(self.holds[hold].ends_at) => Some(End::Lot(lot)),
            (Some(hold), _) => Some(End::Hold(hold)),
            (None, Some(lot)) => Some(End::Lot(lot)),
            (None, None) => None,
        }
    }

    /// The lot's own instant has come.
    fn expire_lot(&mut self, at: usize) {
        let Lot { id, remaining, expires_at, .. } = self.lots[at];
        let end = self.instant(expires_at.unwrap_or(self.last_at));
        self.thaw_to_end(at, end);
        self.move_in_lot(at, -remaining);
        let why = Why::new(Reference::new(ReferenceType::Lot, id), String::new());
        self.append(end, Line::new(EntryKind::Expire, vec![LotPart::new(id, -remaining)], why));
    }

    /// Ends a lot before its instant: its renewal is granted, or what it was granted for is over. What holds have of it stays
    /// good for them. A lot that has ended already stays as it is.
    pub fn end_lot(&mut self, now: Time, lot: LotId, reference: Reference, description: String) -> Result<Credits, Refused> {
        self.expire_due(now);
        let at = self.find_lot(lot)?;
        Ok(self.end_lot_at(at, self.instant(now), Why::new(reference, description)))
    }

    pub(crate) fn end_lot_at(&mut self, at: usize, now: Time, why: Why) -> Credits {
        let Lot { id, source, remaining, .. } = self.lots[at];
        if self.lots[at].has_ended(now) {
            return Credits::ZERO;
        }
        self.thaw_to_end(at, now);
        self.lots[at].expires_at = Some(now);
        self.move_in_lot(at, -remaining);
        // Written even where nothing is left: the entries alone must tell when the lot ended.
        let part = LotPart::new(id, -remaining).with_terms(source, Some(now));
        self.append(now, Line::new(EntryKind::Expire, vec![part], why));
        self.lots.sort_by(Lot::spending_order);
        remaining
    }

    /// What is frozen becomes available for the entry that ends it: so every amount is a change of `available`.
    fn thaw_to_end(&mut self, at: usize, now: Time) {
        if self.lots[at].frozen {
            let why = Why::new(Reference::new(ReferenceType::Lot, self.lots[at].id), "The disputed lot ends".to_owned());
            self.thaw(at, now, why);
        }
    }

    /// Credits that came back from a hold and were not spent: taken back as far as a refund still wants them, ended with a lot
    /// that has ended, frozen with a lot that is frozen.
    pub(crate) fn sweep_returned(&mut self, now: Time, returned: &[(LotId, Credits)]) {
        for (lot, amount) in returned {
            let Ok(at) = self.find_lot(*lot) else { continue };
            let rest = *amount - self.revoke_returned(at, now, *amount);
            if rest == Credits::ZERO {
                continue;
            }
            let reference = Reference::new(ReferenceType::Lot, lot);
            let parts = vec![LotPart::new(*lot, -rest)];
            if self.lots[at].has_ended(now) {
                self.move_in_lot(at, -rest);
                let why = Why::new(reference, "Returned from a hold to a lot that has ended".to_owned());
                self.append(now, Line::new(EntryKind::Expire, parts, why));
            } else if self.lots[at].frozen {
                let why = Why::new(reference, "Returned from a hold to a disputed lot".to_owned());
                self.append(now, Line::new(EntryKind::Freeze, parts, why));
            }
        }
    }
}
