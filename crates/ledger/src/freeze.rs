//! A dispute freezes a lot until it is closed: what is in it leaves `available` and pays for nothing.
//!
//! A frozen lot ends at its instant all the same (`unfreeze`, then `expire`). What holds have of it stays good for them; what
//! returns is frozen. Freezing or unfreezing twice changes nothing.

use creel_types::{Credits, LotId, Time};

use crate::{
    Account, EntryKind, LotPart, Reference, Refused,
    account::{Line, Why},
};

impl Account {
    /// Freezes a lot and answers how much left `available`. A lot that has ended has nothing to freeze.
    pub fn freeze(&mut self, now: Time, lot: LotId, reference: Reference, description: String) -> Result<Credits, Refused> {
        self.expire_due(now);
        let now = self.instant(now);
        let at = self.find_lot(lot)?;
        if self.lots[at].frozen || self.lots[at].has_ended(now) {
            return Ok(Credits::ZERO);
        }
        let amount = self.lots[at].remaining;
        self.chill(at, now, Why::new(reference, description));
        Ok(amount)
    }

    /// Makes what is left of a frozen lot available again and answers how much that is.
    pub fn unfreeze(
        &mut self,
        now: Time,
        lot: LotId,
        reference: Reference,
        description: String,
    ) -> Result<Credits, Refused> {
        self.expire_due(now);
        let now = self.instant(now);
        let at = self.find_lot(lot)?;
        if !self.lots[at].frozen || self.lots[at].has_ended(now) {
            return Ok(Credits::ZERO);
        }
        let amount = self.lots[at].remaining;
        self.thaw(at, now, Why::new(reference, description));
        Ok(amount)
    }

    /// Written even for an empty lot, so that the entries alone tell that what returns to it is frozen.
    pub(crate) fn chill(&mut self, at: usize, now: Time, why: Why) {
        let (id, amount) = (self.lots[at].id, self.lots[at].remaining);
        self.lots[at].frozen = true;
        self.touch_lot(id);
        self.append(now, Line::new(EntryKind::Freeze, vec![LotPart::new(id, -amount)], why));
    }

    pub(crate) fn thaw(&mut self, at: usize, now: Time, why: Why) {
        let (id, amount) = (self.lots[at].id, self.lots[at].remaining);
        self.lots[at].frozen = false;
        self.touch_lot(id);
        self.append(now, Line::new(EntryKind::Unfreeze, vec![LotPart::new(id, amount)], why));
    }
}
