//! Recomputes a ledger from zero: sequence, time, balances, lots and the hash chain.

use std::collections::BTreeMap;

use creel_types::{Credits, LotId, Time};
use thiserror::Error;

use crate::{Entry, entry::FIRST_PREVIOUS_HASH};

/// The first thing that is wrong with a chain of entries.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ChainFault {
    #[error("entry {found} stands where {expected} belongs")]
    Sequence { expected: i64, found: i64 },
    #[error("entry {sequence} is older than the entry before it")]
    Time { sequence: i64 },
    #[error("entry {sequence}: balance_after is {stored}, the sum of the amounts is {computed}")]
    Balance { sequence: i64, stored: Credits, computed: Credits },
    #[error("entry {sequence} leaves a balance below zero")]
    Negative { sequence: i64 },
    #[error("entry {sequence}: its parts move {parts} credits in lots, its amount is {amount}")]
    Parts { sequence: i64, parts: Credits, amount: Credits },
    #[error("entry {sequence} takes more out of lot {lot} than it holds")]
    Lot { sequence: i64, lot: LotId },
    #[error("entry {sequence}: the hash before it does not match")]
    Link { sequence: i64 },
    #[error("entry {sequence}: its content does not match its hash")]
    Hash { sequence: i64 },
}

/// What a chain without fault amounts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub entries: i64,
    pub balance: Credits,
    pub last_hash: String,
    /// What is left of each lot that the chain ever named.
    pub lots: BTreeMap<LotId, Credits>,
}

/// Recomputes a chain entry by entry, so that a long ledger need not be held in memory.
#[derive(Clone, Debug)]
pub struct Verifier {
    state: Verified,
    last_at: Option<Time>,
}

impl Default for Verifier {
    fn default() -> Verifier {
        let state = Verified {
            entries: 0,
            balance: Credits::ZERO,
            last_hash: FIRST_PREVIOUS_HASH.to_owned(),
            lots: BTreeMap::new(),
        };
        Verifier { state, last_at: None }
    }
}

impl Verifier {
    /// Takes the next entry of one organization's ledger, or says what is wrong with it.
    pub fn push(&mut self, entry: &Entry) -> Result<(), ChainFault> {
        let state = &mut self.state;
        let sequence = entry.sequence;
        if sequence != state.entries + 1 {
            return Err(ChainFault::Sequence { expected: state.entries + 1, found: sequence });
        }
        if self.last_at.is_some_and(|last| entry.at < last) {
            return Err(ChainFault::Time { sequence });
        }
        state.balance += entry.amount;
        if state.balance != entry.balance_after {
            return Err(ChainFault::Balance { sequence, stored: entry.balance_after, computed: state.balance });
        }
        if state.balance < Credits::ZERO {
            return Err(ChainFault::Negative { sequence });
        }
        move_parts(&mut state.lots, entry)?;
        if entry.previous_hash != state.last_hash {
            return Err(ChainFault::Link { sequence });
        }
        if entry.compute_hash() != entry.hash {
            return Err(ChainFault::Hash { sequence });
        }
        state.last_hash.clone_from(&entry.hash);
        state.entries = sequence;
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
}

/// Walks `entries` (the whole ledger of one organization, in order) and stops at the first fault.
pub fn verify(entries: &[Entry]) -> Result<Verified, ChainFault> {
    let mut verifier = Verifier::default();
    entries.iter().try_for_each(|entry| verifier.push(entry))?;
    Ok(verifier.into_verified())
}

fn move_parts(lots: &mut BTreeMap<LotId, Credits>, entry: &Entry) -> Result<(), ChainFault> {
    let sequence = entry.sequence;
    let parts: Credits = entry.lots.iter().map(|part| part.amount).sum();
    if parts != entry.amount {
        return Err(ChainFault::Parts { sequence, parts, amount: entry.amount });
    }
    for part in &entry.lots {
        let remaining = lots.entry(part.lot).or_default();
        *remaining += part.amount;
        if *remaining < Credits::ZERO {
            return Err(ChainFault::Lot { sequence, lot: part.lot });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Account, LotSource, Reference, ReferenceType, account::Grant};
    use creel_types::Random;

    fn chain() -> Vec<Entry> {
        let random = Random::seeded(3);
        let mut account = Account::empty(random.id(Time(0)));
        let grant = Grant {
            lot: random.id(Time(1)),
            source: LotSource::Starting,
            amount: Credits(10),
            expires_at: None,
            reference: Reference::new(ReferenceType::Organization, "o"),
            description: String::new(),
            actor: String::new(),
        };
        account.grant(Time(1), grant).unwrap();
        for at in 2..5 {
            account.debit(Time(at), Credits(2), Reference::new(ReferenceType::Capture, at), String::new()).unwrap();
        }
        account.entries().to_vec()
    }

    #[test]
    fn an_untouched_chain_sums() {
        let verified = verify(&chain()).unwrap();
        assert_eq!((verified.entries, verified.balance), (4, Credits(4)));
    }

    #[test]
    fn every_kind_of_tampering_is_seen() {
        type Tamper = fn(&mut Vec<Entry>);
        let tampers: [(&str, Tamper); 8] = [
            ("an amount", |entries| entries[2].amount = Credits(-1)),
            ("a balance", |entries| entries[2].balance_after = Credits(9)),
            ("a description", |entries| entries[1].description = "x".into()),
            ("a reference", |entries| entries[1].reference.id = "x".into()),
            ("an entry taken out", |entries| drop(entries.remove(1))),
            ("two entries swapped", |entries| entries.swap(1, 2)),
            ("an instant", |entries| entries[3].at = Time(0)),
            ("a part", |entries| entries[2].lots[0].amount = Credits(-3)),
        ];
        for (what, tamper) in tampers {
            let mut entries = chain();
            tamper(&mut entries);
            assert!(verify(&entries).is_err(), "{what} went unseen");
        }
    }

    #[test]
    fn a_rewritten_entry_with_a_fresh_hash_breaks_the_link_after_it() {
        let mut entries = chain();
        entries[1].description = "rewritten".into();
        entries[1].hash = entries[1].compute_hash();
        assert_eq!(verify(&entries), Err(ChainFault::Link { sequence: 3 }));
    }
}
