//! Grants: a new lot with its entry, the renewal of a cycle, and a lot's end moved. Refuses lots that are over before they
//! begin, amounts that are not positive or too large, and renewals of what is no cycle.

use creel_types::{Credits, LotId, Time};

use crate::{
    AMOUNT_MAX, Account, BALANCE_MAX, EntryKind, Lot, LotPart, LotSource, Reference, ReferenceType, Refused,
    account::{Line, Why},
    refused::checked_amount,
};

/// A lot to be granted.
#[derive(Clone, Debug)]
pub struct Grant {
    pub lot: LotId,
    pub source: LotSource,
    pub amount: Credits,
    pub expires_at: Option<Time>,
    pub reference: Reference,
    pub description: String,
    pub actor: String,
}

impl Account {
    /// Adds a lot and its entry. Other lots stay as they are: that is right for an upgrade's grant too.
    pub fn grant(&mut self, now: Time, grant: Grant) -> Result<(), Refused> {
        self.expire_due(now);
        let now = self.instant(now);
        self.check_grant(now, &grant)?;
        self.write_grant(now, grant);
        Ok(())
    }

    /// Adds the lot of a new cycle and ends the lot of the cycle before: nothing rolls over. A previous lot that is not loaded
    /// has nothing left in it or in holds, and there is nothing to end.
    pub fn renew(&mut self, now: Time, previous: LotId, grant: Grant) -> Result<(), Refused> {
        self.expire_due(now);
        let now = self.instant(now);
        self.check_grant(now, &grant)?;
        if grant.source != LotSource::Cycle {
            return Err(Refused::NotACycle(grant.lot));
        }
        if let Ok(at) = self.find_lot(previous) {
            if self.lots[at].source != LotSource::Cycle {
                return Err(Refused::NotACycle(previous));
            }
            let why = Why::new(Reference::new(ReferenceType::Lot, previous), "Its renewal begins".to_owned());
            self.end_lot_at(at, now, why);
        }
        self.write_grant(now, grant);
        Ok(())
    }

    /// Moves the end of a lot that has not ended: a subscription that is set to end lets its lot end exactly with the period.
    /// The entry is an `adjust` of 0 credits, so that the ledger alone tells when a lot ends.
    pub fn move_expiry(
        &mut self,
        now: Time,
        lot: LotId,
        expires_at: Option<Time>,
        reference: Reference,
        description: String,
    ) -> Result<(), Refused> {
        self.expire_due(now);
        let now = self.instant(now);
        let at = self.find_lot(lot)?;
        if self.lots[at].has_ended(now) {
            return Err(Refused::LotEnded(lot));
        }
        if let Some(end) = expires_at.filter(|end| *end <= now) {
            return Err(Refused::AlreadyEnded(end));
        }
        if self.lots[at].expires_at == expires_at {
            return Ok(());
        }
        let part = LotPart::new(lot, Credits::ZERO).with_terms(self.lots[at].source, expires_at);
        self.lots[at].expires_at = expires_at;
        self.touch_lot(lot);
        self.lots.sort_by(Lot::spending_order);
        self.append(now, Line::new(EntryKind::Adjust, vec![part], Why::new(reference, description)));
        Ok(())
    }

    fn check_grant(&self, now: Time, grant: &Grant) -> Result<(), Refused> {
        checked_amount(grant.amount)?;
        if let Some(end) = grant.expires_at.filter(|end| *end <= now) {
            return Err(Refused::AlreadyEnded(end));
        }
        if grant.source == LotSource::Adjustment && grant.description.trim().is_empty() {
            return Err(Refused::ReasonMissing);
        }
        if self.find_lot(grant.lot).is_ok() {
            return Err(Refused::LotExists(grant.lot));
        }
        const { assert!(BALANCE_MAX.0 < i64::MAX - AMOUNT_MAX.0, "the sum below cannot overflow") };
        if self.spendable() + self.frozen() + grant.amount > BALANCE_MAX {
            return Err(Refused::TooLarge);
        }
        Ok(())
    }

    fn write_grant(&mut self, now: Time, grant: Grant) {
        let Grant { lot, source, amount, expires_at, reference, description, actor } = grant;
        self.add_lot(Lot {
            id: lot,
            source,
            amount,
            remaining: amount,
            expires_at,
            granted_sequence: self.sequence + 1,
            frozen: false,
            revoke_due: Credits::ZERO,
        });
        // A correction upward is a lot like any other; only its entry says that a person made it.
        let kind = if source == LotSource::Adjustment { EntryKind::Adjust } else { EntryKind::Grant };
        let parts = vec![LotPart::new(lot, amount).with_terms(source, expires_at)];
        self.append(now, Line::new(kind, parts, Why { reference, description, actor }));
    }
}
