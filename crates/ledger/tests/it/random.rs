//! Random operations on the books and on the naive model side by side; after every step everything one can see must agree.
//!
//! `CREEL_PROVE_OPERATIONS` sets how many at least, `CREEL_PROVE_SEED` another sequence of them. What fails is shrunk.

use std::{cell::RefCell, collections::BTreeMap, env};

use creel_ledger::{EntryKind, HoldState, LotSource, NewHold, Reference, ReferenceType, Refused, Share};
use creel_types::{Credits, HoldId, LotId, Time};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};

use crate::{
    books::{Books, grant, refusal},
    model::{AMOUNT_MAX, LIVE_MS_MAX, Model, State},
};

const OPERATIONS: u32 = 20_000;
/// Steps of one sequence at most; on average half of it.
const STEPS_MAX: u32 = 200;

#[derive(Clone, Debug)]
struct Step {
    /// The clock moves by this; backwards too, as another machine's clock does.
    passes: i64,
    operation: Operation,
}

/// Lots and holds are picked by a number, 0 for the newest.
#[derive(Clone, Debug)]
enum Operation {
    Look,
    Grant { cycle: bool, amount: i64, lives: Option<i64> },
    Renew { previous: usize, amount: i64, lives: Option<i64> },
    MoveEnd { lot: usize, lives: Option<i64> },
    End { lot: usize },
    Debit { amount: i64 },
    AdjustDown { amount: i64 },
    Hold { amount: i64, lives: i64 },
    Settle { hold: usize, amount: i64 },
    Release { hold: usize },
    Revoke { lot: usize, part: i64, whole: i64 },
    Freeze { lot: usize },
    Unfreeze { lot: usize },
}

fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![20 => 1..8_i64, 5 => 1..20_i64, 1 => -1..1_i64, 1 => Just(AMOUNT_MAX + 1), 1 => Just(i64::MAX), 1 => Just(i64::MIN)]
}

fn picked() -> impl Strategy<Value = usize> {
    prop_oneof![12 => 0..4_usize, 4 => 0..12_usize, 1 => 0..100_usize]
}

fn granted() -> impl Strategy<Value = i64> {
    prop_oneof![20 => 1..25_i64, 1 => -1..1_i64, 1 => Just(AMOUNT_MAX + 1)]
}

fn lives() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![8 => (1..160_i64).prop_map(Some), 1 => (-3..1_i64).prop_map(Some), 3 => Just(None)]
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation as O;
    prop_oneof![
        1 => Just(O::Look),
        6 => (any::<bool>(), granted(), lives()).prop_map(|(cycle, amount, lives)| O::Grant { cycle, amount, lives }),
        2 => (picked(), granted(), lives()).prop_map(|(previous, amount, lives)| O::Renew { previous, amount, lives }),
        2 => (picked(), lives()).prop_map(|(lot, lives)| O::MoveEnd { lot, lives }),
        1 => (picked()).prop_map(|lot| O::End { lot }),
        6 => amount().prop_map(|amount| O::Debit { amount }),
        1 => amount().prop_map(|amount| O::AdjustDown { amount }),
        9 => (amount(), prop_oneof![12 => 1..60_i64, 1 => Just(0), 1 => Just(LIVE_MS_MAX), 1 => Just(LIVE_MS_MAX + 1)])
            .prop_map(|(amount, lives)| O::Hold { amount, lives }),
        8 => (picked(), prop_oneof![1 => Just(0), 9 => amount()]).prop_map(|(hold, amount)| O::Settle { hold, amount }),
        2 => (picked()).prop_map(|hold| O::Release { hold }),
        4 => (picked(), 1..6_i64, 1..6_i64).prop_map(|(lot, part, whole)| O::Revoke { lot, part, whole }),
        3 => (picked()).prop_map(|lot| O::Freeze { lot }),
        2 => (picked()).prop_map(|lot| O::Unfreeze { lot }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let passes = prop_oneof![6 => 0..12_i64, 1 => -20..0_i64, 1 => 0..90_i64];
    (passes, operation()).prop_map(|(passes, operation)| Step { passes, operation })
}

/// Both sides, and which of their lots and holds belong together.
struct Pair {
    now: i64,
    books: Books,
    model: Model,
    lots: Vec<LotId>,
    holds: Vec<HoldId>,
}

/// What an operation came to, in a form that both sides speak.
type Seen = Result<Vec<i64>, &'static str>;

impl Pair {
    fn new() -> Pair {
        Pair { now: 0, books: Books::new(), model: Model::default(), lots: Vec::new(), holds: Vec::new() }
    }

    fn run(&mut self, step: &Step) -> Result<(), TestCaseError> {
        self.now = (self.now + step.passes).max(0);
        let (books, model) = self.operate(&step.operation);
        prop_assert_eq!(books, model, "the outcome (left: the ledger, right: the model)");
        self.compare()
    }

    fn compare(&self) -> Result<(), TestCaseError> {
        let (books, model) = (&self.books, &self.model);
        prop_assert_eq!(books.available(), model.available(), "available");
        prop_assert_eq!(books.held(), model.held(), "held");
        prop_assert_eq!(books.frozen(), model.frozen(), "frozen");
        for (at, id) in self.lots.iter().enumerate() {
            let lot = &books.lots[id];
            prop_assert_eq!((lot.amount.0, lot.remaining.0), (model.lots[at].amount, model.left(at)), "lot {}", at);
            prop_assert_eq!(lot.revoke_due.0, model.lots[at].owed, "owed by lot {}", at);
        }
        for (at, id) in self.holds.iter().enumerate() {
            let hold = &books.holds[id];
            let state = match hold.state {
                HoldState::Open => State::Open,
                HoldState::Settled => State::Settled,
                HoldState::Released => State::Released,
                HoldState::Ended => State::Ended,
            };
            prop_assert_eq!(state, model.holds[at].state, "hold {}", at);
            let model = &model.holds[at];
            prop_assert_eq!((hold.debited.0, hold.shortfall.0), (model.debited, model.short), "hold {}", at);
        }
        Ok(())
    }

    /// The one that a number means, counted from the newest; beyond the oldest there is none.
    fn pick<T>(known: &[T], number: usize) -> Option<usize> {
        known.len().checked_sub(number + 1)
    }

    fn operate(&mut self, operation: &Operation) -> (Seen, Seen) {
        use Operation as O;
        let (now, at) = (self.now, Time(self.now));
        match *operation {
            O::Look => {
                self.model.pass(now);
                let seen = self.books.change(None, None, |account| {
                    account.expire_due(at);
                    Ok(())
                });
                (seen.map(|()| Vec::new()).map_err(|_| "look"), Ok(Vec::new()))
            }
            O::Grant { cycle, amount, lives } => self.grant(None, cycle, amount, lives),
            O::Renew { previous, amount, lives } => self.grant(Some(previous), true, amount, lives),
            O::Debit { amount } => {
                let capture = Reference::new(ReferenceType::Capture, self.books.entries.len());
                let seen =
                    self.books.change(None, None, |account| account.debit(at, Credits(amount), capture, String::new()));
                (done(seen), self.model.take(now, amount).map(|()| Vec::new()))
            }
            O::AdjustDown { amount } => {
                let (person, reason) = (Reference::new(ReferenceType::Person, "p"), "a reason".to_owned());
                let seen = self
                    .books
                    .change(None, None, |account| account.adjust_down(at, Credits(amount), person, reason, "p".to_owned()));
                (done(seen), self.model.take(now, amount).map(|()| Vec::new()))
            }
            O::Hold { .. } | O::Settle { .. } | O::Release { .. } => self.operate_on_hold(operation),
            O::MoveEnd { lot, .. } | O::End { lot } | O::Revoke { lot, .. } | O::Freeze { lot } | O::Unfreeze { lot } => {
                self.operate_on_lot(operation, lot)
            }
        }
    }

    fn grant(&mut self, previous: Option<usize>, cycle: bool, amount: i64, lives: Option<i64>) -> (Seen, Seen) {
        let (now, ends) = (self.now, lives.map(|lives| self.now + lives));
        let lot: LotId = self.books.id();
        let source = if cycle { LotSource::Cycle } else { LotSource::Purchase };
        let grant = grant(lot, source, amount, ends);
        let (books, model) = match previous {
            None => (
                self.books.change(Some(lot), None, |account| account.grant(Time(now), grant)),
                self.model.grant(now, cycle, amount, ends),
            ),
            Some(previous) => {
                let at = Pair::pick(&self.lots, previous);
                let previous = at.map_or_else(|| self.books.id(), |at| self.lots[at]);
                (
                    self.books.change(Some(previous), None, |account| account.renew(Time(now), previous, grant)),
                    self.model.renew(now, at, amount, ends),
                )
            }
        };
        if books.is_ok() {
            self.lots.push(lot);
        }
        (done(books), model.map(|()| Vec::new()))
    }

    fn operate_on_hold(&mut self, operation: &Operation) -> (Seen, Seen) {
        let (now, at) = (self.now, Time(self.now));
        match *operation {
            Operation::Hold { amount, lives } => {
                let hold: HoldId = self.books.id();
                let reference = Reference::new(ReferenceType::Message, hold);
                let new = NewHold { hold, amount: Credits(amount), live_ms: lives, reference, description: String::new() };
                let books = self.books.change(None, Some(hold), |account| account.place_hold(at, new));
                if books.is_ok() {
                    self.holds.push(hold);
                }
                (done(books), self.model.hold(now, amount, lives).map(|()| Vec::new()))
            }
            Operation::Settle { hold, amount } => {
                let known = Pair::pick(&self.holds, hold);
                let hold = known.map_or_else(|| self.books.id(), |at| self.holds[at]);
                let books = self
                    .books
                    .change(None, Some(hold), |account| account.settle_hold(at, hold, Credits(amount), String::new()));
                let books = books.map(|seen| vec![seen.debited.0, seen.shortfall.0, i64::from(seen.changed)]);
                let model = self.model.settle(now, known, amount);
                (
                    books.map_err(|refused| refusal(&refused)),
                    model.map(|(debited, short, changed)| vec![debited, short, i64::from(changed)]),
                )
            }
            Operation::Release { hold } => {
                let known = Pair::pick(&self.holds, hold);
                let hold = known.map_or_else(|| self.books.id(), |at| self.holds[at]);
                let books = self.books.change(None, Some(hold), |account| account.release_hold(at, hold, String::new()));
                let seen = books.map(|changed| vec![i64::from(changed)]).map_err(|refused| refusal(&refused));
                (seen, self.model.release(now, known).map(|changed| vec![i64::from(changed)]))
            }
            _ => unreachable!("no operation on a hold"),
        }
    }

    fn operate_on_lot(&mut self, operation: &Operation, lot: usize) -> (Seen, Seen) {
        let (now, at) = (self.now, Time(self.now));
        let known = Pair::pick(&self.lots, lot);
        let lot = known.map_or_else(|| self.books.id(), |at| self.lots[at]);
        let invoice = Reference::new(ReferenceType::Invoice, "in_1");
        let (books, model) = (&mut self.books, &mut self.model);
        let (books, model) = match *operation {
            Operation::MoveEnd { lives, .. } => {
                let ends = lives.map(|lives| now + lives);
                let seen = books.change(Some(lot), None, |account| {
                    account.move_expiry(at, lot, ends.map(Time), invoice, String::new()).map(|()| Vec::new())
                });
                (seen, model.move_end(now, known, ends).map(|()| Vec::new()))
            }
            Operation::End { .. } => (
                books.change(Some(lot), None, |account| {
                    account.end_lot(at, lot, invoice, String::new()).map(|moved| vec![moved.0])
                }),
                model.end(now, known).map(|moved| vec![moved]),
            ),
            Operation::Revoke { part, whole, .. } => {
                let Ok(share) = Share::new(part, whole) else { return (Ok(Vec::new()), Ok(Vec::new())) };
                let seen = books.change(Some(lot), None, |account| {
                    let seen = account.revoke(at, lot, share, invoice, String::new(), String::new())?;
                    Ok(vec![seen.revoked.0, seen.due.0, seen.shortfall.0])
                });
                (seen, model.revoke(now, known, part, whole).map(|(revoked, due, short)| vec![revoked, due, short]))
            }
            Operation::Freeze { .. } => (
                books.change(Some(lot), None, |account| {
                    account.freeze(at, lot, invoice, String::new()).map(|moved| vec![moved.0])
                }),
                model.freeze(now, known, true).map(|moved| vec![moved]),
            ),
            Operation::Unfreeze { .. } => (
                books.change(Some(lot), None, |account| {
                    account.unfreeze(at, lot, invoice, String::new()).map(|moved| vec![moved.0])
                }),
                model.freeze(now, known, false).map(|moved| vec![moved]),
            ),
            _ => unreachable!("no operation on a lot"),
        };
        (books.map_err(|refused| refusal(&refused)), model)
    }
}

fn done(result: Result<(), Refused>) -> Seen {
    result.map(|()| Vec::new()).map_err(|refused| refusal(&refused))
}

fn wanted(name: &str, default: u32) -> u32 {
    env::var(name).ok().map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}

/// A runner whose sequences come from one seed, so that a failure can be run again.
fn runner(cases: u32) -> TestRunner {
    let seed = wanted("CREEL_PROVE_SEED", 1);
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// How often each thing happened, so that a run which went past the hard cases does not pass for a proof.
#[derive(Default)]
struct Tally(BTreeMap<&'static str, u64>);

impl Tally {
    fn count(&mut self, what: &'static str, happened: bool) {
        *self.0.entry(what).or_default() += u64::from(happened);
    }

    fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or_default()
    }

    fn step(&mut self, pair: &Pair, written: usize) {
        let entries = &pair.books.entries[written..];
        self.count("operations", true);
        self.count("operations that changed nothing", entries.is_empty());
        for entry in entries {
            self.count(entry.kind.as_str(), true);
        }
        let follows = |one: EntryKind, other: EntryKind| {
            let after_one = entries.iter().skip_while(|entry| entry.kind != one);
            after_one.skip(1).any(|entry| entry.kind == other)
        };
        self.count("returned and ended", follows(EntryKind::Release, EntryKind::Expire));
        self.count("returned and taken back", follows(EntryKind::Release, EntryKind::Revoke));
        self.count("returned and frozen", follows(EntryKind::Release, EntryKind::Freeze));
        self.count("frozen and ended", follows(EntryKind::Unfreeze, EntryKind::Expire));
        self.count("a debit over two lots", entries.iter().any(|entry| entry.lots.len() > 1));
        self.count("a claim on held credits", pair.books.lots.values().any(|lot| lot.revoke_due > Credits::ZERO));
        self.count("a shortfall", pair.books.holds.values().any(|hold| hold.shortfall > Credits::ZERO));
    }
}

const HARD: [&str; 7] = [
    "returned and ended",
    "returned and taken back",
    "returned and frozen",
    "frozen and ended",
    "a debit over two lots",
    "a claim on held credits",
    "a shortfall",
];

#[test]
fn random_operations_agree_with_the_naive_model() {
    let operations = wanted("CREEL_PROVE_OPERATIONS", OPERATIONS);
    let tally = RefCell::new(Tally::default());
    // Half of STEPS_MAX on average would do; a fifth more makes sure of it.
    let cases = operations / (STEPS_MAX / 2) * 6 / 5 + 5;
    let result = runner(cases).run(&vec(step(), 0..=STEPS_MAX as usize), |steps| {
        let mut pair = Pair::new();
        for step in &steps {
            let written = pair.books.entries.len();
            pair.run(step)?;
            tally.borrow_mut().step(&pair, written);
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let tally = tally.into_inner();
    println!("{:#?}", tally.0);
    let done = tally.of("operations");
    assert!(done >= u64::from(operations), "{done} operations");
    for what in EntryKind::ALL.iter().map(|kind| kind.as_str()).chain(HARD) {
        assert!(
            done < u64::from(OPERATIONS) || tally.of(what) >= 20,
            "{what}: only {} in {done} operations",
            tally.of(what)
        );
    }
}
