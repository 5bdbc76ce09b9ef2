//! Runs the statements in `tests/statements/*.txt`: one operation a line, after the bar what must be true behind it.
//!
//! `== title` begins a situation with empty books. A line is `<ms> <operation> | <expectation> …`; an operation that is not
//! expected to be refused must go through. `tests/statements/README.md` lists operations and expectations.

use std::{collections::HashMap, path::Path};

use creel_ledger::{
    CreditLimit, LimitPeriod, LimitState, LotSource, NewHold, Reference, ReferenceType, Refused, Share, THRESHOLDS_DEFAULT,
    Threshold, threshold,
};
use creel_types::{Credits, HoldId, LotId, Time};

use crate::{
    books::{Books, grant, refusal, spelled},
    table::{self, Line, number, shown, until},
};

const SITUATIONS_MIN: usize = 60;

#[test]
fn every_statement_holds() {
    let situations = table::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/statements"));
    let mut faults = Vec::new();
    for described in &situations {
        let mut situation = Situation::new();
        for line in &described.lines {
            let title = &described.title;
            faults.extend(situation.run(line).into_iter().map(|fault| format!("{title}: {fault}\n    {}", line.at)));
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    assert!(situations.len() >= SITUATIONS_MIN, "{} situations", situations.len());
    println!("{} situations", situations.len());
}

struct Situation {
    books: Books,
    lots: HashMap<String, LotId>,
    holds: HashMap<String, HoldId>,
    limits: HashMap<String, LimitState>,
    granted_in_cycle: Credits,
    last_grant: Credits,
    raised: Vec<Threshold>,
    debits: u32,
}

/// What the operation of a line came to.
struct Outcome {
    result: Result<String, Refused>,
    wrote: Vec<String>,
    notices: Vec<String>,
}

impl Situation {
    fn new() -> Situation {
        Situation {
            books: Books::new(),
            lots: HashMap::new(),
            holds: HashMap::new(),
            limits: HashMap::new(),
            granted_in_cycle: Credits::ZERO,
            last_grant: Credits::ZERO,
            raised: Vec::new(),
            debits: 0,
        }
    }

    /// Runs one line and says what is not as expected.
    fn run(&mut self, line: &Line) -> Vec<String> {
        let (before, written) = (self.books.spendable(), self.books.entries.len());
        let result = self.operate(line.now, &line.words());
        let outcome = Outcome {
            result,
            wrote: self.books.entries[written..].iter().map(spelled).collect(),
            notices: self.raise(before),
        };
        self.expect(line, &outcome)
    }

    fn raise(&mut self, before: Credits) -> Vec<String> {
        let base = threshold::base(self.granted_in_cycle, self.last_grant);
        let after = self.books.spendable();
        let notices = threshold::notices(base, before, after, &THRESHOLDS_DEFAULT, &self.raised);
        self.raised.extend(notices.iter().map(|notice| notice.threshold));
        notices.iter().map(|notice| notice.threshold.0.to_string()).collect()
    }

    fn lot(&mut self, name: &str) -> LotId {
        let id = self.books.id();
        *self.lots.entry(name.to_owned()).or_insert(id)
    }

    fn hold(&mut self, name: &str) -> HoldId {
        let id = self.books.id();
        *self.holds.entry(name.to_owned()).or_insert(id)
    }

    fn operate(&mut self, now: i64, words: &[&str]) -> Result<String, Refused> {
        match words {
            ["grant", name, source, amount, end @ ..] => self.grant(now, name, source, number(amount), end),
            ["renew", previous, "as", name, amount, end @ ..] => self.renew(now, previous, name, number(amount), end),
            ["limit", name, amount, period] => {
                let limit = CreditLimit::new(Credits(number(amount)), LimitPeriod::parse(period).unwrap())?;
                self.limits.insert((*name).to_owned(), LimitState::load(limit, Time(now), Credits::ZERO, Time(now)));
                Ok(String::new())
            }
            ["period"] => {
                for limit in self.limits.values_mut() {
                    *limit = LimitState::load(limit.limit, limit.period_start, limit.spent, Time(now));
                }
                Ok(String::new())
            }
            ["cycle"] => {
                self.granted_in_cycle = Credits::ZERO;
                self.raised.clear();
                Ok(String::new())
            }
            ["debit", amount, within @ ..] => self.debit(now, number(amount), within),
            ["hold" | "grow" | "settle" | "release", ..] => self.operate_on_hold(now, words),
            ["look"] => self.books.change(None, None, |account| {
                account.expire_due(Time(now));
                Ok(String::new())
            }),
            _ => self.operate_on_lot(now, words),
        }
    }

    fn grant(&mut self, now: i64, name: &str, source: &str, amount: i64, end: &[&str]) -> Result<String, Refused> {
        let lot = self.lot(name);
        self.books.change(Some(lot), None, |account| {
            account.grant(Time(now), grant(lot, LotSource::parse(source).unwrap(), amount, until(end)))
        })?;
        self.granted(amount);
        Ok(String::new())
    }

    fn renew(&mut self, now: i64, previous: &str, name: &str, amount: i64, end: &[&str]) -> Result<String, Refused> {
        let (previous, lot) = (self.lot(previous), self.lot(name));
        let grant = grant(lot, LotSource::Cycle, amount, until(end));
        self.books.change(Some(previous), None, |account| account.renew(Time(now), previous, grant))?;
        self.granted(amount);
        Ok(String::new())
    }

    fn granted(&mut self, amount: i64) {
        self.granted_in_cycle += Credits(amount);
        self.last_grant = Credits(amount);
    }

    fn debit(&mut self, now: i64, amount: i64, within: &[&str]) -> Result<String, Refused> {
        let names = within.strip_prefix(&["within"]).unwrap_or_default();
        let mut limits: Vec<LimitState> = names.iter().map(|name| self.limits[*name]).collect();
        LimitState::spend_in_all(&mut limits, Credits(amount))
            .or_else(|refused| if names.is_empty() { Ok(()) } else { Err(refused) })?;
        self.debits += 1;
        let reference = Reference::new(ReferenceType::Capture, self.debits);
        self.books.change(None, None, |account| account.debit(Time(now), Credits(amount), reference, String::new()))?;
        for (name, limit) in names.iter().zip(limits) {
            self.limits.insert((*name).to_owned(), limit);
        }
        Ok(String::new())
    }

    fn operate_on_hold(&mut self, now: i64, words: &[&str]) -> Result<String, Refused> {
        let hold = self.hold(words[1]);
        let now = Time(now);
        let message = Reference::new(ReferenceType::Message, words[1]);
        self.books.change(None, Some(hold), |account| match words {
            ["hold", _, amount, "for", live] => {
                let (amount, live_ms) = (Credits(number(amount)), number(live));
                let new = NewHold { hold, amount, live_ms, reference: message, description: String::new() };
                account.place_hold(now, new).map(|()| String::new())
            }
            ["grow", _, amount] => {
                account.grow_hold(now, hold, Credits(number(amount)), String::new()).map(|()| String::new())
            }
            ["settle", _, amount] => {
                let settled = account.settle_hold(now, hold, Credits(number(amount)), "An answer".to_owned())?;
                let again = if settled.changed { "" } else { " again" };
                Ok(format!("debited {} short {}{again}", settled.debited, settled.shortfall))
            }
            ["release", _] => {
                let changed = account.release_hold(now, hold, String::new())?;
                Ok(if changed { "released".to_owned() } else { "released again".to_owned() })
            }
            _ => panic!("no such operation: {words:?}"),
        })
    }

    fn operate_on_lot(&mut self, now: i64, words: &[&str]) -> Result<String, Refused> {
        // In every operation on a lot its name is the second word, but for `adjust up NAME`.
        let lot = self.lot(words[if words[0] == "adjust" { 2 } else { 1 }]);
        let now = Time(now);
        let dispute = Reference::new(ReferenceType::Invoice, "invoice");
        let person = Reference::new(ReferenceType::Person, "person");
        self.books.change(Some(lot), None, |account| match words {
            ["revoke", _, share] => {
                let (part, whole) = share.split_once('/').unwrap();
                let share = Share::new(number(part), number(whole))?;
                let revoked = account.revoke(now, lot, share, dispute, "A refund".to_owned(), String::new())?;
                Ok(format!("revoked {} due {} short {}", revoked.revoked, revoked.due, revoked.shortfall))
            }
            ["freeze", _] => account.freeze(now, lot, dispute, "A dispute".to_owned()).map(|moved| format!("moved {moved}")),
            ["unfreeze", _] => account.unfreeze(now, lot, dispute, String::new()).map(|moved| format!("moved {moved}")),
            ["end", _] => account.end_lot(now, lot, dispute, String::new()).map(|moved| format!("moved {moved}")),
            ["move", _, end @ ..] => {
                let end = until(end).map(Time);
                account
                    .move_expiry(now, lot, end, dispute, "The subscription is set to end".to_owned())
                    .map(|()| String::new())
            }
            ["adjust", "down", amount, reason @ ..] => account
                .adjust_down(now, Credits(number(amount)), person, reason.join(" "), "person".to_owned())
                .map(|()| String::new()),
            ["adjust", "up", _, amount, reason @ ..] => {
                let mut grant = grant(lot, LotSource::Adjustment, number(amount), None);
                grant.description = reason.join(" ");
                account.grant(now, grant).map(|()| String::new())
            }
            _ => panic!("no such operation: {words:?}"),
        })
    }

    fn expect(&self, line: &Line, outcome: &Outcome) -> Vec<String> {
        let mut faults = Vec::new();
        let mut compare = |what: &str, expected: String, found: String| {
            if expected != found {
                faults.push(format!("{what} is {found}, not {expected}"));
            }
        };
        let found =
            outcome.result.as_ref().map_or_else(|error| format!("refused {}", refusal(error)), |_| "done".to_owned());
        compare("the outcome", line.outcome().to_owned(), found);
        for (word, rest) in line.clauses() {
            let pairs =
                || rest.chunks(2).map(|pair| (self.lots.get(pair[0]).and_then(|lot| self.books.lots.get(lot)), pair));
            match word {
                "available" => compare(word, number(rest[0]).to_string(), self.books.available().to_string()),
                "held" => compare(word, number(rest[0]).to_string(), self.books.held().to_string()),
                "frozen" => compare(word, number(rest[0]).to_string(), self.books.frozen().to_string()),
                "left" => {
                    for (lot, pair) in pairs() {
                        compare(
                            pair[0],
                            number(pair[1]).to_string(),
                            lot.map_or_else(String::new, |lot| lot.remaining.to_string()),
                        );
                    }
                }
                "owed" => {
                    for (lot, pair) in pairs() {
                        compare(
                            pair[0],
                            number(pair[1]).to_string(),
                            lot.map_or_else(String::new, |lot| lot.revoke_due.to_string()),
                        );
                    }
                }
                "within" => compare(word, number(rest[1]).to_string(), self.limits[rest[0]].left().to_string()),
                "wrote" => compare(word, rest.join(" "), shown(&outcome.wrote)),
                "notices" => compare(word, rest.join(" "), shown(&outcome.notices)),
                "says" => compare(word, rest.join(" "), self.books.entries.last().unwrap().description.clone()),
                _ => {
                    let clause = format!("{word} {}", rest.join(" "));
                    compare("the result", clause.trim_end().to_owned(), outcome.result.clone().unwrap_or_default());
                }
            }
        }
        faults
    }
}
