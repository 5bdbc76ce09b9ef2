//! Article numbers that are well formed and belong to nobody: GS1 keeps the prefix 952 for demonstrations.

/// The 14-digit number with this serial (nine digits are used), its check digit right.
pub(crate) fn gtin(serial: u64) -> String {
    let body = format!("0952{:09}", serial % 1_000_000_000);
    let check = check_digit(&body);
    format!("{body}{check}")
}

/// GS1 General Specifications, 7.9: from the right, digits weigh 3, 1, 3, 1 …; the check digit fills up to a ten.
pub(crate) fn check_digit(body: &str) -> u32 {
    let sum: u32 = body
        .chars()
        .rev()
        .filter_map(|digit| digit.to_digit(10))
        .zip([3, 1].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_known_numbers() {
        for (body, check) in [("400638133393", 1), ("0952000000000", 4), ("03600029145", 2), ("9638507", 4)] {
            assert_eq!(check_digit(body), check, "{body}");
        }
        assert_eq!(gtin(1).len(), 14);
    }
}
