//! Numbers and instants as people read them.

use creel_types::{Time, figures::thousands};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (4_990, "4,990"), (1_234_567, "1,234,567"), (-1_000, "−1,000")]
        {
            assert_eq!(grouped(number), text);
        }
        assert_eq!((count(1, "day"), count(1_000, "run")), ("1 day".to_owned(), "1,000 runs".to_owned()));
    }

    #[test]
    fn instants_are_told_to_the_minute() {
        let at: Time = "2026-01-31T09:30:59.123Z".parse().unwrap();
        assert_eq!(instant(at), "2026-01-31, 09:30 UTC");
    }
}
