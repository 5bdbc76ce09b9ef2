//! A credit limit on a key, robot or schedule: how much may be spent through it in a cycle, a month or a run.
//!
//! Arithmetic only: it neither finds the counters nor knows who spends. Refuses what would go beyond the limit, whole.

use creel_types::{Credits, Time, time::DAY_MS, words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AMOUNT_MAX, Refused, refused::checked_amount};

words! {
    /// After what time a limit begins anew. A run is its own period: its counter never begins anew.
    LimitPeriod {
        Cycle = "cycle",
        Month = "month",
        Run = "run",
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditLimit {
    pub amount: Credits,
    pub period: LimitPeriod,
}

impl CreditLimit {
    pub fn new(amount: Credits, period: LimitPeriod) -> Result<CreditLimit, Refused> {
        Ok(CreditLimit { amount: checked_amount(amount)?, period })
    }
}

/// A limit and what was spent of it in its current period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitState {
    pub limit: CreditLimit,
    /// The beginning of the period that `spent` counts in.
    pub period_start: Time,
    pub spent: Credits,
}

impl LimitState {
    /// The state in the period that began at `period_start`, from a counter that counted since `counted_since`. A counter of
    /// an earlier period is spent with it; one of a later period stands, since another machine's clock is ahead.
    #[must_use]
    pub fn load(limit: CreditLimit, counted_since: Time, spent: Credits, period_start: Time) -> LimitState {
        if limit.period == LimitPeriod::Run || counted_since >= period_start {
            LimitState { limit, period_start: counted_since, spent }
        } else {
            LimitState { limit, period_start, spent: Credits::ZERO }
        }
    }

    /// What may still be spent; nothing where the limit was lowered below what is spent.
    #[must_use]
    pub fn left(&self) -> Credits {
        Credits(self.limit.amount.0.saturating_sub(self.spent.0).max(0))
    }

    pub fn check(&self, amount: Credits) -> Result<(), Refused> {
        checked_amount(amount)?;
        let after = self.spent.0.checked_add(amount.0).filter(|after| *after <= AMOUNT_MAX.0).ok_or(Refused::TooLarge)?;
        if after > self.limit.amount.0 {
            let CreditLimit { amount: limit, period } = self.limit;
            return Err(Refused::LimitReached { limit, period, spent: self.spent, needed: amount });
        }
        Ok(())
    }

    /// Counts an amount, or refuses it and counts nothing.
    pub fn spend(&mut self, amount: Credits) -> Result<(), Refused> {
        self.check(amount)?;
        self.spent += amount;
        Ok(())
    }

    /// Counts an amount in every limit that applies, or in none.
    pub fn spend_in_all(limits: &mut [LimitState], amount: Credits) -> Result<(), Refused> {
        limits.iter().try_for_each(|limit| limit.check(amount))?;
        for limit in limits {
            limit.spent += amount;
        }
        Ok(())
    }
}

/// The beginning of the calendar month in UTC that an instant lies in.
#[must_use]
pub fn month_start(now: Time) -> Time {
    // Days to a civil date by eras of 400 years that begin in March, so that the leap day comes last:
    // Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil and its inverse.
    let day = now.0.div_euclid(DAY_MS);
    let day_of_era = (day + 719_468).rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5;
    Time((day - day_of_month) * DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(limit: i64, spent: i64) -> LimitState {
        let limit = CreditLimit::new(Credits(limit), LimitPeriod::Month).unwrap();
        LimitState::load(limit, Time(0), Credits(spent), Time(0))
    }

    #[test]
    fn a_limit_gives_to_the_last_credit_and_not_one_more() {
        for (limit, spent, amount, left) in [(10, 8, 2, Some(0)), (10, 9, 2, None), (10, 10, 1, None), (10, 0, 10, Some(0))]
        {
            let mut state = state(limit, spent);
            assert_eq!(state.spend(Credits(amount)).is_ok(), left.is_some(), "{limit} {spent} {amount}");
            assert_eq!(state.left(), Credits(left.unwrap_or(limit - spent)), "a refused amount counts nothing");
        }
        assert_eq!(state(10, 15).left(), Credits(0), "a limit that was lowered");
    }

    #[test]
    fn amounts_that_cannot_be_are_refused() {
        let beyond = Credits(AMOUNT_MAX.0 + 1);
        assert_eq!(CreditLimit::new(beyond, LimitPeriod::Run), Err(Refused::TooLarge));
        assert_eq!(CreditLimit::new(Credits(0), LimitPeriod::Run), Err(Refused::NotPositive(Credits(0))));
        assert_eq!(state(10, 0).spend(Credits(-1)), Err(Refused::NotPositive(Credits(-1))));
        assert_eq!(state(10, 0).spend(Credits(i64::MAX)), Err(Refused::TooLarge));
        assert_eq!(state(10, i64::MAX).spend(Credits(1)), Err(Refused::TooLarge));
        assert_eq!(state(AMOUNT_MAX.0, AMOUNT_MAX.0).spend(Credits(1)), Err(Refused::TooLarge));
    }

    #[test]
    fn a_new_period_begins_at_nothing_unless_the_counter_is_ahead() {
        for (period, counted_since, now, spent) in [
            (LimitPeriod::Month, 100, 100, 7),
            (LimitPeriod::Month, 100, 200, 0),
            (LimitPeriod::Cycle, 200, 100, 7),
            (LimitPeriod::Run, 100, 200, 7),
        ] {
            let limit = CreditLimit::new(Credits(10), period).unwrap();
            let state = LimitState::load(limit, Time(counted_since), Credits(7), Time(now));
            assert_eq!(state.spent, Credits(spent), "{period} {counted_since} {now}");
        }
    }

    #[test]
    fn several_limits_count_together_or_not_at_all() {
        let mut limits = [state(10, 0), state(3, 0)];
        LimitState::spend_in_all(&mut limits, Credits(2)).unwrap();
        assert!(matches!(
            LimitState::spend_in_all(&mut limits, Credits(2)),
            Err(Refused::LimitReached { limit: Credits(3), .. })
        ));
        assert_eq!(limits.map(|limit| limit.spent), [Credits(2), Credits(2)]);
    }

    #[test]
    fn months_begin_where_the_calendar_says() {
        for (now, start) in [
            ("1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"),
            ("1969-12-31T23:59:59.999Z", "1969-12-01T00:00:00.000Z"),
            ("2024-02-29T12:00:00.000Z", "2024-02-01T00:00:00.000Z"),
            ("2024-03-01T00:00:00.000Z", "2024-03-01T00:00:00.000Z"),
            ("2100-02-28T23:59:59.999Z", "2100-02-01T00:00:00.000Z"),
            ("2026-12-31T23:59:59.999Z", "2026-12-01T00:00:00.000Z"),
        ] {
            assert_eq!(month_start(now.parse().unwrap()).to_string(), start, "{now}");
        }
    }
}
