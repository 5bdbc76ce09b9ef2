//! The books and the naive model side by side: one operation done on both, and everything one can see compared.

use creel_ledger::{HoldState, LotSource, NewHold, Reference, ReferenceType, Refused, Share};
use creel_types::{Credits, HoldId, LotId, Time};
use proptest::{prelude::*, test_runner::TestCaseError};

use crate::{
    books::{Books, grant, refusal},
    model::{Model, State},
    operations::{Operation, Step},
};

/// Both sides, and which of their lots and holds belong together.
pub struct Pair {
    now: i64,
    pub books: Books,
    model: Model,
    lots: Vec<LotId>,
    holds: Vec<HoldId>,
}

/// What an operation came to, in a form that both sides speak.
type Seen = Result<Vec<i64>, &'static str>;

impl Pair {
    pub fn new() -> Pair {
        Pair { now: 0, books: Books::new(), model: Model::default(), lots: Vec::new(), holds: Vec::new() }
    }

    pub fn run(&mut self, step: &Step) -> Result<(), TestCaseError> {
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
            O::Hold { .. } | O::Grow { .. } | O::Settle { .. } | O::Release { .. } => self.operate_on_hold(operation),
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
            Operation::Grow { hold, amount } => {
                let known = Pair::pick(&self.holds, hold);
                let hold = known.map_or_else(|| self.books.id(), |at| self.holds[at]);
                let books = self
                    .books
                    .change(None, Some(hold), |account| account.grow_hold(at, hold, Credits(amount), String::new()));
                (done(books), self.model.grow(now, known, amount).map(|()| Vec::new()))
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
