//! Recomputes a ledger from zero: sequence, time, the hash chain, balances, every lot and hold, and the rules of spending.
//!
//! It knows nothing but the entries, and it does not share the code that wrote them: a rule that is broken there is found
//! here. It stops at the first fault and repairs nothing. An entry cut off at the end is seen only against the end of the
//! chain that the organization's row keeps.

use std::collections::BTreeMap;

use creel_types::{Credits, HoldId, LotId, OrganizationId, Time};

use crate::{ChainFault, Entry, EntryKind, LotPart, Reference, Verified, VerifiedLot, lot::spending_order};

/// Recomputes a chain entry by entry, so that a long ledger need not be held in memory.
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    state: Verified,
    organization: Option<OrganizationId>,
    last_at: Option<Time>,
    returning: Returning,
}

/// What the last `release` gave back and no entry has dealt with yet: for these credits alone the entries right behind it may
/// spend a lot that is over, and must end, freeze or take back what is left.
#[derive(Clone, Debug, Default)]
struct Returning {
    lots: BTreeMap<LotId, Credits>,
    /// Whose settlement may follow.
    settles: Option<Reference>,
}

impl Returning {
    fn of(&self, lot: LotId) -> Credits {
        self.lots.get(&lot).copied().unwrap_or_default()
    }

    /// Uses up what returned to a lot and answers how much of `amount` that was.
    fn take(&mut self, lot: LotId, amount: Credits) -> Credits {
        let taken = self.of(lot).min(amount);
        if let Some(left) = self.lots.get_mut(&lot) {
            *left -= taken;
        }
        taken
    }
}

impl Verifier {
    /// Takes the next entry of one organization's ledger, or says what is wrong with it.
    pub fn push(&mut self, entry: &Entry) -> Result<(), ChainFault> {
        self.check_link(entry)?;
        self.check_sums(entry)?;
        self.settle_returning(entry);
        self.check_ends(entry)?;
        match entry.kind {
            EntryKind::Grant => self.grant(entry)?,
            EntryKind::Adjust if entry.amount > Credits::ZERO => self.grant(entry)?,
            EntryKind::Adjust if entry.amount == Credits::ZERO => self.change_terms(entry)?,
            EntryKind::Debit | EntryKind::Adjust => self.spend(entry)?,
            EntryKind::Hold => self.hold(entry)?,
            EntryKind::Release => self.release(entry)?,
            EntryKind::Expire => self.expire(entry)?,
            EntryKind::Revoke => self.revoke(entry)?,
            EntryKind::Freeze | EntryKind::Unfreeze => self.freeze(entry)?,
        }
        self.state.balance = entry.balance_after;
        self.state.last_hash.clone_from(&entry.hash);
        self.state.entries = entry.sequence;
        self.last_at = Some(entry.at);
        Ok(())
    }

    #[must_use]
    pub fn so_far(&self) -> &Verified {
        &self.state
    }

    #[must_use]
    pub fn into_verified(self) -> Verified {
        self.state
    }

    fn check_link(&mut self, entry: &Entry) -> Result<(), ChainFault> {
        let sequence = entry.sequence;
        if sequence != self.state.entries + 1 {
            return Err(ChainFault::Sequence { expected: self.state.entries + 1, found: sequence });
        }
        if entry.previous_hash != self.state.last_hash {
            return Err(ChainFault::Link { sequence });
        }
        if entry.compute_hash() != entry.hash {
            return Err(ChainFault::Hash { sequence });
        }
        if *self.organization.get_or_insert(entry.organization) != entry.organization {
            return Err(ChainFault::Organization { sequence });
        }
        if self.last_at.is_some_and(|last| entry.at < last) {
            return Err(ChainFault::Time { sequence });
        }
        Ok(())
    }

    fn check_sums(&self, entry: &Entry) -> Result<(), ChainFault> {
        let Entry { sequence, kind, amount, .. } = *entry;
        let computed = Credits(self.state.balance.0.saturating_add(amount.0));
        if computed != entry.balance_after {
            return Err(ChainFault::Balance { sequence, stored: entry.balance_after, computed });
        }
        if computed < Credits::ZERO {
            return Err(ChainFault::Negative { sequence });
        }
        let right_way = |amount: Credits| match kind {
            EntryKind::Grant | EntryKind::Release => amount > Credits::ZERO,
            EntryKind::Debit | EntryKind::Hold => amount < Credits::ZERO,
            EntryKind::Unfreeze => amount >= Credits::ZERO,
            EntryKind::Expire | EntryKind::Revoke | EntryKind::Freeze => amount <= Credits::ZERO,
            EntryKind::Adjust => amount.0.signum() == entry.amount.0.signum(),
        };
        if !right_way(amount) || entry.lots.is_empty() || !entry.lots.iter().all(|part| right_way(part.amount)) {
            return Err(ChainFault::Sign { sequence, kind });
        }
        // Saturating: parts that a stranger wrote must not bring the verifier down.
        let parts = Credits(entry.lots.iter().fold(0, |sum: i64, part| sum.saturating_add(part.amount.0)));
        if parts != amount {
            return Err(ChainFault::Parts { sequence, parts, amount });
        }
        Ok(())
    }

    /// What returned must be dealt with before anything else is written.
    fn settle_returning(&mut self, entry: &Entry) {
        let deals_with_it = match entry.kind {
            EntryKind::Debit => self.returning.settles.as_ref() == Some(&entry.reference),
            EntryKind::Expire | EntryKind::Revoke | EntryKind::Freeze => true,
            _ => false,
        };
        if !deals_with_it {
            self.returning = Returning::default();
        }
    }

    /// No entry may be written while a lot whose instant has come, or that is frozen, has anything available.
    fn check_ends(&self, entry: &Entry) -> Result<(), ChainFault> {
        // Ends of one instant are written one after the other, with what follows from them, so these may see others that end
        // with them.
        let is_end = matches!(
            entry.kind,
            EntryKind::Expire | EntryKind::Unfreeze | EntryKind::Release | EntryKind::Revoke | EntryKind::Freeze
        );
        for (id, lot) in &self.state.lots {
            let overdue = lot.expires_at.is_some_and(|end| if is_end { end < entry.at } else { end <= entry.at });
            if (overdue || lot.is_frozen) && lot.available > self.returning.of(*id) {
                return Err(ChainFault::Late { sequence: entry.sequence, lot: *id });
            }
        }
        Ok(())
    }

    fn grant(&mut self, entry: &Entry) -> Result<(), ChainFault> {
        for part in &entry.lots {
            let fault = ChainFault::Terms { sequence: entry.sequence, lot: part.lot };
            let Some(terms) = part.terms.filter(|terms| terms.expires_at.is_none_or(|end| end > entry.at)) else {
                return Err(fault);
            };
            let lot = VerifiedLot {
                source: terms.source,
                amount: part.amount,
                expires_at: terms.expires_at,
                granted_sequence: entry.sequence,
                available: part.amount,
                held: Credits::ZERO,
                frozen: Credits::ZERO,
                is_frozen: false,
                revoke_due: Credits::ZERO,
            };
            if self.state.lots.insert(part.lot, lot).is_some() {
                return Err(fault);
            }
        }
        Ok(())
    }

    fn change_terms(&mut self, entry: &Entry) -> Result<(), ChainFault> {
        for part in &entry.lots {
            let fault = ChainFault::Terms { sequence: entry.sequence, lot: part.lot };
            let lot = self.lot(entry, part)?;
            match part.terms.filter(|terms| terms.source == lot.source && !lot.has_ended(entry.at)) {
                Some(terms) if terms.expires_at.is_none_or(|end| end > entry.at) => lot.expires_at = terms.expires_at,
                _ => return Err(fault),
            }
        }
        Ok(())
    }

    /// Debits and holds: what just returned for this very settlement first, then lots in spending order.
    fn spend(&mut self, entry: &Entry) -> Result<(), ChainFault> {
        let mut last = None;
        for part in &entry.lots {
            let from_held =
                if entry.kind == EntryKind::Debit { self.returning.take(part.lot, -part.amount) } else { Credits::ZERO };
            let sequence = entry.sequence;
            let lot = self.take(entry, part)?;
            if from_held < -part.amount {
                if lot.has_ended(entry.at) || lot.is_frozen {
                    return Err(ChainFault::Unspendable { sequence, lot: part.lot });
                }
                let age = lot.age();
                last = last.filter(|other| spending_order(*other, age).is_gt()).or(Some(age));
            }
        }
        self.returning.settles = None;
        self.check_order(entry, last)
    }

    /// Every lot before the last one that was spent must be spent whole.
    fn check_order(&self, entry: &Entry, last: Option<(Option<Time>, i64)>) -> Result<(), ChainFault> {
        let Some(last) = last else { return Ok(()) };
        let passed_over = self
            .state
            .lots
            .iter()
            .find(|(id, lot)| lot.available > self.returning.of(**id) && spending_order(lot.age(), last).is_lt());
        passed_over.map_or(Ok(()), |(id, _)| Err(ChainFault::Order { sequence: entry.sequence, lot: *id }))
    }

    fn hold(&mut self, entry: &Entry) -> Result<(), ChainFault> {
        self.spend(entry)?;
        for part in &entry.lots {
            let hold = hold_of(entry, part)?;
            self.lot(entry, part)?.held -= part.amount;
            self.state.held -= part.amount;
            // A hold may grow, also out of a lot that it has something of.
            *self.state.holds.entry(hold).or_default().entry(part.lot).or_default() -= part.amount;
        }
        Ok(())
    }

    /// A hold returns whole.
    fn release(&mut self, entry: &Entry) -> Result<(), ChainFault> {
        for part in &entry.lots {
            let fault = ChainFault::Hold { sequence: entry.sequence, lot: part.lot };
            let hold = hold_of(entry, part)?;
            let held = self.state.holds.get_mut(&hold).and_then(|held| held.remove(&part.lot));
            if held != Some(part.amount) {
                return Err(fault);
            }
            let lot = self.lot(entry, part)?;
            lot.held -= part.amount;
            lot.available += part.amount;
            self.state.held -= part.amount;
            self.returning.lots.insert(part.lot, part.amount);
        }
        for part in &entry.lots {
            if hold_of(entry, part).is_ok_and(|hold| self.state.holds.get(&hold).is_some_and(|held| !held.is_empty())) {
                return Err(ChainFault::Hold { sequence: entry.sequence, lot: part.lot });
            }
        }
        self.state.holds.retain(|_, held| !held.is_empty());
        self.returning.settles = Some(entry.reference.clone());
        Ok(())
    }

    fn expire(&mut self, entry: &Entry) -> Result<(), ChainFault> {
        for part in &entry.lots {
            let lot = self.take(entry, part)?;
            if let Some(terms) = part.terms {
                if terms.source != lot.source {
                    return Err(ChainFault::Terms { sequence: entry.sequence, lot: part.lot });
                }
                lot.expires_at = terms.expires_at;
            }
            if !lot.has_ended(entry.at) {
                return Err(ChainFault::Early { sequence: entry.sequence, lot: part.lot });
            }
            self.returning.take(part.lot, -part.amount);
        }
        Ok(())
    }

    fn revoke(&mut self, entry: &Entry) -> Result<(), ChainFault> {
        for part in &entry.lots {
            let lot = self.take(entry, part)?;
            if part.due < Credits::ZERO || part.due > lot.held {
                return Err(ChainFault::Hold { sequence: entry.sequence, lot: part.lot });
            }
            lot.revoke_due = part.due;
            self.returning.take(part.lot, -part.amount);
        }
        Ok(())
    }

    fn freeze(&mut self, entry: &Entry) -> Result<(), ChainFault> {
        for part in &entry.lots {
            let lot = self.take(entry, part)?;
            lot.frozen -= part.amount;
            lot.is_frozen = entry.kind == EntryKind::Freeze;
            // Opening a lot opens all of it, closing it leaves nothing open.
            let left = if lot.is_frozen { lot.available } else { lot.frozen };
            if left != Credits::ZERO {
                return Err(ChainFault::Lot { sequence: entry.sequence, lot: part.lot });
            }
            self.state.frozen -= part.amount;
            self.returning.take(part.lot, -part.amount);
        }
        Ok(())
    }

    fn lot(&mut self, entry: &Entry, part: &LotPart) -> Result<&mut VerifiedLot, ChainFault> {
        self.state.lots.get_mut(&part.lot).ok_or(ChainFault::Lot { sequence: entry.sequence, lot: part.lot })
    }

    /// Moves a part in what is available of its lot.
    fn take(&mut self, entry: &Entry, part: &LotPart) -> Result<&mut VerifiedLot, ChainFault> {
        let lot = self.lot(entry, part)?;
        lot.available = Credits(lot.available.0.saturating_add(part.amount.0));
        if lot.available < Credits::ZERO {
            return Err(ChainFault::Lot { sequence: entry.sequence, lot: part.lot });
        }
        Ok(lot)
    }
}

fn hold_of(entry: &Entry, part: &LotPart) -> Result<HoldId, ChainFault> {
    part.hold.ok_or(ChainFault::Hold { sequence: entry.sequence, lot: part.lot })
}

/// Walks `entries` (the whole ledger of one organization, in order) and stops at the first fault.
pub fn verify(entries: &[Entry]) -> Result<Verified, ChainFault> {
    let mut verifier = Verifier::default();
    entries.iter().try_for_each(|entry| verifier.push(entry))?;
    Ok(verifier.into_verified())
}
