//! What the store promises, as slow and obvious as can be: one thread, plain lists, sums made anew whenever they are asked for.
//!
//! Credits are the ledger's naive tokens; on them stand runs with pages, schedules, limits and what is told. A change is one
//! function on one organization: refused, it never was; else everything that follows from it happens behind it.

#[path = "../../../ledger/tests/it/model.rs"]
#[allow(dead_code, reason = "the store renews and moves no lots yet")]
pub mod credits;
mod limits;
mod runs;
mod settle;

use credits::{Model as Credits, State};
pub use limits::{Limit, MONTH_ENDS, Period, Subject};
pub use settle::{Finished, Found};

/// One capture.
pub const PRICE: i64 = 2;

pub type Answer<T> = Result<T, &'static str>;

#[derive(Clone, Debug)]
pub struct World {
    pub now: i64,
    pub organizations: Vec<Organization>,
}

#[derive(Clone, Debug)]
pub struct Organization {
    begins: i64,
    /// Whether it has a billing cycle, which then began with it.
    has_cycle: bool,
    pub credits: Credits,
    pub runs: Vec<Run>,
    pub schedules: Vec<Schedule>,
    pub limits: Vec<Limit>,
    /// What its debits were for: when, and through which run.
    debits: Vec<(i64, usize)>,
    /// What thresholds are percents of, and those that were said.
    base: i64,
    said: Vec<i64>,
    /// Everything that anybody was told.
    pub told: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    Active,
    Paused,
    PausedNoCredits,
    /// Its place is kept, so that the others have theirs.
    Deleted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageState {
    Queued,
    /// Its capture waits for a hold, until this instant at most.
    Waits(i64),
    Leased,
    Done(&'static str),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// `/p/NUMBER`
    pub number: usize,
    pub state: PageState,
}

/// What a page says about its product, and what the run made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    pub page: usize,
    pub canonical: usize,
    pub product_id: Option<u8>,
    pub title: u8,
}

#[derive(Clone, Debug)]
pub struct Run {
    pub status: &'static str,
    pub end_reason: Option<&'static str>,
    pub budget: Option<i64>,
    pub has_key: bool,
    pub schedule: Option<usize>,
    /// Whether a process has it in hand.
    taken: bool,
    pub pages: Vec<Page>,
    pub captures: Vec<Capture>,
    pub duplicates: i64,
    pub fetched: i64,
    pub failed: i64,
    pub blocked: i64,
    /// How often it was told that it completed.
    pub told: usize,
}

impl Run {
    pub fn extracted(&self) -> i64 {
        self.captures.len() as i64
    }

    pub fn spent(&self) -> i64 {
        PRICE * self.extracted()
    }

    pub fn has_ended(&self) -> bool {
        self.end_reason.is_some()
    }

    fn has_something_left(&self) -> bool {
        self.pages.iter().any(|page| !matches!(page.state, PageState::Done(_)))
    }

    /// An ended run keeps its first reason; what was in hand is queued again.
    fn end(&mut self, reason: &'static str) -> bool {
        if self.has_ended() {
            return false;
        }
        self.status = if reason == "stopped_by_user" { "stopped" } else { "completed" };
        self.told += usize::from(self.status == "completed");
        self.end_reason = Some(reason);
        self.taken = false;
        self.put_back();
        true
    }

    fn put_back(&mut self) {
        for page in self.pages.iter_mut().filter(|page| page.state == PageState::Leased) {
            page.state = PageState::Queued;
        }
    }
}

impl Organization {
    pub fn new(now: i64, has_cycle: bool) -> Organization {
        let mut credits = Credits::default();
        credits.last = now;
        Organization {
            begins: now,
            has_cycle,
            credits,
            runs: Vec::new(),
            schedules: Vec::new(),
            limits: Vec::new(),
            debits: Vec::new(),
            base: 0,
            said: Vec::new(),
            told: Vec::new(),
        }
    }

    pub fn spendable(&self) -> i64 {
        self.credits.available() + self.credits.held()
    }

    /// Every lot came from a grant.
    pub fn granted(&self) -> i64 {
        self.credits.lots.iter().map(|lot| lot.amount).sum()
    }

    /// Captures, and what was settled of holds.
    pub fn debited(&self) -> i64 {
        self.runs.iter().map(Run::spent).sum::<i64>() + self.credits.holds.iter().map(|hold| hold.debited).sum::<i64>()
    }

    pub fn captures(&self) -> usize {
        self.runs.iter().map(|run| run.captures.len()).sum()
    }

    /// Whether a lot or a hold is over and nobody has looked yet.
    fn is_due(&self, now: i64) -> bool {
        let lots = &self.credits.lots;
        (0..lots.len()).any(|lot| self.credits.left(lot) > 0 && lots[lot].ends.is_some_and(|end| end <= now))
            || self.credits.holds.iter().any(|hold| hold.state == State::Open && hold.ends <= now)
    }

    /// What could pay now, looked at without touching anything.
    pub fn payable(&self, now: i64) -> (i64, i64) {
        let lots = &self.credits.lots;
        let over = (0..lots.len()).filter(|lot| !lots[*lot].frozen && lots[*lot].ends.is_some_and(|end| end <= now));
        (self.credits.available() - over.map(|lot| self.credits.left(lot)).sum::<i64>(), self.credits.held())
    }

    /// What a change brings with it: tells of grants and thresholds, ends runs, puts schedules to sleep or wakes them, sends
    /// pages on that waited for a hold.
    fn follow(&mut self, before: &Organization) {
        for lot in before.credits.lots.len()..self.credits.lots.len() {
            self.tell_grant(self.credits.lots[lot].amount);
        }
        if self.spendable() < before.spendable() {
            self.tell_thresholds();
        }
        if self.spendable() < PRICE {
            self.run_dry();
        } else if before.spendable() < PRICE {
            self.wake();
        }
        let closed = self.credits.holds.iter().zip(&before.credits.holds);
        if closed.into_iter().any(|(hold, before)| hold.state != before.state) {
            let waiting = self.runs.iter_mut().filter(|run| !run.has_ended()).flat_map(|run| &mut run.pages);
            for page in waiting.filter(|page| matches!(page.state, PageState::Waits(_))) {
                page.state = PageState::Queued;
            }
        }
    }

    /// The place of a schedule that was not deleted.
    fn known_schedule(&self, schedule: Option<usize>) -> Answer<usize> {
        schedule.filter(|schedule| self.schedules[*schedule] != Schedule::Deleted).ok_or("not_found")
    }

    fn tell_grant(&mut self, amount: i64) {
        self.told.push(format!("credits.granted {amount}"));
        if self.has_cycle {
            self.base += amount;
        } else {
            self.base = amount;
            self.said.clear();
        }
    }

    fn tell_thresholds(&mut self) {
        let spendable = self.spendable();
        for percent in [20, 5, 0] {
            let reached = if percent == 0 { spendable < PRICE } else { spendable * 100 <= self.base * percent };
            if reached && !self.said.contains(&percent) {
                self.said.push(percent);
                let kind = if percent == 0 { "credits.exhausted" } else { "credits.low" };
                self.told.push(format!("{kind} {percent}"));
            }
        }
    }

    fn run_dry(&mut self) {
        for run in &mut self.runs {
            if matches!(run.status, "starting" | "running") && run.has_something_left() {
                run.end("insufficient_credits");
            }
        }
        for schedule in self.schedules.iter_mut().filter(|schedule| **schedule == Schedule::Active) {
            *schedule = Schedule::PausedNoCredits;
            self.told.push("schedule.paused".to_owned());
        }
    }

    fn wake(&mut self) {
        for schedule in self.schedules.iter_mut().filter(|schedule| **schedule == Schedule::PausedNoCredits) {
            *schedule = Schedule::Active;
            self.told.push("schedule.resumed".to_owned());
        }
    }
}

impl World {
    /// One transaction on one organization: refused, nothing happened, not even what was due.
    pub fn change<T>(&mut self, who: usize, change: impl FnOnce(&mut Organization, i64) -> Answer<T>) -> Answer<T> {
        let before = self.organizations[who].clone();
        let organization = &mut self.organizations[who];
        let answer = change(organization, self.now);
        match &answer {
            Ok(_) => organization.follow(&before),
            Err(_) => *organization = before,
        }
        answer
    }

    /// A look at the balance ends what is due, and is a change only where something is.
    pub fn look(&mut self, who: usize) {
        if self.organizations[who].is_due(self.now) {
            let _ = self.change(who, |organization, now| {
                organization.credits.pass(now);
                Ok(())
            });
        }
    }

    pub fn sweep(&mut self) {
        (0..self.organizations.len()).for_each(|who| self.look(who));
    }

    pub fn schedule(&mut self, who: usize, has_robot: bool) -> Answer<()> {
        if !has_robot {
            return Err("not_found");
        }
        let status = self.status_by_credits(who);
        self.organizations[who].schedules.push(status);
        Ok(())
    }

    pub fn resume(&mut self, who: usize, schedule: Option<usize>) -> Answer<()> {
        let schedule = self.organizations[who].known_schedule(schedule)?;
        self.organizations[who].schedules[schedule] = self.status_by_credits(who);
        Ok(())
    }

    pub fn pause(&mut self, who: usize, schedule: Option<usize>) -> Answer<()> {
        let schedule = self.organizations[who].known_schedule(schedule)?;
        self.organizations[who].schedules[schedule] = Schedule::Paused;
        Ok(())
    }

    pub fn delete_schedule(&mut self, who: usize, schedule: Option<usize>) -> Answer<()> {
        let organization = &mut self.organizations[who];
        let schedule = organization.known_schedule(schedule)?;
        organization.schedules[schedule] = Schedule::Deleted;
        organization.limits.retain(|limit| limit.subject != Subject::Schedule(schedule));
        Ok(())
    }

    fn status_by_credits(&mut self, who: usize) -> Schedule {
        let _ = self.change(who, |organization, now| {
            organization.credits.pass(now);
            Ok(())
        });
        if self.organizations[who].spendable() < PRICE { Schedule::PausedNoCredits } else { Schedule::Active }
    }
}
