//! Numbers and instants as people read them: short where one looks, exact where one points at.

use std::fmt;

use askama::filters::HtmlSafe;
use creel_types::{
    Time,
    figures::thousands,
    time::{DAY_MS, HOUR_MS},
};

const MINUTE_MS: i64 = 60_000;
/// From here on a number is shortened.
const SHORT_FROM: u64 = 100_000;

/// `12345` as `12,345`.
pub(crate) fn grouped(number: i64) -> String {
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", thousands(number.unsigned_abs()))
}

/// `2026-01-31, 09:30 UTC`.
pub(crate) fn instant(at: Time) -> String {
    let text = at.to_string();
    let minutes = text.split_once('T').and_then(|(_, time)| time.get(..5)).unwrap_or_default();
    format!("{}, {minutes} UTC", at.day())
}

/// `1 day`, `3 days`.
pub(crate) fn count(number: i64, singular: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {singular}{ending}", grouped(number))
}

/// `1.2M` from a hundred thousand on, `12,345` below it.
pub(crate) fn humane(number: i64) -> String {
    let size = number.unsigned_abs();
    if size < SHORT_FROM {
        return grouped(number);
    }
    let (unit, letter) = [(1_000_000_000_000_000, "P"), (1_000_000_000_000, "T"), (1_000_000_000, "G"), (1_000_000, "M")]
        .into_iter()
        .find(|(unit, _)| size >= *unit)
        .unwrap_or((1_000, "K"));
    let sign = if number < 0 { "−" } else { "" };
    // Rounded down: a balance never looks larger than it is.
    match size / (unit / 10) {
        tenths if tenths < 1_000 && tenths % 10 > 0 => format!("{sign}{}.{}{letter}", tenths / 10, tenths % 10),
        tenths => format!("{sign}{}{letter}", thousands(tenths / 10)),
    }
}

/// `3 s`, `4 min`, `2 h 5 min`, `3 days`.
pub(crate) fn lasting(ms: i64) -> String {
    let ms = ms.max(0);
    match ms {
        ..MINUTE_MS => format!("{} s", ms / 1_000),
        MINUTE_MS..HOUR_MS => format!("{} min", ms / MINUTE_MS),
        HOUR_MS..DAY_MS => match ms % HOUR_MS / MINUTE_MS {
            0 => format!("{} h", ms / HOUR_MS),
            minutes => format!("{} h {minutes} min", ms / HOUR_MS),
        },
        _ => count(ms / DAY_MS, "day"),
    }
}

/// A number, short, with the exact one to point at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number(i64);

impl Number {
    pub(crate) const fn of(number: i64) -> Number {
        Number(number)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (short, exact) = (humane(self.0), grouped(self.0));
        if short == exact {
            return out.write_str(&exact);
        }
        write!(out, "<data value=\"{}\" title=\"{exact}\">{short}</data>", self.0)
    }
}

impl HtmlSafe for Number {}

/// An instant as seen from now: `3 min ago`, `in 2 days`, the day itself where it is far; exact to point at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct When {
    at: Time,
    now: Time,
}

impl When {
    pub(crate) const fn of(at: Time, now: Time) -> When {
        When { at, now }
    }

    /// The words alone.
    pub(crate) fn words(&self) -> String {
        let ms = self.at.ms_since(self.now);
        let size = ms.abs();
        if size >= 14 * DAY_MS {
            return self.at.day().to_string();
        }
        let long = match size {
            ..MINUTE_MS if ms <= 0 => return "just now".to_owned(),
            ..MINUTE_MS => return "in a moment".to_owned(),
            MINUTE_MS..HOUR_MS => format!("{} min", size / MINUTE_MS),
            HOUR_MS..DAY_MS => format!("{} h", size / HOUR_MS),
            _ => count(size / DAY_MS, "day"),
        };
        if ms < 0 { format!("{long} ago") } else { format!("in {long}") }
    }
}

impl fmt::Display for When {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<time datetime=\"{}\" title=\"{}\">{}</time>", self.at, instant(self.at), self.words())
    }
}

impl HtmlSafe for When {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
            (-1_000, "−1,000"),
            (i64::MIN, "−9,223,372,036,854,775,808"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn large_numbers_are_short_and_never_rounded_up() {
        for (number, text) in [
            (0, "0"),
            (99_999, "99,999"),
            (100_000, "100K"),
            (123_456, "123K"),
            (999_999, "999K"),
            (1_000_000, "1M"),
            (1_999_999, "1.9M"),
            (12_345_678, "12.3M"),
            (-250_000, "−250K"),
            (1_000_000_000_000_000, "1P"),
            (i64::MAX, "9,223P"),
        ] {
            assert_eq!(humane(number), text, "{number}");
        }
        assert_eq!(Number::of(12_345).to_string(), "12,345");
        assert_eq!(Number::of(123_456).to_string(), "<data value=\"123456\" title=\"123,456\">123K</data>");
    }

    #[test]
    fn instants_are_told_from_now() {
        let now: Time = "2026-01-10T12:00:00Z".parse().unwrap();
        for (at, words) in [
            ("2026-01-10T12:00:00Z", "just now"),
            ("2026-01-10T11:59:01Z", "just now"),
            ("2026-01-10T12:00:30Z", "in a moment"),
            ("2026-01-10T11:57:00Z", "3 min ago"),
            ("2026-01-10T14:59:59Z", "in 2 h"),
            ("2026-01-09T12:00:00Z", "1 day ago"),
            ("2026-01-13T12:00:00Z", "in 3 days"),
            ("2025-12-01T12:00:00Z", "2025-12-01"),
        ] {
            assert_eq!(When::of(at.parse().unwrap(), now).words(), words, "{at}");
        }
        let text = When::of("2026-01-10T11:57:00Z".parse().unwrap(), now).to_string();
        assert!(text.contains("title=\"2026-01-10, 11:57 UTC\"") && text.ends_with(">3 min ago</time>"), "{text}");
    }

    #[test]
    fn how_long_something_took() {
        for (ms, text) in [
            (0, "0 s"),
            (59_999, "59 s"),
            (60_000, "1 min"),
            (2 * HOUR_MS, "2 h"),
            (2 * HOUR_MS + 5 * MINUTE_MS, "2 h 5 min"),
            (DAY_MS, "1 day"),
            (-5, "0 s"),
        ] {
            assert_eq!(lasting(ms), text);
        }
    }
}
