//! One organization's credits in memory: what it can spend, its lots and holds, and the end of its entry chain.
//!
//! Owns the state and the one place that appends entries; each kind of change stands in the file of its name. Every change
//! first lets due lots and holds end, so a debit at the instant of expiry never uses the lot. Refuses to be constructed from
//! anything but what the database holds: it never guesses a balance.

use creel_types::{Credits, HoldId, LotId, OrganizationId, Time};

use crate::{Entry, EntryKind, FIRST_PREVIOUS_HASH, Hold, HoldState, Lot, LotPart, Reference, Refused};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub organization: OrganizationId,
    /// What lots that are not frozen have left.
    pub available: Credits,
    /// What open holds have taken out of lots.
    pub held: Credits,
    /// The sequence of the last entry, 0 before the first.
    pub sequence: i64,
    pub last_at: Time,
    pub last_hash: String,
    /// In spending order.
    pub(crate) lots: Vec<Lot>,
    pub(crate) holds: Vec<Hold>,
    /// Entries made since the account was loaded, in order.
    entries: Vec<Entry>,
    touched: Vec<LotId>,
    touched_holds: Vec<HoldId>,
}

impl Account {
    /// An account before its first entry.
    #[must_use]
    pub fn empty(organization: OrganizationId) -> Account {
        Account::load(
            organization,
            Credits::ZERO,
            Credits::ZERO,
            0,
            Time(i64::MIN),
            FIRST_PREVIOUS_HASH.to_owned(),
            Vec::new(),
        )
    }

    /// An account as the database holds it. `lots` are those with something left, those that open holds name, and the one
    /// that the operation at hand names; in any order.
    #[must_use]
    pub fn load(
        organization: OrganizationId,
        available: Credits,
        held: Credits,
        sequence: i64,
        last_at: Time,
        last_hash: String,
        mut lots: Vec<Lot>,
    ) -> Account {
        lots.sort_by(Lot::spending_order);
        Account {
            organization,
            available,
            held,
            sequence,
            last_at,
            last_hash,
            lots,
            holds: Vec::new(),
            entries: Vec::new(),
            touched: Vec::new(),
            touched_holds: Vec::new(),
        }
    }

    /// The holds that belong to it: every open one, since any change may find that its life is over, and the one that is to be
    /// settled or released whatever its state, so that doing it twice changes nothing.
    #[must_use]
    pub fn with_holds(mut self, holds: Vec<Hold>) -> Account {
        self.holds = holds;
        self
    }

    /// What could pay for work now or when holds end.
    #[must_use]
    pub fn spendable(&self) -> Credits {
        self.available + self.held
    }

    /// What disputed lots have left: part of neither `available` nor `held`.
    #[must_use]
    pub fn frozen(&self) -> Credits {
        self.lots.iter().filter(|lot| lot.frozen).map(|lot| lot.remaining).sum()
    }

    #[must_use]
    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    #[must_use]
    pub fn holds(&self) -> &[Hold] {
        &self.holds
    }

    /// Entries made since loading, to be inserted.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Lots that changed since loading, each once, as they are now.
    pub fn changed_lots(&self) -> impl Iterator<Item = &Lot> {
        self.lots.iter().filter(|lot| self.touched.contains(&lot.id))
    }

    /// Holds that changed since loading, each once, as they are now.
    pub fn changed_holds(&self) -> impl Iterator<Item = &Hold> {
        self.holds.iter().filter(|hold| self.touched_holds.contains(&hold.id))
    }

    /// Clocks of several machines differ: the ledger's own last instant counts too, so that time never runs backwards.
    pub(crate) fn instant(&self, now: Time) -> Time {
        now.max(self.last_at)
    }

    pub(crate) fn find_lot(&self, lot: LotId) -> Result<usize, Refused> {
        self.lots.iter().position(|known| known.id == lot).ok_or(Refused::UnknownLot(lot))
    }

    /// What open holds have of a lot.
    pub(crate) fn held_of(&self, lot: LotId) -> Credits {
        let open = self.holds.iter().filter(|hold| hold.state == HoldState::Open);
        open.flat_map(|hold| &hold.parts).filter(|part| part.lot == lot).map(|part| part.amount).sum()
    }

    pub(crate) fn add_lot(&mut self, lot: Lot) {
        self.touch_lot(lot.id);
        self.lots.push(lot);
        self.lots.sort_by(Lot::spending_order);
    }

    pub(crate) fn move_in_lot(&mut self, at: usize, amount: Credits) {
        self.lots[at].remaining += amount;
        self.touch_lot(self.lots[at].id);
    }

    pub(crate) fn touch_lot(&mut self, lot: LotId) {
        if !self.touched.contains(&lot) {
            self.touched.push(lot);
        }
    }

    pub(crate) fn touch_hold(&mut self, hold: HoldId) {
        if !self.touched_holds.contains(&hold) {
            self.touched_holds.push(hold);
        }
    }

    /// Appends one entry; its amount is the sum of its parts, so the two can never differ.
    pub(crate) fn append(&mut self, at: Time, line: Line) {
        let amount: Credits = line.parts.iter().map(|part| part.amount).sum();
        self.available += amount;
        self.sequence += 1;
        self.last_at = at.max(self.last_at);
        let mut entry = Entry {
            organization: self.organization,
            sequence: self.sequence,
            at: self.last_at,
            kind: line.kind,
            amount,
            balance_after: self.available,
            reference: line.why.reference,
            description: line.why.description,
            actor: line.why.actor,
            lots: line.parts,
            previous_hash: std::mem::take(&mut self.last_hash),
            hash: String::new(),
        };
        entry.hash = entry.compute_hash();
        self.last_hash.clone_from(&entry.hash);
        self.entries.push(entry);
    }
}

/// What an entry says beside where it stands in the chain.
pub(crate) struct Line {
    pub kind: EntryKind,
    pub parts: Vec<LotPart>,
    pub why: Why,
}

impl Line {
    pub(crate) fn new(kind: EntryKind, parts: Vec<LotPart>, why: Why) -> Line {
        Line { kind, parts, why }
    }
}

/// What an entry was written for, in words, and by whom.
#[derive(Clone)]
pub(crate) struct Why {
    pub reference: Reference,
    pub description: String,
    /// Empty where nobody did it by hand.
    pub actor: String,
}

impl Why {
    pub(crate) fn new(reference: Reference, description: String) -> Why {
        Why { reference, description, actor: String::new() }
    }
}
