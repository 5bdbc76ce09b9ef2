//! Holds: credits set aside while the cost of some work is not known yet, and their settlement.
//!
//! A hold's credits leave `available`, count in `held`, and stay good for this hold's settlement whatever becomes of their
//! lots: ended, taken back or frozen. A settlement is `release`, then `debit`, so that the amounts sum to `available`.
//! Settling or releasing twice changes nothing. A hold whose life is over gives its credits back by itself; settled after
//! that, the work is debited from what lots have, because it was done. Refuses to hold more than is available.

use creel_types::{Credits, HoldId, LotId, Time, words};
use serde::{Deserialize, Serialize};

use crate::{
    AMOUNT_MAX, Account, EntryKind, LotPart, Reference, Refused,
    account::{Line, Why},
    debit::add_part,
};

/// Longest life of a hold.
pub const HOLD_MS_MAX: i64 = 10 * 60 * 1000;

pub(crate) const HOLD_ENDED: &str = "The hold's time is over";

words! {
    HoldState {
        Open = "open",
        Settled = "settled",
        Released = "released",
        /// Its time was over before anybody settled or released it. It may still be settled.
        Ended = "ended",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub id: HoldId,
    /// What it is held for.
    pub reference: Reference,
    /// What it took out of which lots, in spending order; a closed hold keeps them for explanation.
    pub parts: Vec<HeldPart>,
    pub placed_at: Time,
    /// At this instant the hold is over.
    pub ends_at: Time,
    pub state: HoldState,
    /// What its settlement debited.
    pub debited: Credits,
    /// What its settlement should have debited beyond that and could not.
    pub shortfall: Credits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldPart {
    pub lot: LotId,
    pub amount: Credits,
}

impl Hold {
    #[must_use]
    pub fn amount(&self) -> Credits {
        self.parts.iter().map(|part| part.amount).sum()
    }
}

/// A hold to be placed.
#[derive(Clone, Debug)]
pub struct NewHold {
    pub hold: HoldId,
    pub amount: Credits,
    /// Its life from now, at most [`HOLD_MS_MAX`]; not an instant, because the ledger's clock may be ahead of the caller's.
    pub live_ms: i64,
    pub reference: Reference,
    pub description: String,
}

/// What a settlement came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub debited: Credits,
    pub shortfall: Credits,
    /// False where the hold had been settled or released before: nothing was written.
    pub changed: bool,
}

impl Account {
    /// Sets credits aside out of the lots in spending order, all of them or nothing.
    pub fn place_hold(&mut self, now: Time, new: NewHold) -> Result<(), Refused> {
        self.expire_due(now);
        let now = self.instant(now);
        if self.holds.iter().any(|hold| hold.id == new.hold) {
            return Err(Refused::HoldExists(new.hold));
        }
        if !(1..=HOLD_MS_MAX).contains(&new.live_ms) {
            return Err(Refused::HoldLife { live_ms: new.live_ms, max_ms: HOLD_MS_MAX });
        }
        self.check_payable(new.amount)?;
        let mut parts = Vec::with_capacity(1);
        self.take_from_lots(new.amount, &mut parts);
        self.held += new.amount;
        self.holds.push(Hold {
            id: new.hold,
            reference: new.reference.clone(),
            parts: parts.iter().map(|part| HeldPart { lot: part.lot, amount: -part.amount }).collect(),
            placed_at: now,
            ends_at: now.plus_ms(new.live_ms),
            state: HoldState::Open,
            debited: Credits::ZERO,
            shortfall: Credits::ZERO,
        });
        self.touch_hold(new.hold);
        let parts = parts.into_iter().map(|part| part.with_hold(new.hold)).collect();
        self.append(now, Line::new(EntryKind::Hold, parts, Why::new(new.reference, new.description)));
        Ok(())
    }

    /// Sets more aside for the same work, all of it or nothing; its life stays what it was.
    pub fn grow_hold(&mut self, now: Time, hold: HoldId, amount: Credits, description: String) -> Result<(), Refused> {
        self.expire_due(now);
        let now = self.instant(now);
        let at = self.find_hold(hold)?;
        if self.holds[at].state != HoldState::Open {
            return Err(Refused::HoldOver(hold));
        }
        self.check_payable(amount)?;
        let mut parts = Vec::with_capacity(1);
        self.take_from_lots(amount, &mut parts);
        self.held += amount;
        let grown = &mut self.holds[at];
        for part in &parts {
            match grown.parts.iter_mut().find(|known| known.lot == part.lot) {
                Some(known) => known.amount -= part.amount,
                None => grown.parts.push(HeldPart { lot: part.lot, amount: -part.amount }),
            }
        }
        let reference = grown.reference.clone();
        self.touch_hold(hold);
        let parts = parts.into_iter().map(|part| part.with_hold(hold)).collect();
        self.append(now, Line::new(EntryKind::Hold, parts, Why::new(reference, description)));
        Ok(())
    }

    /// Debits what the work came to: from the held credits, then from lots, never below zero. What is not needed returns.
    pub fn settle_hold(
        &mut self,
        now: Time,
        hold: HoldId,
        amount: Credits,
        description: String,
    ) -> Result<Settlement, Refused> {
        self.expire_due(now);
        let now = self.instant(now);
        // Nothing is a fair price: work that came to nothing gives the whole hold back.
        if amount < Credits::ZERO {
            return Err(Refused::NotPositive(amount));
        }
        if amount > AMOUNT_MAX {
            return Err(Refused::TooLarge);
        }
        let at = self.find_hold(hold)?;
        let changed = matches!(self.holds[at].state, HoldState::Open | HoldState::Ended);
        if changed {
            self.close_hold(at, now, HoldState::Settled, amount, description);
        }
        let Hold { debited, shortfall, .. } = self.holds[at];
        Ok(Settlement { debited, shortfall, changed })
    }

    /// Gives the held credits back. Answers whether there was anything to give back.
    pub fn release_hold(&mut self, now: Time, hold: HoldId, description: String) -> Result<bool, Refused> {
        self.expire_due(now);
        let now = self.instant(now);
        let at = self.find_hold(hold)?;
        let changed = self.holds[at].state == HoldState::Open;
        if changed {
            self.close_hold(at, now, HoldState::Released, Credits::ZERO, description);
        } else if self.holds[at].state == HoldState::Ended {
            // Its owner is done with it: from here on it cannot be settled.
            self.holds[at].state = HoldState::Released;
            self.touch_hold(hold);
        }
        Ok(changed)
    }

    fn find_hold(&self, hold: HoldId) -> Result<usize, Refused> {
        self.holds.iter().position(|known| known.id == hold).ok_or(Refused::UnknownHold(hold))
    }

    /// The one way out of a hold: release, debit of `amount`, and the end of what returns where it may not stay.
    pub(crate) fn close_hold(&mut self, at: usize, now: Time, state: HoldState, amount: Credits, description: String) {
        let hold = &mut self.holds[at];
        let (id, reference) = (hold.id, hold.reference.clone());
        let held = if hold.state == HoldState::Open { hold.parts.clone() } else { Vec::new() };
        hold.state = state;
        if !held.is_empty() {
            self.write_release(now, id, &held, Why::new(reference.clone(), description.clone()));
        }
        let mut parts = Vec::with_capacity(held.len());
        let returned = self.take_from_held(amount, &held, &mut parts);
        let from_held = -parts.iter().map(|part| part.amount).sum::<Credits>();
        self.take_from_lots(amount - from_held, &mut parts);
        let debited = -parts.iter().map(|part| part.amount).sum::<Credits>();
        let shortfall = amount - debited;
        if debited > Credits::ZERO {
            let description = if shortfall > Credits::ZERO {
                // The entry itself says it, so that the statement explains a debit that is smaller than its work.
                format!("{description} ({shortfall} credits short)")
            } else {
                description
            };
            self.append(now, Line::new(EntryKind::Debit, parts, Why::new(reference, description)));
        }
        (self.holds[at].debited, self.holds[at].shortfall) = (debited, shortfall);
        self.touch_hold(id);
        self.sweep_returned(now, &returned);
    }

    fn write_release(&mut self, now: Time, hold: HoldId, held: &[HeldPart], why: Why) {
        let mut parts = Vec::with_capacity(held.len());
        for part in held {
            // A lot that the caller forgot to load keeps its part in the hold: the books then say so, and nothing is lost.
            if let Ok(at) = self.find_lot(part.lot) {
                self.move_in_lot(at, part.amount);
                self.held -= part.amount;
                parts.push(LotPart::new(part.lot, part.amount).with_hold(hold));
            }
        }
        self.append(now, Line::new(EntryKind::Release, parts, why));
    }

    /// Spends what was held, in the order it was held in, and answers what is left of each lot's part.
    fn take_from_held(&mut self, amount: Credits, held: &[HeldPart], parts: &mut Vec<LotPart>) -> Vec<(LotId, Credits)> {
        let mut left = amount;
        let mut returned = Vec::with_capacity(held.len());
        for part in held {
            let Ok(at) = self.find_lot(part.lot) else { continue };
            let taken = left.min(part.amount);
            if taken > Credits::ZERO {
                self.move_in_lot(at, -taken);
                add_part(parts, LotPart::new(part.lot, -taken));
                left -= taken;
            }
            returned.push((part.lot, part.amount - taken));
        }
        returned
    }
}
