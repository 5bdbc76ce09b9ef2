//! Global trade item numbers: check digits and the one form of 14 digits (GS1 General Specifications, 7.9). Refuses to repair a wrong one.

/// The 14 digits of a GTIN-8, -12, -13 or -14 or an ISBN-10, if its check digit is right; blanks and hyphens are passed over.
#[must_use]
pub fn normalize(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.rsplit_once(':').map_or(text, |(_, tail)| tail);
    let digits: String = text.chars().filter(|letter| !matches!(letter, '-' | ' ' | '\u{a0}')).collect();
    if digits.len() == 10 {
        return isbn10(&digits);
    }
    if !matches!(digits.len(), 8 | 12 | 13 | 14) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // 00000000 and 11111111… are fillers.
    let first = digits.as_bytes()[0];
    if digits.bytes().all(|byte| byte == first) {
        return None;
    }
    let padded = format!("{digits:0>14}");
    (check_digit(&padded.as_bytes()[..13]) == padded.as_bytes()[13]).then_some(padded)
}

/// The check digit of what stands before it, as ASCII.
fn check_digit(digits: &[u8]) -> u8 {
    let sum: u32 =
        digits.iter().rev().enumerate().map(|(at, digit)| u32::from(digit - b'0') * if at % 2 == 0 { 3 } else { 1 }).sum();
    b'0' + ((10 - sum % 10) % 10) as u8
}

fn isbn10(digits: &str) -> Option<String> {
    let bytes = digits.as_bytes();
    let value = |at: usize| match bytes[at] {
        digit @ b'0'..=b'9' => Some(u32::from(digit - b'0')),
        b'X' | b'x' if at == 9 => Some(10),
        _ => None,
    };
    let mut sum = 0;
    for at in 0..10 {
        sum += value(at)? * (10 - at as u32);
    }
    if sum % 11 != 0 {
        return None;
    }
    let stem = format!("0978{}", &digits[..9]);
    Some(format!("{stem}{}", char::from(check_digit(stem.as_bytes()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_decide() {
        for (text, gtin) in [
            ("4054278533728", Some("04054278533728")),
            ("190198419941", Some("00190198419941")),
            ("96385074", Some("00000096385074")),
            ("00198482162061", Some("00198482162061")),
            ("978-0-552-17374-2", Some("09780552173742")),
            ("isbn:9780552173742", Some("09780552173742")),
            ("0552173746", Some("09780552173742")),
            ("4054278533729", None),
            ("00000000", None),
            ("1234567", None),
            ("40542785337é8", None),
            ("", None),
        ] {
            assert_eq!(normalize(text).as_deref(), gtin, "{text}");
        }
    }
}
