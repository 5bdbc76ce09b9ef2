//! A database in memory: loads an account for each operation as the store does, saves what changed, and checks after each
//! that everything still agrees.

use std::collections::BTreeMap;

use creel_ledger::{
    Account, Entry, EntryKind, Grant, Hold, HoldState, Lot, LotSource, Reference, ReferenceType, Refused, Verifier,
};
use creel_types::{Credits, HoldId, LotId, Random, Time};
use uuid::Uuid;

pub struct Books {
    random: Random,
    account: Account,
    pub lots: BTreeMap<LotId, Lot>,
    pub holds: BTreeMap<HoldId, Hold>,
    pub entries: Vec<Entry>,
    verifier: Verifier,
}

impl Books {
    pub fn new() -> Books {
        let random = Random::seeded(7);
        let account = Account::empty(random.id(Time(0)));
        let verifier = Verifier::default();
        Books { random, account, lots: BTreeMap::new(), holds: BTreeMap::new(), entries: Vec::new(), verifier }
    }

    pub fn id<T: From<Uuid>>(&self) -> T {
        self.random.id(Time(0))
    }

    pub fn available(&self) -> i64 {
        self.account.available.0
    }

    pub fn held(&self) -> i64 {
        self.account.held.0
    }

    pub fn frozen(&self) -> i64 {
        self.lots.values().filter(|lot| lot.frozen).map(|lot| lot.remaining.0).sum()
    }

    pub fn spendable(&self) -> Credits {
        self.account.spendable()
    }

    /// One operation that may name a lot and a hold. What was due by then is saved even where the operation is refused.
    pub fn change<T>(
        &mut self,
        lot: Option<LotId>,
        hold: Option<HoldId>,
        operation: impl FnOnce(&mut Account) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        let mut account = self.load(lot, hold);
        let result = operation(&mut account);
        for lot in account.changed_lots() {
            self.lots.insert(lot.id, lot.clone());
        }
        for hold in account.changed_holds() {
            self.holds.insert(hold.id, hold.clone());
        }
        for entry in account.entries() {
            // As the database has it: parts go through JSON.
            let lots = serde_json::from_str(&serde_json::to_string(&entry.lots).unwrap()).unwrap();
            let entry = Entry { lots, ..entry.clone() };
            self.verifier.push(&entry).unwrap_or_else(|fault| panic!("{fault}\n{entry:#?}"));
            self.entries.push(entry);
        }
        self.account = account;
        self.check();
        result
    }

    /// Only what the store would load: open holds, lots with something left, and what is named.
    fn load(&self, named_lot: Option<LotId>, named_hold: Option<HoldId>) -> Account {
        let is_open = |hold: &&Hold| hold.state == HoldState::Open || named_hold == Some(hold.id);
        let holds: Vec<Hold> = self.holds.values().filter(is_open).cloned().collect();
        let is_held = |lot: LotId| holds.iter().flat_map(|hold| &hold.parts).any(|part| part.lot == lot);
        let is_needed = |lot: &&Lot| lot.remaining > Credits::ZERO || named_lot == Some(lot.id) || is_held(lot.id);
        let lots = self.lots.values().filter(is_needed).cloned().collect();
        let Account { organization, available, held, sequence, last_at, ref last_hash, .. } = self.account;
        Account::load(organization, available, held, sequence, last_at, last_hash.clone(), lots).with_holds(holds)
    }

    /// Lots, holds, balances and the chain agree.
    fn check(&self) {
        let account = &self.account;
        assert!(account.available >= Credits::ZERO, "the balance is below zero");
        assert_eq!(self.lots.values().map(Lot::available).sum::<Credits>(), account.available, "lots and available");
        let open = || self.holds.values().filter(|hold| hold.state == HoldState::Open);
        assert_eq!(open().map(Hold::amount).sum::<Credits>(), account.held, "holds and held");
        assert_eq!(
            self.entries.iter().map(|entry| entry.amount).sum::<Credits>(),
            account.available,
            "entries and available"
        );
        let chain = self.verifier.so_far();
        assert_eq!(
            (chain.balance, chain.held, chain.frozen.0),
            (account.available, account.held, self.frozen()),
            "the chain"
        );
        assert_eq!((chain.entries, &chain.last_hash), (account.sequence, &account.last_hash), "the end of the chain");
        assert_eq!(chain.lots.len(), self.lots.len(), "lots that the chain knows");
        for (id, lot) in &self.lots {
            let entries = &chain.lots[id];
            assert!(lot.remaining >= Credits::ZERO && lot.remaining + entries.held <= lot.amount, "{lot:?}");
            assert_eq!(
                (entries.source, entries.amount, entries.expires_at, entries.granted_sequence, entries.is_frozen),
                (lot.source, lot.amount, lot.expires_at, lot.granted_sequence, lot.frozen),
                "a lot rebuilt from the entries"
            );
            assert_eq!((entries.remaining(), entries.revoke_due()), (lot.remaining, lot.revoke_due), "what is left of {id}");
        }
        let held: Vec<_> = open().flat_map(|hold| hold.parts.iter().map(|part| (hold.id, part.lot, part.amount))).collect();
        let rebuilt: Vec<_> =
            chain.holds.iter().flat_map(|(hold, lots)| lots.iter().map(|(lot, amount)| (*hold, *lot, *amount))).collect();
        assert_eq!(held.len(), rebuilt.len(), "holds rebuilt from the entries");
        assert!(held.iter().all(|part| rebuilt.contains(part)), "holds rebuilt from the entries");
    }

    pub fn grant(
        &mut self,
        now: i64,
        lot: LotId,
        source: LotSource,
        amount: i64,
        until: Option<i64>,
    ) -> Result<(), Refused> {
        self.change(None, None, |account| account.grant(Time(now), grant(lot, source, amount, until)))
    }
}

pub fn grant(lot: LotId, source: LotSource, amount: i64, until: Option<i64>) -> Grant {
    Grant {
        lot,
        source,
        amount: Credits(amount),
        expires_at: until.map(Time),
        reference: Reference::new(ReferenceType::Invoice, "invoice"),
        description: "granted by a test".to_owned(),
        actor: "test".to_owned(),
    }
}

/// One word for each refusal.
pub fn refusal(refused: &Refused) -> &'static str {
    match refused {
        Refused::InsufficientCredits { .. } => "insufficient",
        Refused::NotPositive(_) => "not_positive",
        Refused::AlreadyEnded(_) => "already_ended",
        Refused::TooLarge => "too_large",
        Refused::ReasonMissing => "reason_missing",
        Refused::UnknownLot(_) => "unknown_lot",
        Refused::LotExists(_) => "lot_exists",
        Refused::LotEnded(_) => "lot_ended",
        Refused::NotACycle(_) => "not_a_cycle",
        Refused::UnknownHold(_) => "unknown_hold",
        Refused::HoldExists(_) => "hold_exists",
        Refused::HoldOver(_) => "hold_over",
        Refused::HoldLife { .. } => "hold_life",
        Refused::NotAShare { .. } => "not_a_share",
        Refused::LimitReached { .. } => "limit_reached",
    }
}

/// `debit:-2@30`, as the statements spell an entry.
pub fn spelled(entry: &Entry) -> String {
    let kind: EntryKind = entry.kind;
    format!("{kind}:{}@{}", entry.amount.0, entry.at.0)
}
