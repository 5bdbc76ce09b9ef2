//! One organization's credits in memory: what it can spend, its lots, and the end of its entry chain.
//!
//! Every operation first lets due lots end at the effective instant, so a debit at the instant of expiry never uses the lot.

use creel_types::{Credits, LotId, OrganizationId, Time};
use thiserror::Error;

use crate::{Entry, EntryKind, Lot, LotPart, LotSource, Reference, ReferenceType, entry::FIRST_PREVIOUS_HASH};

/// Largest balance an organization may have; far from the edge of 64 bits, so that sums cannot overflow.
pub const BALANCE_MAX: Credits = Credits(1_000_000_000_000_000_000);

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    #[error("{needed} credits are needed and {available} are available")]
    InsufficientCredits { needed: Credits, available: Credits },
    #[error("the amount must be positive, not {0}")]
    NotPositive(Credits),
    #[error("the expiry {0} is not in the future")]
    AlreadyEnded(Time),
    #[error("a balance of more than {BALANCE_MAX} credits is not kept")]
    TooLarge,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub organization: OrganizationId,
    pub available: Credits,
    pub held: Credits,
    /// The sequence of the last entry, 0 before the first.
    pub sequence: i64,
    pub last_at: Time,
    pub last_hash: String,
    /// Lots with something left, in spending order.
    lots: Vec<Lot>,
    /// Entries made since the account was loaded, in order.
    entries: Vec<Entry>,
    touched: Vec<LotId>,
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

    /// An account as the database holds it. `lots` are those with something left, in any order.
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
            entries: Vec::new(),
            touched: Vec::new(),
        }
    }

    /// What could pay for work now or when holds end.
    #[must_use]
    pub fn spendable(&self) -> Credits {
        self.available + self.held
    }

    #[must_use]
    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    /// Entries made since loading, to be inserted.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Lots that changed since loading, each once, with what is left of them now.
    pub fn changed_lots(&self) -> impl Iterator<Item = &Lot> {
        self.lots.iter().filter(|lot| self.touched.contains(&lot.id))
    }

    /// Ends every lot whose instant has come. Clocks of several machines differ: the ledger's own last instant counts too.
    pub fn expire_due(&mut self, now: Time) {
        let now = now.max(self.last_at);
        // Spending order is order of expiry, so entries come out with instants that never decrease.
        for at in 0..self.lots.len() {
            let lot = &self.lots[at];
            let Some(end) = lot.expires_at.filter(|_| lot.has_ended(now) && lot.remaining > Credits::ZERO) else { continue };
            let (id, rest) = (lot.id, lot.remaining);
            self.move_in_lot(at, -rest);
            let parts = vec![LotPart { lot: id, amount: -rest }];
            self.append(
                end,
                EntryKind::Expire,
                -rest,
                Reference::new(ReferenceType::Lot, id),
                String::new(),
                String::new(),
                parts,
            );
        }
    }

    /// Adds a lot and its entry.
    pub fn grant(&mut self, now: Time, grant: Grant) -> Result<(), Refused> {
        self.expire_due(now);
        let now = now.max(self.last_at);
        if grant.amount <= Credits::ZERO {
            return Err(Refused::NotPositive(grant.amount));
        }
        if let Some(end) = grant.expires_at.filter(|end| *end <= now) {
            return Err(Refused::AlreadyEnded(end));
        }
        if grant.amount > BALANCE_MAX || self.spendable() + grant.amount > BALANCE_MAX {
            return Err(Refused::TooLarge);
        }
        self.lots.push(Lot {
            id: grant.lot,
            source: grant.source,
            amount: grant.amount,
            remaining: grant.amount,
            expires_at: grant.expires_at,
            granted_sequence: self.sequence + 1,
        });
        self.touched.push(grant.lot);
        self.lots.sort_by(Lot::spending_order);
        let parts = vec![LotPart { lot: grant.lot, amount: grant.amount }];
        // A correction upward is a lot like any other; only its entry says that a person made it.
        let kind = if grant.source == LotSource::Adjustment { EntryKind::Adjust } else { EntryKind::Grant };
        self.append(now, kind, grant.amount, grant.reference, grant.description, grant.actor, parts);
        Ok(())
    }

    /// Takes `amount` out of the lots in spending order, all of it or nothing.
    pub fn debit(&mut self, now: Time, amount: Credits, reference: Reference, description: String) -> Result<(), Refused> {
        self.take(now, EntryKind::Debit, amount, reference, description, String::new())
    }

    /// A correction downward by a person; never below zero.
    pub fn adjust_down(
        &mut self,
        now: Time,
        amount: Credits,
        reference: Reference,
        reason: String,
        actor: String,
    ) -> Result<(), Refused> {
        self.take(now, EntryKind::Adjust, amount, reference, reason, actor)
    }

    fn take(
        &mut self,
        now: Time,
        kind: EntryKind,
        amount: Credits,
        reference: Reference,
        description: String,
        actor: String,
    ) -> Result<(), Refused> {
        self.expire_due(now);
        if amount <= Credits::ZERO {
            return Err(Refused::NotPositive(amount));
        }
        if self.available < amount {
            return Err(Refused::InsufficientCredits { needed: amount, available: self.available });
        }
        let mut parts = Vec::with_capacity(1);
        let mut left = amount;
        for at in 0..self.lots.len() {
            let taken = left.min(self.lots[at].remaining);
            if taken > Credits::ZERO {
                parts.push(LotPart { lot: self.lots[at].id, amount: -taken });
                self.move_in_lot(at, -taken);
                left -= taken;
            }
            if left == Credits::ZERO {
                break;
            }
        }
        self.append(now, kind, -amount, reference, description, actor, parts);
        Ok(())
    }

    fn move_in_lot(&mut self, at: usize, amount: Credits) {
        let lot = &mut self.lots[at];
        lot.remaining += amount;
        if !self.touched.contains(&lot.id) {
            self.touched.push(lot.id);
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "an entry has that many fields, and this is the one place that fills them"
    )]
    fn append(
        &mut self,
        at: Time,
        kind: EntryKind,
        amount: Credits,
        reference: Reference,
        description: String,
        actor: String,
        lots: Vec<LotPart>,
    ) {
        self.available += amount;
        self.sequence += 1;
        self.last_at = at.max(self.last_at);
        let mut entry = Entry {
            organization: self.organization,
            sequence: self.sequence,
            at: self.last_at,
            kind,
            amount,
            balance_after: self.available,
            reference,
            description,
            actor,
            lots,
            previous_hash: std::mem::take(&mut self.last_hash),
            hash: String::new(),
        };
        entry.hash = entry.compute_hash();
        self.last_hash.clone_from(&entry.hash);
        self.entries.push(entry);
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify;
    use creel_types::Random;

    struct Books {
        account: Account,
        random: Random,
    }

    impl Books {
        fn new() -> Books {
            let random = Random::seeded(1);
            Books { account: Account::empty(random.id(Time(0))), random }
        }

        fn grant(&mut self, now: i64, amount: i64, expires_at: Option<i64>) -> Result<LotId, Refused> {
            let lot = self.random.id(Time(now));
            let grant = Grant {
                lot,
                source: LotSource::Cycle,
                amount: Credits(amount),
                expires_at: expires_at.map(Time),
                reference: Reference::new(ReferenceType::Person, "p"),
                description: String::new(),
                actor: "test".into(),
            };
            self.account.grant(Time(now), grant).map(|()| lot)
        }

        fn debit(&mut self, now: i64, amount: i64) -> Result<(), Refused> {
            self.account.debit(Time(now), Credits(amount), Reference::new(ReferenceType::Capture, now), String::new())
        }

        /// Remaining of each lot that was ever loaded or granted, in spending order.
        fn remaining(&self) -> Vec<i64> {
            self.account.lots().iter().map(|lot| lot.remaining.0).collect()
        }

        fn check(&self) {
            let sum: Credits = self.account.lots().iter().map(|lot| lot.remaining).sum();
            assert_eq!(sum, self.account.available, "lots and balance agree");
            assert!(self.account.available >= Credits::ZERO);
            verify(self.account.entries()).unwrap();
        }
    }

    #[test]
    fn earliest_expiry_first_then_oldest_without_expiry_last() {
        let mut books = Books::new();
        for (amount, expiry) in [(10, None), (10, Some(900)), (10, Some(500)), (10, Some(900))] {
            books.grant(1, amount, expiry).unwrap();
        }
        books.debit(2, 12).unwrap();
        assert_eq!(books.remaining(), [0, 8, 10, 10]);
        assert_eq!(books.account.entries().last().unwrap().lots.len(), 2, "one debit straddles two lots");
        books.debit(3, 25).unwrap();
        assert_eq!(books.remaining(), [0, 0, 0, 3]);
        books.check();
    }

    #[test]
    fn the_instant_of_expiry_is_too_late_whether_or_not_anybody_swept() {
        for (now, left) in [(499, Ok(())), (500, Err(Credits(0))), (501, Err(Credits(0)))] {
            let mut books = Books::new();
            books.grant(1, 10, Some(500)).unwrap();
            let result = books.debit(now, 2);
            match left {
                Ok(()) => assert_eq!(result, Ok(())),
                Err(available) => {
                    assert_eq!(result, Err(Refused::InsufficientCredits { needed: Credits(2), available }));
                    let entry = books.account.entries().last().unwrap();
                    assert_eq!((entry.kind, entry.at, entry.amount), (EntryKind::Expire, Time(500), Credits(-10)));
                }
            }
            books.check();
        }
    }

    #[test]
    fn a_refused_debit_leaves_nothing_behind() {
        let mut books = Books::new();
        books.grant(1, 3, None).unwrap();
        let before = books.account.clone();
        assert!(books.debit(2, 4).is_err());
        assert!(books.debit(2, 0).is_err());
        assert!(books.debit(2, -1).is_err());
        assert_eq!(books.account, before);
    }

    #[test]
    fn time_never_runs_backwards_in_the_ledger() {
        let mut books = Books::new();
        books.grant(1_000, 10, Some(2_000)).unwrap();
        books.debit(400, 2).unwrap();
        assert_eq!(books.account.entries().last().unwrap().at, Time(1_000));
        books.grant(1_500, 5, None).unwrap();
        // Another machine's clock is ahead: what ended by it has ended for everybody after.
        books.debit(2_500, 1).unwrap();
        books.debit(1_600, 1).unwrap();
        assert_eq!(books.account.available, Credits(3));
        books.check();
    }

    #[test]
    fn grants_that_cannot_be_are_refused() {
        let mut books = Books::new();
        assert_eq!(books.grant(5, 0, None), Err(Refused::NotPositive(Credits(0))));
        assert_eq!(books.grant(5, 1, Some(5)), Err(Refused::AlreadyEnded(Time(5))));
        assert_eq!(books.grant(5, i64::MAX, None), Err(Refused::TooLarge));
        assert_eq!(books.account.entries().len(), 0);
    }
}
