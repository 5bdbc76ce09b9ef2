//! The rules once more, as slow and obvious as can be: every credit is a token that lies somewhere, time passes millisecond by
//! millisecond, and whoever spends picks one token at a time. It shares nothing with the crate but the words for refusals.
//! The store's tests build their model of whole organizations on it.

pub const AMOUNT_MAX: i64 = 1_000_000_000_000_000;
pub const LIVE_MS_MAX: i64 = 600_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    InLot,
    InHold(usize),
    Gone,
}

#[derive(Clone, Debug)]
struct Token {
    lot: usize,
    place: Place,
}

#[derive(Clone, Debug)]
pub struct ModelLot {
    pub amount: i64,
    is_cycle: bool,
    pub ends: Option<i64>,
    pub frozen: bool,
    pub owed: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Open,
    Settled,
    Released,
    Ended,
}

#[derive(Clone, Debug)]
pub struct ModelHold {
    pub ends: i64,
    pub state: State,
    /// In the order in which they were picked.
    tokens: Vec<usize>,
    pub debited: i64,
    pub short: i64,
}

type Answer<T> = Result<T, &'static str>;

#[derive(Clone, Debug, Default)]
pub struct Model {
    /// When the ledger last changed: no change is older than that.
    pub last: i64,
    pub lots: Vec<ModelLot>,
    pub holds: Vec<ModelHold>,
    tokens: Vec<Token>,
}

impl Model {
    pub fn available(&self) -> i64 {
        self.tokens.iter().filter(|token| token.place == Place::InLot && !self.lots[token.lot].frozen).count() as i64
    }

    pub fn frozen(&self) -> i64 {
        self.tokens.iter().filter(|token| token.place == Place::InLot && self.lots[token.lot].frozen).count() as i64
    }

    pub fn held(&self) -> i64 {
        self.tokens.iter().filter(|token| matches!(token.place, Place::InHold(_))).count() as i64
    }

    pub fn left(&self, lot: usize) -> i64 {
        self.tokens.iter().filter(|token| token.lot == lot && token.place == Place::InLot).count() as i64
    }

    fn held_of(&self, lot: usize) -> i64 {
        self.tokens.iter().filter(|token| token.lot == lot && matches!(token.place, Place::InHold(_))).count() as i64
    }

    fn has_ended(&self, lot: usize, now: i64) -> bool {
        self.lots[lot].ends.is_some_and(|end| end <= now)
    }

    /// Lets the time pass and answers the instant at which what follows happens.
    pub fn pass(&mut self, now: i64) -> i64 {
        let now = now.max(self.last);
        for instant in self.last..=now {
            for hold in 0..self.holds.len() {
                if self.holds[hold].state == State::Open && self.holds[hold].ends <= instant {
                    self.holds[hold].state = State::Ended;
                    self.give_back(hold, instant, 0);
                }
            }
            for lot in 0..self.lots.len() {
                if self.has_ended(lot, instant) && self.left(lot) > 0 {
                    self.empty(lot);
                    self.last = instant;
                }
            }
        }
        now
    }

    fn empty(&mut self, lot: usize) {
        for token in self.tokens.iter_mut().filter(|token| token.lot == lot && token.place == Place::InLot) {
            token.place = Place::Gone;
        }
    }

    /// The first `spent` tokens of a hold are gone, the others go back to where they came from, if there is such a place.
    fn give_back(&mut self, hold: usize, now: i64, spent: i64) {
        for (at, token) in self.holds[hold].tokens.clone().into_iter().enumerate() {
            let lot = self.tokens[token].lot;
            if (at as i64) < spent {
                self.tokens[token].place = Place::Gone;
            } else if self.lots[lot].owed > 0 {
                self.lots[lot].owed -= 1;
                self.tokens[token].place = Place::Gone;
            } else if self.has_ended(lot, now) {
                self.tokens[token].place = Place::Gone;
            } else {
                self.tokens[token].place = Place::InLot;
            }
        }
        for lot in 0..self.lots.len() {
            self.lots[lot].owed = self.lots[lot].owed.min(self.held_of(lot));
        }
        self.last = now;
    }

    /// The next token to be spent: of the lot that ends first, of those the oldest.
    fn pick(&self) -> Option<usize> {
        (0..self.tokens.len())
            .filter(|at| self.tokens[*at].place == Place::InLot && !self.lots[self.tokens[*at].lot].frozen)
            .min_by_key(|at| {
                let lot = self.tokens[*at].lot;
                (self.lots[lot].ends.is_none(), self.lots[lot].ends, lot, *at)
            })
    }

    pub fn check_amount(amount: i64) -> Answer<()> {
        match amount {
            ..=0 => Err("not_positive"),
            _ if amount > AMOUNT_MAX => Err("too_large"),
            _ => Ok(()),
        }
    }

    fn check_payable(&self, amount: i64) -> Answer<()> {
        Model::check_amount(amount)?;
        if amount > self.available() { Err("insufficient") } else { Ok(()) }
    }

    pub fn grant(&mut self, now: i64, is_cycle: bool, amount: i64, ends: Option<i64>) -> Answer<()> {
        let now = self.pass(now);
        self.check_grant(now, amount, ends)?;
        self.add(now, is_cycle, amount, ends);
        Ok(())
    }

    fn check_grant(&self, now: i64, amount: i64, ends: Option<i64>) -> Answer<()> {
        Model::check_amount(amount)?;
        if ends.is_some_and(|end| end <= now) { Err("already_ended") } else { Ok(()) }
    }

    fn add(&mut self, now: i64, is_cycle: bool, amount: i64, ends: Option<i64>) {
        let lot = self.lots.len();
        self.lots.push(ModelLot { amount, is_cycle, ends, frozen: false, owed: 0 });
        self.tokens.extend((0..amount).map(|_| Token { lot, place: Place::InLot }));
        self.last = now;
    }

    pub fn renew(&mut self, now: i64, previous: Option<usize>, amount: i64, ends: Option<i64>) -> Answer<()> {
        let now = self.pass(now);
        self.check_grant(now, amount, ends)?;
        if let Some(previous) = previous {
            if !self.lots[previous].is_cycle {
                return Err("not_a_cycle");
            }
            self.end_now(previous, now);
        }
        self.add(now, true, amount, ends);
        Ok(())
    }

    fn end_now(&mut self, lot: usize, now: i64) -> i64 {
        if self.has_ended(lot, now) {
            return 0;
        }
        let left = self.left(lot);
        self.lots[lot].ends = Some(now);
        self.empty(lot);
        self.last = now;
        left
    }

    pub fn end(&mut self, now: i64, lot: Option<usize>) -> Answer<i64> {
        let now = self.pass(now);
        Ok(self.end_now(lot.ok_or("unknown_lot")?, now))
    }

    pub fn move_end(&mut self, now: i64, lot: Option<usize>, ends: Option<i64>) -> Answer<()> {
        let now = self.pass(now);
        let lot = lot.ok_or("unknown_lot")?;
        if self.has_ended(lot, now) {
            return Err("lot_ended");
        }
        if ends.is_some_and(|end| end <= now) {
            return Err("already_ended");
        }
        if self.lots[lot].ends != ends {
            self.lots[lot].ends = ends;
            self.last = now;
        }
        Ok(())
    }

    /// A debit or a correction downward.
    pub fn take(&mut self, now: i64, amount: i64) -> Answer<()> {
        let now = self.pass(now);
        self.check_payable(amount)?;
        for _ in 0..amount {
            let token = self.pick().unwrap();
            self.tokens[token].place = Place::Gone;
        }
        self.last = now;
        Ok(())
    }

    pub fn hold(&mut self, now: i64, amount: i64, live: i64) -> Answer<()> {
        let now = self.pass(now);
        if !(1..=LIVE_MS_MAX).contains(&live) {
            return Err("hold_life");
        }
        self.check_payable(amount)?;
        let hold = self.holds.len();
        let mut tokens = Vec::new();
        for _ in 0..amount {
            let token = self.pick().unwrap();
            self.tokens[token].place = Place::InHold(hold);
            tokens.push(token);
        }
        self.holds.push(ModelHold { ends: now + live, state: State::Open, tokens, debited: 0, short: 0 });
        self.last = now;
        Ok(())
    }

    pub fn grow(&mut self, now: i64, hold: Option<usize>, amount: i64) -> Answer<()> {
        let now = self.pass(now);
        let hold = hold.ok_or("unknown_hold")?;
        if self.holds[hold].state != State::Open {
            return Err("hold_over");
        }
        self.check_payable(amount)?;
        for _ in 0..amount {
            let token = self.pick().unwrap();
            self.tokens[token].place = Place::InHold(hold);
            // What comes out of one lot stays together.
            let lot = self.tokens[token].lot;
            let tokens = &mut self.holds[hold].tokens;
            let behind = tokens.iter().rposition(|held| self.tokens[*held].lot == lot).map_or(tokens.len(), |at| at + 1);
            tokens.insert(behind, token);
        }
        self.last = now;
        Ok(())
    }

    /// Answers what was debited, what was short, and whether anything changed.
    pub fn settle(&mut self, now: i64, hold: Option<usize>, amount: i64) -> Answer<(i64, i64, bool)> {
        let now = self.pass(now);
        if amount < 0 {
            return Err("not_positive");
        }
        if amount > AMOUNT_MAX {
            return Err("too_large");
        }
        let hold = hold.ok_or("unknown_hold")?;
        let state = self.holds[hold].state;
        if state == State::Settled || state == State::Released {
            return Ok((self.holds[hold].debited, self.holds[hold].short, false));
        }
        self.holds[hold].state = State::Settled;
        let mut debited = 0;
        if state == State::Open {
            debited = amount.min(self.holds[hold].tokens.len() as i64);
            self.give_back(hold, now, debited);
        }
        while debited < amount {
            let Some(token) = self.pick() else { break };
            self.tokens[token].place = Place::Gone;
            self.last = now;
            debited += 1;
        }
        self.holds[hold].debited = debited;
        self.holds[hold].short = amount - debited;
        Ok((debited, amount - debited, true))
    }

    pub fn release(&mut self, now: i64, hold: Option<usize>) -> Answer<bool> {
        let now = self.pass(now);
        let hold = hold.ok_or("unknown_hold")?;
        let state = self.holds[hold].state;
        if state == State::Open || state == State::Ended {
            self.holds[hold].state = State::Released;
        }
        if state == State::Open {
            self.give_back(hold, now, 0);
        }
        Ok(state == State::Open)
    }

    /// Answers what was taken back, what is owed from holds beyond what was, and what is short.
    pub fn revoke(&mut self, now: i64, lot: Option<usize>, part: i64, whole: i64) -> Answer<(i64, i64, i64)> {
        let now = self.pass(now);
        let lot = lot.ok_or("unknown_lot")?;
        // ⌈amount · part / whole⌉ by counting up.
        let asked = (0..).find(|asked| asked * whole >= self.lots[lot].amount * part).unwrap();
        let (mut revoked, mut owed, mut short) = (0, 0, 0);
        for _ in 0..asked {
            if let Some(token) = self.tokens.iter_mut().find(|token| token.lot == lot && token.place == Place::InLot) {
                token.place = Place::Gone;
                revoked += 1;
            } else if self.held_of(lot) > self.lots[lot].owed {
                self.lots[lot].owed += 1;
                owed += 1;
            } else {
                short += 1;
            }
        }
        if revoked + owed > 0 {
            self.last = now;
        }
        Ok((revoked, owed, short))
    }

    pub fn freeze(&mut self, now: i64, lot: Option<usize>, frozen: bool) -> Answer<i64> {
        let now = self.pass(now);
        let lot = lot.ok_or("unknown_lot")?;
        if self.lots[lot].frozen == frozen || self.has_ended(lot, now) {
            return Ok(0);
        }
        self.lots[lot].frozen = frozen;
        self.last = now;
        Ok(self.left(lot))
    }
}
