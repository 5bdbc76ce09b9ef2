//! How long credits last at a steady rate. Arithmetic only: it neither finds the rate nor knows who spends. Refuses to guess:
//! without spending there is no end.

use creel_types::{Credits, Time, time::DAY_MS};

use crate::{Lot, lot::spending_order};

/// A rate of spending, in thousandths of a credit a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(pub i64);

impl Rate {
    /// So many credits in each period of so many milliseconds.
    #[must_use]
    pub fn of(amount: Credits, period_ms: i64) -> Rate {
        let thousandths = i128::from(amount.0.max(0)) * 1000 * i128::from(DAY_MS) / i128::from(period_ms.max(1));
        Rate(i64::try_from(thousandths).unwrap_or(i64::MAX))
    }

    /// What it comes to in a time, a started credit counting whole.
    #[must_use]
    pub fn over(self, ms: i64) -> Credits {
        let (exact, unit) = (i128::from(self.0) * i128::from(ms.max(0)), 1000 * i128::from(DAY_MS));
        Credits(i64::try_from((exact + unit - 1) / unit).unwrap_or(i64::MAX))
    }

    #[must_use]
    pub fn plus(self, other: Rate) -> Rate {
        Rate(self.0.saturating_add(other.0))
    }

    /// How long an amount lasts.
    fn time_for(self, amount: Credits) -> i64 {
        let ms = i128::from(amount.0) * 1000 * i128::from(DAY_MS) / i128::from(self.0.max(1));
        i64::try_from(ms).unwrap_or(i64::MAX)
    }
}

/// The instant at which nothing is left to spend, lots that end on the way included; `None` where nothing is spent, or where
/// it lies beyond the calendar.
#[must_use]
pub fn exhausted_at(now: Time, lots: &[Lot], rate: Rate) -> Option<Time> {
    if rate.0 <= 0 {
        return None;
    }
    let mut ordered: Vec<&Lot> = lots.iter().filter(|lot| lot.available() > Credits::ZERO && !lot.has_ended(now)).collect();
    ordered.sort_by(|one, other| {
        spending_order((one.expires_at, one.granted_sequence), (other.expires_at, other.granted_sequence))
    });
    let mut at = now;
    for lot in ordered {
        let lasts_until = at.plus_ms(rate.time_for(lot.available()));
        // What of it is not spent at its end is lost.
        at = lot.expires_at.map_or(lasts_until, |end| lasts_until.min(end.max(at)));
    }
    (at.0 < i64::MAX / 4).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LotSource;

    fn lot(sequence: i64, remaining: i64, expires_in_days: Option<i64>) -> Lot {
        Lot {
            id: creel_types::LotId(creel_types::ids::uuid_v7(Time(sequence), [0; 10])),
            source: LotSource::Cycle,
            amount: Credits(remaining.max(1)),
            remaining: Credits(remaining),
            expires_at: expires_in_days.map(|days| Time(days * DAY_MS)),
            granted_sequence: sequence,
            frozen: false,
            revoke_due: Credits::ZERO,
        }
    }

    #[test]
    fn lots_that_end_before_they_are_spent_are_lost() {
        for (lots, rate, days) in [
            (vec![lot(1, 100, None)], 10, Some(10)),
            (vec![lot(1, 100, Some(5))], 10, Some(5)),
            (vec![lot(1, 100, None), lot(2, 100, Some(5))], 10, Some(15)),
            (vec![lot(1, 30, Some(5)), lot(2, 30, Some(6))], 10, Some(6)),
            (vec![lot(1, 30, Some(5)), lot(2, 100, Some(1))], 10, Some(4)),
            (vec![lot(1, 100, Some(2)), lot(2, 100, Some(2))], 10, Some(2)),
            (vec![lot(1, 100, None)], 0, None),
            (vec![], 10, Some(0)),
            (vec![Lot { frozen: true, ..lot(1, 100, None) }], 10, Some(0)),
            (vec![lot(1, 1_000_000_000_000_000, None)], 1, None),
        ] {
            let at = exhausted_at(Time(0), &lots, Rate::of(Credits(rate), DAY_MS));
            assert_eq!(at, days.map(|days| Time(days * DAY_MS)), "{lots:?}");
        }
    }

    #[test]
    fn rates_are_whole_thousandths() {
        assert_eq!(Rate::of(Credits(7), 7 * DAY_MS), Rate(1000));
        assert_eq!(Rate::of(Credits(1), 30 * DAY_MS), Rate(33));
        assert_eq!(Rate(1500).over(DAY_MS), Credits(2));
        assert_eq!(Rate(1500).over(2 * DAY_MS), Credits(3));
        assert_eq!(Rate::of(Credits(i64::MAX), 1), Rate(i64::MAX));
    }
}
