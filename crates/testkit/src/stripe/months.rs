//! When a month of a subscription ends: counted from the anchor, never from the month before, so that what began on a 31st ends
//! on the last day of a short month and comes back to the 31st.

use jiff::{Timestamp, ToSpan, tz::TimeZone};

/// No subscription runs longer: a hundred years.
const MONTHS_MAX: i32 = 1_200;

/// The instant that lies `months` after `anchor`, both in seconds since 1970.
pub(super) fn after(anchor: i64, months: i32) -> i64 {
    let moved = Timestamp::from_second(anchor)
        .map(|stamp| stamp.to_zoned(TimeZone::UTC))
        .and_then(|zoned| zoned.checked_add(months.months()));
    moved.map_or(anchor, |zoned| zoned.timestamp().as_second())
}

/// The end of the period that begins at `start`, or in which `start` lies, `interval` months long.
pub(super) fn period_end(anchor: i64, start: i64, interval: i32) -> i64 {
    let step = interval.max(1);
    let mut months = 0;
    while months < MONTHS_MAX && after(anchor, months) <= start {
        months += step;
    }
    after(anchor, months)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_second()
    }

    #[test]
    fn months_are_counted_from_the_anchor() {
        let cases: [(&str, &[&str]); 4] = [
            ("2026-01-31T10:00:00Z", &["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
            ("2028-01-31T10:00:00Z", &["2028-02-29", "2028-03-31"]),
            ("2028-02-29T10:00:00Z", &["2028-03-29", "2028-04-29"]),
            ("2026-12-15T10:00:00Z", &["2027-01-15", "2027-02-15"]),
        ];
        for (anchor, ends) in cases {
            let anchor = seconds(anchor);
            let mut start = anchor;
            for end in ends {
                let found = period_end(anchor, start, 1);
                assert_eq!(found, seconds(&format!("{end}T10:00:00Z")), "from {start}");
                start = found;
            }
        }
    }

    #[test]
    fn a_leap_day_comes_back_after_four_years() {
        let anchor = seconds("2028-02-29T00:00:00Z");
        assert_eq!(after(anchor, 12), seconds("2029-02-28T00:00:00Z"));
        assert_eq!(after(anchor, 48), seconds("2032-02-29T00:00:00Z"));
    }
}
