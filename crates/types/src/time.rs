//! Instants as the database keeps them: whole milliseconds since 1970 in UTC. Calendar arithmetic belongs to schedules.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub const HOUR_MS: i64 = 60 * 60 * 1000;
/// A day of the calendar in UTC, which has no leap seconds.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// An instant in milliseconds since the Unix epoch, written as RFC 3339 with exactly three decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(pub i64);

impl Time {
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Time {
        Time(self.0.saturating_add(ms))
    }

    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Time {
        self.plus_ms(seconds.saturating_mul(1000))
    }

    /// The day in UTC, as `2026-01-31`.
    #[must_use]
    pub fn day(self) -> String {
        self.to_string().chars().take_while(|letter| *letter != 'T').collect()
    }

    /// The beginning of its day in UTC.
    #[must_use]
    pub fn midnight(self) -> Time {
        Time(self.0.div_euclid(DAY_MS) * DAY_MS)
    }

    /// Milliseconds from `earlier` to `self`; negative when `earlier` is in fact later.
    #[must_use]
    pub fn ms_since(self, earlier: Time) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(stamp) => write!(f, "{stamp:.3}"),
            Err(_) => write!(f, "{}ms", self.0),
        }
    }
}

impl FromStr for Time {
    type Err = jiff::Error;

    /// Accepts RFC 3339 with any offset; what is finer than a millisecond is cut.
    fn from_str(text: &str) -> Result<Time, jiff::Error> {
        Ok(Time(text.parse::<jiff::Timestamp>()?.as_millisecond()))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_with_three_decimals_and_read_back() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_769_851_800_123, "2026-01-31T09:30:00.123Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Time(ms).to_string(), text);
            assert_eq!(text.parse::<Time>().unwrap(), Time(ms));
            assert_eq!(Time(ms).midnight().to_string(), format!("{}T00:00:00.000Z", &text[..10]));
        }
        assert_eq!("2026-01-31T10:30:00.123999+01:00".parse::<Time>().unwrap(), Time(1_769_851_800_123));
    }
}
