//! Taking credits out of lots: debits of work and corrections downward, all of it or nothing. Refuses to go below zero.

use creel_types::{Credits, Time};

use crate::{
    Account, EntryKind, LotPart, Reference, Refused,
    account::{Line, Why},
    refused::checked_amount,
};

impl Account {
    /// Takes `amount` out of the lots in spending order, all of it or nothing.
    pub fn debit(&mut self, now: Time, amount: Credits, reference: Reference, description: String) -> Result<(), Refused> {
        self.take(now, EntryKind::Debit, amount, Why::new(reference, description))
    }

    /// A correction downward by a person, with a reason; never below zero.
    pub fn adjust_down(
        &mut self,
        now: Time,
        amount: Credits,
        reference: Reference,
        reason: String,
        actor: String,
    ) -> Result<(), Refused> {
        if reason.trim().is_empty() {
            return Err(Refused::ReasonMissing);
        }
        self.take(now, EntryKind::Adjust, amount, Why { reference, description: reason, actor })
    }

    fn take(&mut self, now: Time, kind: EntryKind, amount: Credits, why: Why) -> Result<(), Refused> {
        self.expire_due(now);
        self.check_payable(amount)?;
        let mut parts = Vec::with_capacity(1);
        self.take_from_lots(amount, &mut parts);
        self.append(self.instant(now), Line::new(kind, parts, why));
        Ok(())
    }

    pub(crate) fn check_payable(&self, amount: Credits) -> Result<(), Refused> {
        checked_amount(amount)?;
        if self.available < amount {
            return Err(Refused::InsufficientCredits { needed: amount, available: self.available });
        }
        Ok(())
    }

    /// Moves up to `amount` out of the lots in spending order into `parts`, where a lot stands once.
    pub(crate) fn take_from_lots(&mut self, amount: Credits, parts: &mut Vec<LotPart>) {
        let mut left = amount;
        for at in 0..self.lots.len() {
            if left == Credits::ZERO {
                break;
            }
            let taken = left.min(self.lots[at].available());
            if taken > Credits::ZERO {
                add_part(parts, LotPart::new(self.lots[at].id, -taken));
                self.move_in_lot(at, -taken);
                left -= taken;
            }
        }
    }
}

/// Adds to the part of the same lot where there is one.
pub(crate) fn add_part(parts: &mut Vec<LotPart>, part: LotPart) {
    match parts.iter_mut().find(|known| known.lot == part.lot) {
        Some(known) => known.amount += part.amount,
        None => parts.push(part),
    }
}
