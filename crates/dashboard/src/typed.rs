//! What people type into fields, and what it means: whole numbers, lines, days. Keeps nothing and asks nobody.

use creel_types::Time;

use crate::refusal::Refusal;

/// What is typed holds one thing a line; empty lines are none.
pub(crate) fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// People set thousands apart, in several ways; nobody asks for a part of a page.
pub(crate) fn whole_number(field: &str, text: &str) -> Result<i64, Refusal> {
    let digits: String =
        text.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, ',' | '\'' | '_')).collect();
    digits.parse().map_err(|_| match text.trim() {
        "" => Refusal::at_field(field, "Write a number."),
        text => Refusal::at_field(field, format!("{text:?} is not a whole number.")),
    })
}

/// The beginning of a day in UTC, where it is one.
pub(crate) fn day(text: &str) -> Option<Time> {
    format!("{text}T00:00:00Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, number) in [("7", Some(7)), (" 10,000 ", Some(10_000)), ("1'000 000", Some(1_000_000)), ("0", Some(0))]
            .into_iter()
            .chain(["", " ", "ten", "1.5", "1e3", "99999999999999999999", "-"].map(|text| (text, None)))
        {
            match whole_number("budget", text) {
                Ok(read) => assert_eq!(Some(read), number, "{text:?}"),
                Err(refused) => assert!(refused.is_at("budget") && number.is_none(), "{text:?}: {refused:?}"),
            }
        }
    }

    #[test]
    fn a_day_is_one_of_the_calendar() {
        assert_eq!(day("2026-01-31"), "2026-01-31T00:00:00Z".parse().ok());
        for text in ["", "2026-13-01", "yesterday", "2026-01-31T09:30"] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
