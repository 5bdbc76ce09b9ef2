//! Ticks: the k-th is the anchor and k intervals, always counted from the anchor, so that the 31st stays the 31st.

use creel_types::{Cadence, IntervalUnit, Time, time::HOUR_MS};
use jiff::{Span, Timestamp, civil::DateTime, tz::TimeZone};

#[derive(Clone, Debug)]
pub(super) struct Ticks {
    cadence: Cadence,
    anchor: Time,
    /// The anchor by the clocks of the zone.
    local: DateTime,
    zone: TimeZone,
}

/// How far, in intervals, an estimate stays before what it estimates: a zone may leave out a day, and a month may be short.
const ESTIMATE_BEFORE: i64 = 2;

impl Ticks {
    /// `None` where the anchor lies beyond the calendar.
    pub(super) fn new(cadence: Cadence, anchor: Time, zone: TimeZone) -> Option<Ticks> {
        let local = local(anchor, &zone)?;
        Some(Ticks { cadence, anchor, local, zone })
    }

    /// Tick `number`, from 0; `None` beyond the calendar. A gap moves forward by its length, of two the earlier is taken; tick 0
    /// is the anchor, which is an instant already.
    pub(super) fn at(&self, number: i64) -> Option<Time> {
        if number == 0 {
            return Some(self.anchor);
        }
        let amount = number.checked_mul(self.cadence.interval_amount)?;
        let span = match self.cadence.interval_unit {
            IntervalUnit::Hour => {
                let at = self.anchor.0.checked_add(amount.checked_mul(HOUR_MS)?)?;
                return Timestamp::from_millisecond(at).is_ok().then_some(Time(at));
            }
            IntervalUnit::Day => Span::new().try_days(amount),
            IntervalUnit::Week => Span::new().try_weeks(amount),
            IntervalUnit::Month => Span::new().try_months(amount),
        };
        let local = self.local.checked_add(span.ok()?).ok()?;
        instant(local, &self.zone)
    }

    /// The number of the first tick after `now`; `None` where the calendar ends before one.
    pub(super) fn first_after(&self, now: Time) -> Option<i64> {
        if now < self.anchor {
            return Some(0);
        }
        let mut number = self.estimate(now)?;
        while self.at(number)? <= now {
            number += 1;
        }
        Some(number)
    }

    /// A number at most a few below the first one after `now`, and never above it.
    fn estimate(&self, now: Time) -> Option<i64> {
        let amount = self.cadence.interval_amount;
        let passed = match self.cadence.interval_unit {
            IntervalUnit::Hour => return Some(now.ms_since(self.anchor) / (amount * HOUR_MS)),
            IntervalUnit::Day => self.days_until(now)? / amount,
            IntervalUnit::Week => self.days_until(now)? / (amount * 7),
            IntervalUnit::Month => {
                let here = local(now, &self.zone)?;
                let months = |at: DateTime| i64::from(at.year()) * 12 + i64::from(at.month());
                (months(here) - months(self.local)) / amount
            }
        };
        Some((passed - ESTIMATE_BEFORE).max(0))
    }

    fn days_until(&self, now: Time) -> Option<i64> {
        let span = self.local.date().until(local(now, &self.zone)?.date()).ok()?;
        Some(i64::from(span.get_days()))
    }
}

pub(super) fn local(at: Time, zone: &TimeZone) -> Option<DateTime> {
    Some(zone.to_datetime(Timestamp::from_millisecond(at.0).ok()?))
}

pub(super) fn instant(local: DateTime, zone: &TimeZone) -> Option<Time> {
    Some(Time(zone.to_ambiguous_timestamp(local).compatible().ok()?.as_millisecond()))
}
