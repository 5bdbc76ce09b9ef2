//! The words of schedules: how often, in which hours of the day, and how one stands. When a schedule is due is worked out in
//! `creel-frontier`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

crate::words! {
    /// How a schedule stands.
    ScheduleStatus {
        Active = "active",
        /// By somebody's wish: only a person wakes it.
        Paused = "paused",
        /// Until the balance can pay a capture again.
        PausedNoCredits = "paused_no_credits",
    }
}

crate::words! {
    IntervalUnit {
        /// Elapsed time; everything longer is time of the calendar.
        Hour = "hour",
        Day = "day",
        Week = "week",
        Month = "month",
    }
}

crate::words! {
    Weekday {
        Monday = "monday",
        Tuesday = "tuesday",
        Wednesday = "wednesday",
        Thursday = "thursday",
        Friday = "friday",
        Saturday = "saturday",
        Sunday = "sunday",
    }
}

crate::words! {
    /// Why a due tick made no run.
    SkipReason {
        /// The run before had not ended.
        StillRunning = "still_running",
        /// The robot is being built.
        RobotNotReady = "robot_not_ready",
        /// There is no such robot any more.
        RobotGone = "robot_gone",
        /// Creel could not read what it had written down about the schedule or its robot.
        Failed = "failed",
    }
}

impl IntervalUnit {
    /// As many as make about a year: whoever wants a run less often than that asks for it by hand.
    #[must_use]
    pub const fn amount_max(self) -> i64 {
        match self {
            IntervalUnit::Hour => 8_784,
            IntervalUnit::Day => 366,
            IntervalUnit::Week => 53,
            IntervalUnit::Month => 12,
        }
    }
}

/// How often: every so many hours, days, weeks or months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cadence {
    pub interval_amount: i64,
    pub interval_unit: IntervalUnit,
}

impl fmt::Display for Cadence {
    /// `Daily`, `Every 3 days`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.interval_amount, self.interval_unit) {
            (1, IntervalUnit::Hour) => f.write_str("Hourly"),
            (1, IntervalUnit::Day) => f.write_str("Daily"),
            (1, IntervalUnit::Week) => f.write_str("Weekly"),
            (1, IntervalUnit::Month) => f.write_str("Monthly"),
            (amount, unit) => write!(f, "Every {amount} {unit}s"),
        }
    }
}

/// Windows of one schedule at most: one for each night and one for each day of the week.
pub const WINDOWS_MAX: usize = 14;

/// Hours in which a schedule may start runs, by the clock of its zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The days on which it opens; every day where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Weekday>,
    pub from: ClockTime,
    /// At or before `from` it is a time of the next day.
    pub to: ClockTime,
}

/// A time of the day in whole minutes, `00:00` to `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockTime(u16);

impl ClockTime {
    pub const MIDNIGHT: ClockTime = ClockTime(24 * 60);

    /// Minutes since the day began.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl FromStr for ClockTime {
    type Err = String;

    fn from_str(text: &str) -> Result<ClockTime, String> {
        let two = |text: &str| Some(text).filter(|text| text.len() == 2).and_then(digits);
        let parts = text.split_once(':').and_then(|(hour, minute)| Some((two(hour)?, two(minute)?)));
        match parts {
            Some((hour, minute)) if hour < 24 && minute < 60 || (hour, minute) == (24, 0) => {
                Ok(ClockTime(hour * 60 + minute))
            }
            _ => Err(format!("{text:?} is no time of the day; write it as HH:MM, 00:00 to 24:00")),
        }
    }
}

fn digits(text: &str) -> Option<u16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for ClockTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClockTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ClockTime, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cadence_is_said_as_people_say_it() {
        for (interval_amount, interval_unit, said) in [
            (1, IntervalUnit::Hour, "Hourly"),
            (1, IntervalUnit::Month, "Monthly"),
            (3, IntervalUnit::Day, "Every 3 days"),
            (2, IntervalUnit::Week, "Every 2 weeks"),
        ] {
            assert_eq!(Cadence { interval_amount, interval_unit }.to_string(), said);
        }
    }

    #[test]
    fn times_of_the_day_are_read_and_written() {
        for text in ["00:00", "09:30", "23:59", "24:00"] {
            assert_eq!(text.parse::<ClockTime>().unwrap().to_string(), text);
        }
        for text in ["", "9:30", "24:01", "12:60", "12", "12:00:00", "+1:00", "1２:00", "-1:00"] {
            assert!(text.parse::<ClockTime>().is_err(), "{text}");
        }
    }
}
