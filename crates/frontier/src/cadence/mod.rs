//! When a schedule is due: ticks at equal distances from an anchor, by the calendar of a zone, held back until a window opens.
//! Arithmetic alone: an instant goes in, an instant comes out, whatever the distance between them.
//!
//! Zones come from the database in the program, never from the machine's, so that every process of an installation works out
//! the same.

mod ticks;
mod windows;
pub mod zone;

use creel_types::{Cadence, ClockTime, IntervalUnit, Time, Window, schedule::WINDOWS_MAX};
use thiserror::Error;

use ticks::Ticks;
use windows::Windows;

/// Why there is no such timetable.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NotATimetable {
    #[error("{amount} is not between 1 and {} {unit}s", unit.amount_max())]
    Amount { amount: i64, unit: IntervalUnit },
    #[error("{0:?} is no time zone; take a name of the IANA database, such as Europe/Berlin")]
    TimeZone(String),
    #[error("{0} windows; at most {WINDOWS_MAX} are taken")]
    Windows(usize),
    #[error("a window of no length; the whole day is 00:00 to 24:00")]
    EmptyWindow { index: usize },
    #[error("a window begins before 24:00")]
    LateWindow { index: usize },
    #[error("an instant beyond the calendar")]
    StartsAt,
}

impl NotATimetable {
    /// The field that is wrong.
    #[must_use]
    pub fn field(&self) -> String {
        match self {
            NotATimetable::Amount { .. } => "cadence.interval_amount".to_owned(),
            NotATimetable::TimeZone(_) => "time_zone".to_owned(),
            NotATimetable::Windows(_) => "windows".to_owned(),
            NotATimetable::EmptyWindow { index } => format!("windows[{index}].to"),
            NotATimetable::LateWindow { index } => format!("windows[{index}].from"),
            NotATimetable::StartsAt => "starts_at".to_owned(),
        }
    }
}

/// When a schedule is due.
#[derive(Clone, Debug)]
pub struct Timetable {
    ticks: Ticks,
    windows: Windows,
}

impl Timetable {
    pub fn new(cadence: Cadence, starts_at: Time, time_zone: &str, windows: &[Window]) -> Result<Timetable, NotATimetable> {
        let Cadence { interval_amount: amount, interval_unit: unit } = cadence;
        if !(1..=unit.amount_max()).contains(&amount) {
            return Err(NotATimetable::Amount { amount, unit });
        }
        check_windows(windows)?;
        let zone = zone::find(time_zone).ok_or_else(|| NotATimetable::TimeZone(time_zone.to_owned()))?;
        let ticks = Ticks::new(cadence, starts_at, zone.clone()).ok_or(NotATimetable::StartsAt)?;
        Ok(Timetable { ticks, windows: Windows::new(windows, zone) })
    }

    /// The first instant after `now` at which it is due; `None` where the calendar ends. Several ticks that wait for one opening
    /// are one.
    #[must_use]
    pub fn next_after(&self, now: Time) -> Option<Time> {
        let first = self.ticks.first_after(now)?;
        // The last tick that has been may still wait for an opening, with all that wait beside it.
        let last = (first > 0).then(|| first - 1);
        let waiting = last.and_then(|last| self.due(last)).filter(|due| *due > now);
        waiting.or_else(|| self.due(first))
    }

    /// The next instants at which it is due.
    #[must_use]
    pub fn next(&self, now: Time, count: usize) -> Vec<Time> {
        std::iter::successors(self.next_after(now), |due| self.next_after(*due)).take(count).collect()
    }

    /// How often it is due after `from` and until `to`.
    #[must_use]
    pub fn count(&self, from: Time, to: Time) -> u64 {
        if self.windows.are_always_open()
            && let (Some(first), Some(beyond)) = (self.ticks.first_after(from), self.ticks.first_after(to))
        {
            return beyond.saturating_sub(first).unsigned_abs();
        }
        std::iter::successors(self.next_after(from), |due| self.next_after(*due)).take_while(|due| *due <= to).count() as u64
    }

    fn due(&self, tick: i64) -> Option<Time> {
        self.windows.opened(self.ticks.at(tick)?)
    }
}

fn check_windows(windows: &[Window]) -> Result<(), NotATimetable> {
    if windows.len() > WINDOWS_MAX {
        return Err(NotATimetable::Windows(windows.len()));
    }
    for (index, window) in windows.iter().enumerate() {
        if window.from == ClockTime::MIDNIGHT {
            return Err(NotATimetable::LateWindow { index });
        }
        if window.from == window.to {
            return Err(NotATimetable::EmptyWindow { index });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timetable(amount: i64, unit: IntervalUnit, starts_at: &str, zone: &str, windows: &str) -> Timetable {
        let windows: Vec<Window> = windows.split_terminator(',').map(window).collect();
        let cadence = Cadence { interval_amount: amount, interval_unit: unit };
        Timetable::new(cadence, starts_at.parse().unwrap(), zone, &windows).unwrap()
    }

    /// `22:00-06:00` or `monday 22:00-06:00`.
    fn window(text: &str) -> Window {
        let (days, hours) =
            text.split_once(' ').map_or((Vec::new(), text), |(day, hours)| (vec![day.parse().unwrap()], hours));
        let (from, to) = hours.split_once('-').unwrap();
        Window { days, from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    fn said(times: &[Time]) -> Vec<String> {
        times.iter().map(|time| time.to_string().replace(":00.000Z", "")).collect()
    }

    #[test]
    fn ticks_are_counted_from_the_anchor_by_the_calendar_of_the_zone() {
        use IntervalUnit::{Day, Hour, Month, Week};
        for (amount, unit, starts_at, zone, expected) in [
            // The 31st anchors.
            (1, Month, "2026-01-31T09:00:00Z", "UTC", ["2026-01-31T09:00", "2026-02-28T09:00", "2026-03-31T09:00"]),
            (2, Month, "2026-01-31T09:00:00Z", "UTC", ["2026-01-31T09:00", "2026-03-31T09:00", "2026-05-31T09:00"]),
            (1, Month, "2028-01-30T09:00:00Z", "UTC", ["2028-01-30T09:00", "2028-02-29T09:00", "2028-03-30T09:00"]),
            (12, Month, "2028-02-29T09:00:00Z", "UTC", ["2028-02-29T09:00", "2029-02-28T09:00", "2030-02-28T09:00"]),
            // The same time on the wall, whatever the zone's offset.
            (1, Day, "2026-03-28T08:00:00Z", "Europe/Berlin", ["2026-03-28T08:00", "2026-03-29T07:00", "2026-03-30T07:00"]),
            (
                1,
                Week,
                "2026-10-18T22:00:00Z",
                "America/New_York",
                ["2026-10-18T22:00", "2026-10-25T22:00", "2026-11-01T23:00"],
            ),
            // Hours are elapsed time.
            (
                24,
                Hour,
                "2026-03-28T08:00:00Z",
                "Europe/Berlin",
                ["2026-03-28T08:00", "2026-03-29T08:00", "2026-03-30T08:00"],
            ),
            // 02:30 does not exist on the second day: forward.
            (1, Day, "2026-03-28T01:30:00Z", "Europe/Berlin", ["2026-03-28T01:30", "2026-03-29T01:30", "2026-03-30T00:30"]),
            // 02:30 is twice on the second day: the earlier.
            (1, Day, "2026-10-24T00:30:00Z", "Europe/Berlin", ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"]),
            // Half an hour of daylight saving time.
            (
                1,
                Day,
                "2026-10-02T15:45:00Z",
                "Australia/Lord_Howe",
                ["2026-10-02T15:45", "2026-10-03T15:45", "2026-10-04T15:15"],
            ),
        ] {
            let timetable = timetable(amount, unit, starts_at, zone, "");
            let before = Time(starts_at.parse::<Time>().unwrap().0 - 1);
            assert_eq!(said(&timetable.next(before, 3)), expected, "{amount} {unit} {starts_at} {zone}");
        }
    }

    #[test]
    fn a_day_that_a_zone_left_out_makes_one_instant_of_two_ticks() {
        // Samoa went from the 29th of December 2011 to the 31st.
        let timetable = timetable(1, IntervalUnit::Day, "2011-12-29T01:00:00Z", "Pacific/Apia", "");
        let before = "2011-12-28T00:00:00Z".parse().unwrap();
        let expected = ["2011-12-29T01:00", "2011-12-30T01:00", "2011-12-31T01:00"];
        // The 28th, 29th and, skipping the 30th, the 31st of December by the clocks there.
        assert_eq!(said(&timetable.next(before, 3)), expected);
    }

    #[test]
    fn an_anchor_in_the_later_of_two_hours_is_the_first_tick_itself() {
        let timetable = timetable(1, IntervalUnit::Day, "2026-10-25T01:30:00Z", "Europe/Berlin", "");
        let before = "2026-10-25T00:00:00Z".parse().unwrap();
        assert_eq!(said(&timetable.next(before, 2)), ["2026-10-25T01:30", "2026-10-26T01:30"]);
    }

    #[test]
    fn ticks_outside_every_window_wait_for_the_next_opening_and_make_one_run() {
        let from = "2026-06-01T00:00:00Z";
        for (amount, unit, windows, expected) in [
            (1, IntervalUnit::Day, "09:00-10:00", ["2026-06-01T09:00", "2026-06-02T09:00", "2026-06-03T09:00"]),
            (1, IntervalUnit::Day, "22:00-06:00", ["2026-06-01T00:00", "2026-06-02T00:00", "2026-06-03T00:00"]),
            (8, IntervalUnit::Hour, "22:00-06:00", ["2026-06-01T00:00", "2026-06-01T22:00", "2026-06-02T00:00"]),
            (5, IntervalUnit::Hour, "11:00-12:00", ["2026-06-01T11:00", "2026-06-02T11:00", "2026-06-03T11:00"]),
            // The first of June 2026 is a Monday.
            (
                1,
                IntervalUnit::Day,
                "monday 22:00-24:00,friday 06:00-07:00",
                ["2026-06-01T22:00", "2026-06-05T06:00", "2026-06-08T22:00"],
            ),
            (1, IntervalUnit::Day, "sunday 00:00-24:00", ["2026-06-07T00:00", "2026-06-14T00:00", "2026-06-21T00:00"]),
        ] {
            let timetable = timetable(amount, unit, from, "UTC", windows);
            let before = Time(from.parse::<Time>().unwrap().0 - 1);
            assert_eq!(said(&timetable.next(before, 3)), expected, "{amount} {unit} {windows}");
        }
    }

    #[test]
    fn what_is_no_timetable_names_its_field() {
        use IntervalUnit::{Day, Hour};
        let check = |amount, unit, zone: &str, windows: &[&str]| {
            let windows: Vec<Window> = windows.iter().map(|text| window(text)).collect();
            let cadence = Cadence { interval_amount: amount, interval_unit: unit };
            Timetable::new(cadence, Time(0), zone, &windows).err().map(|error| error.field())
        };
        for (amount, unit, zone, windows, field) in [
            (0, Day, "UTC", vec![], Some("cadence.interval_amount")),
            (-1, Day, "UTC", vec![], Some("cadence.interval_amount")),
            (1_000_000_000, Hour, "UTC", vec![], Some("cadence.interval_amount")),
            (i64::MAX, Hour, "UTC", vec![], Some("cadence.interval_amount")),
            (1, Day, "Mars/Olympus", vec![], Some("time_zone")),
            (1, Day, "europe/berlin", vec![], Some("time_zone")),
            (1, Day, "", vec![], Some("time_zone")),
            (1, Day, "UTC", vec!["01:00-02:00"; 15], Some("windows")),
            (1, Day, "UTC", vec!["01:00-02:00", "05:00-05:00"], Some("windows[1].to")),
            (1, Day, "UTC", vec!["24:00-05:00"], Some("windows[0].from")),
            (8_784, Hour, "UTC", vec!["01:00-02:00"; 14], None),
        ] {
            assert_eq!(check(amount, unit, zone, &windows).as_deref(), field, "{amount} {unit} {zone}");
        }
    }

    #[test]
    fn counts_agree_with_the_instants_and_the_calendar_has_an_end() {
        let from: Time = "2026-01-15T00:00:00Z".parse().unwrap();
        let to: Time = "2026-03-01T00:00:00Z".parse().unwrap();
        for windows in ["", "22:00-23:00"] {
            for (amount, unit) in
                [(7, IntervalUnit::Hour), (3, IntervalUnit::Day), (1, IntervalUnit::Week), (1, IntervalUnit::Month)]
            {
                let timetable = timetable(amount, unit, "2020-01-31T22:15:00Z", "Europe/Paris", windows);
                let instants = timetable.next(from, 1_000).into_iter().filter(|due| *due <= to).count() as u64;
                assert_eq!(timetable.count(from, to), instants, "{amount} {unit} {windows:?}");
            }
        }
        let late = timetable(1, IntervalUnit::Month, "9999-11-15T00:00:00Z", "UTC", "");
        assert_eq!(said(&late.next(from, 5)), ["9999-11-15T00:00", "9999-12-15T00:00"]);
        let early = timetable(1, IntervalUnit::Day, "0001-01-01T00:00:00Z", "Europe/Berlin", "");
        assert!(early.next_after(from).is_some_and(|due| due > from && due < to));
        assert_eq!(late.next_after(Time(i64::MAX)), None);
        assert!(early.next_after(Time(i64::MIN)).is_some());
    }
}
