//! How something that failed is kept and tried again: the error short, the wait doubled each time up to a bound.

/// Letters of an error that are kept.
const ERROR_LETTERS_MAX: usize = 500;
/// More doublings lead beyond every bound.
const DOUBLINGS_MAX: i64 = 20;

/// The wait after so many failures in a row, the first among them.
pub(crate) fn doubled_ms(first_ms: i64, failures: i64, most_ms: i64) -> i64 {
    (first_ms << (failures - 1).clamp(0, DOUBLINGS_MAX)).min(most_ms)
}

/// As much of an error as is kept.
pub(crate) fn shortened(error: &str) -> String {
    error.chars().take(ERROR_LETTERS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_the_first_to_the_bound() {
        let waits = [0, 1, 2, 3, 11, 12, 99, i64::MAX].map(|failures| doubled_ms(60, failures, 86_400));
        assert_eq!(waits, [60, 60, 120, 240, 61_440, 86_400, 86_400, 86_400]);
        assert_eq!(shortened(&"ä".repeat(501)).chars().count(), 500);
    }
}
