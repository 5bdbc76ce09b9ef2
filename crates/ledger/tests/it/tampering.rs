//! A chain with every kind of entry, changed by hand: nothing goes unseen, not even by one who can compute hashes.

use creel_ledger::{
    ChainFault, Entry, EntryKind, FIRST_PREVIOUS_HASH, LotPart, LotSource, NewHold, Reference, ReferenceType, Share, verify,
};
use creel_types::{Credits, LotId, OrganizationId, Time};

use crate::books::{Books, grant};

/// Grant, debit, hold, settlement with what it returns, freeze, unfreeze, revoke, adjust up, down and by terms, expire, renew.
fn chain() -> Vec<Entry> {
    let mut books = Books::new();
    let [cycle, purchase, next, gift]: [LotId; 4] = std::array::from_fn(|_| books.id());
    books.grant(1, cycle, LotSource::Cycle, 30, Some(1_000)).unwrap();
    books.grant(2, purchase, LotSource::Purchase, 20, Some(2_000)).unwrap();
    books.grant(3, gift, LotSource::Adjustment, 10, None).unwrap();
    let invoice = || Reference::new(ReferenceType::Invoice, "in_1");
    let at = |ms| (Time(ms), invoice(), "why".to_owned());
    let debit = |books: &mut Books, ms: i64, amount| {
        let capture = Reference::new(ReferenceType::Capture, ms);
        books.change(None, None, |account| account.debit(Time(ms), Credits(amount), capture, String::new())).unwrap();
    };
    debit(&mut books, 10, 2);
    debit(&mut books, 11, 2);
    let hold = |books: &mut Books, ms: i64, amount: i64, live_ms| {
        let hold = books.id();
        let reference = Reference::new(ReferenceType::Message, hold);
        let new = NewHold { hold, amount: Credits(amount), live_ms, reference, description: String::new() };
        books.change(None, Some(hold), |account| account.place_hold(Time(ms), new)).unwrap();
        hold
    };
    let early = hold(&mut books, 20, 8, 100);
    books.change(None, Some(early), |account| account.settle_hold(Time(30), early, Credits(5), String::new())).unwrap();
    let (now, reference, why) = at(40);
    books.change(Some(purchase), None, |account| account.freeze(now, purchase, reference, why)).unwrap();
    let (now, reference, why) = at(50);
    books
        .change(Some(purchase), None, |account| {
            account.revoke(now, purchase, Share::new(1, 4).unwrap(), reference, why, String::new())
        })
        .unwrap();
    let (now, reference, why) = at(60);
    books.change(Some(purchase), None, |account| account.unfreeze(now, purchase, reference, why)).unwrap();
    let (now, reference, why) = at(70);
    books
        .change(Some(purchase), None, |account| account.move_expiry(now, purchase, Some(Time(3_000)), reference, why))
        .unwrap();
    let (now, reference, why) = at(80);
    books.change(None, None, |account| account.adjust_down(now, Credits(1), reference, why, "p".to_owned())).unwrap();
    let late = hold(&mut books, 900, 24, 500);
    let renewal = grant(next, LotSource::Cycle, 30, Some(5_000));
    books.change(Some(cycle), None, |account| account.renew(Time(1_100), cycle, renewal)).unwrap();
    books.change(None, Some(late), |account| account.settle_hold(Time(1_200), late, Credits(3), String::new())).unwrap();
    debit(&mut books, 3_500, 2);
    books.entries
}

/// Makes all hashes right again, as one could who has the database and this program.
fn rehash(entries: &mut [Entry]) {
    let mut previous = FIRST_PREVIOUS_HASH.to_owned();
    for entry in entries {
        entry.previous_hash.clone_from(&previous);
        entry.hash = entry.compute_hash();
        previous.clone_from(&entry.hash);
    }
}

#[test]
fn the_chain_has_every_kind_of_entry_and_verifies() {
    let entries = chain();
    for kind in EntryKind::ALL {
        assert!(entries.iter().any(|entry| entry.kind == *kind), "{kind} is missing");
    }
    let verified = verify(&entries).unwrap();
    assert_eq!(verified.entries, entries.len() as i64);
    assert_eq!(verified.balance, entries.last().unwrap().balance_after);
}

#[test]
fn a_change_of_any_field_of_any_entry_is_seen() {
    type Tamper = fn(&mut Entry);
    let tampers: [(&str, Tamper); 16] = [
        ("organization", |entry| entry.organization = OrganizationId(uuid::Uuid::nil())),
        ("sequence", |entry| entry.sequence += 1),
        ("at", |entry| entry.at.0 += 1),
        ("kind", |entry| entry.kind = if entry.kind == EntryKind::Debit { EntryKind::Expire } else { EntryKind::Debit }),
        ("amount", |entry| entry.amount.0 -= 1),
        ("amount and balance", |entry| {
            entry.amount.0 += 1;
            entry.balance_after.0 += 1;
        }),
        ("reference type", |entry| entry.reference.kind = ReferenceType::Item),
        ("reference", |entry| entry.reference.id.push('x')),
        ("description", |entry| entry.description.push('x')),
        ("actor", |entry| entry.actor.push('x')),
        ("part", |entry| entry.lots[0].amount.0 -= 1),
        ("lot", |entry| entry.lots[0].lot = LotId(uuid::Uuid::nil())),
        ("terms", |entry| {
            entry.lots[0].terms = match entry.lots[0].terms {
                Some(_) => None,
                None => Some(creel_ledger::LotTerms { source: LotSource::Trial, expires_at: None }),
            }
        }),
        ("hold", |entry| entry.lots[0].hold = Some(creel_types::HoldId(uuid::Uuid::nil()))),
        ("due", |entry| entry.lots[0].due.0 += 1),
        ("parts", |entry| entry.lots.push(LotPart::new(LotId(uuid::Uuid::nil()), Credits(0)))),
    ];
    let untouched = chain();
    for at in 0..untouched.len() {
        for (what, tamper) in tampers {
            let mut entries = untouched.clone();
            tamper(&mut entries[at]);
            assert!(verify(&entries).is_err(), "{what} of entry {} went unseen", at + 1);
            // A fresh hash of that entry alone breaks the link behind it.
            entries[at].hash = entries[at].compute_hash();
            assert!(at + 1 == untouched.len() || verify(&entries).is_err(), "{what} of entry {} went unseen", at + 1);
        }
    }
}

/// Fields are hashed with their lengths: what is moved from one into its neighbour changes the hash.
#[test]
fn a_text_moved_into_the_field_behind_it_is_seen() {
    let entry = |id: &str, description: &str, actor: &str| {
        let reference = Reference::new(ReferenceType::Person, id);
        let (description, actor) = (description.to_owned(), actor.to_owned());
        Entry { reference, description, actor, hash: String::new(), ..chain()[0].clone() }.compute_hash()
    };
    let hashes = [entry("ab", "c", "d"), entry("a", "bc", "d"), entry("ab", "", "cd"), entry("ab", "cd", "")];
    for (at, hash) in hashes.iter().enumerate() {
        assert!(!hashes[at + 1..].contains(hash), "text {at} reads like another");
    }
}

#[test]
fn an_entry_taken_out_doubled_or_moved_is_seen_even_with_fresh_hashes() {
    let untouched = chain();
    for at in 0..untouched.len() - 1 {
        let mut entries = untouched.clone();
        entries.remove(at);
        rehash(&mut entries);
        assert!(verify(&entries).is_err(), "entry {} taken out", at + 1);
        let mut entries = untouched.clone();
        entries.insert(at, untouched[at].clone());
        rehash(&mut entries);
        assert!(verify(&entries).is_err(), "entry {} doubled", at + 1);
        let mut entries = untouched.clone();
        entries.swap(at, at + 1);
        rehash(&mut entries);
        assert!(verify(&entries).is_err(), "entries {} and {} swapped", at + 1, at + 2);
    }
}

/// One who rewrites the chain from some entry on, with balances and hashes that fit, still breaks a rule.
fn rewritten(kind: EntryKind, nth: usize, change: impl Fn(&mut Entry)) -> Result<(), ChainFault> {
    let mut entries = chain();
    let at = entries.iter().enumerate().filter(|(_, entry)| entry.kind == kind).nth(nth).unwrap().0;
    change(&mut entries[at]);
    let mut balance = Credits::ZERO;
    for entry in &mut entries {
        entry.amount = entry.lots.iter().map(|part| part.amount).sum();
        balance += entry.amount;
        entry.balance_after = balance;
    }
    rehash(&mut entries);
    verify(&entries).map(|_| ())
}

#[test]
fn a_chain_rewritten_whole_still_has_to_keep_the_rules() {
    let other_lot = |to: usize| {
        let lot = chain()[to].lots[0].lot;
        move |entry: &mut Entry| entry.lots[0].lot = lot
    };
    type Fault = fn(&ChainFault) -> bool;
    let cases: [(&str, Result<(), ChainFault>, Fault); 12] = [
        ("a debit out of the wrong lot", rewritten(EntryKind::Debit, 0, other_lot(2)), |fault| {
            matches!(fault, ChainFault::Order { .. })
        }),
        ("a hold out of the wrong lot", rewritten(EntryKind::Hold, 0, other_lot(1)), |fault| {
            matches!(fault, ChainFault::Order { .. })
        }),
        ("a debit that gives", rewritten(EntryKind::Debit, 0, |entry| entry.lots[0].amount = Credits(2)), |fault| {
            matches!(fault, ChainFault::Sign { .. })
        }),
        (
            "a lot that lives longer",
            rewritten(EntryKind::Adjust, 1, |entry| {
                entry.lots[0].terms.as_mut().unwrap().expires_at = None;
            }),
            |fault| matches!(fault, ChainFault::Early { .. }),
        ),
        (
            "a lot that ends earlier",
            rewritten(EntryKind::Grant, 0, |entry| {
                entry.lots[0].terms.as_mut().unwrap().expires_at = Some(Time(15));
            }),
            |fault| matches!(fault, ChainFault::Late { .. }),
        ),
        ("a grant without terms", rewritten(EntryKind::Grant, 0, |entry| entry.lots[0].terms = None), |fault| {
            matches!(fault, ChainFault::Terms { .. })
        }),
        ("a lot granted twice", rewritten(EntryKind::Grant, 1, other_lot(0)), |fault| {
            matches!(fault, ChainFault::Terms { .. })
        }),
        ("a hold that nobody placed", rewritten(EntryKind::Hold, 0, |entry| entry.lots[0].hold = None), |fault| {
            matches!(fault, ChainFault::Hold { .. })
        }),
        ("a release of less", rewritten(EntryKind::Release, 0, |entry| entry.lots[0].amount.0 -= 1), |fault| {
            matches!(fault, ChainFault::Hold { .. })
        }),
        ("a freeze of a part", rewritten(EntryKind::Freeze, 0, |entry| entry.lots[0].amount.0 += 1), |fault| {
            matches!(fault, ChainFault::Lot { .. })
        }),
        ("an end of a part", rewritten(EntryKind::Expire, 1, |entry| entry.lots[0].amount.0 += 1), |fault| {
            matches!(fault, ChainFault::Late { .. })
        }),
        ("a claim on what no hold has", rewritten(EntryKind::Revoke, 0, |entry| entry.lots[0].due = Credits(1)), |fault| {
            matches!(fault, ChainFault::Hold { .. })
        }),
    ];
    for (what, result, is_expected) in cases {
        let fault = result.expect_err(what);
        assert!(is_expected(&fault), "{what}: {fault}");
    }
}

#[test]
fn numbers_at_the_edge_of_64_bits_do_not_bring_the_verifier_down() {
    for number in [i64::MIN, i64::MAX] {
        for at in 0..chain().len() {
            let mut entries = chain();
            entries[at].lots[0].amount = Credits(number);
            entries[at].amount = Credits(number);
            entries[at].balance_after = Credits(number);
            entries[at].lots[0].due = Credits(number);
            rehash(&mut entries);
            assert!(verify(&entries).is_err());
        }
    }
}
