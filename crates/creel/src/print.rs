//! What a person reads: complaints, numbers with separators, tables. Standard output belongs to results alone.
#![expect(clippy::print_stderr, reason = "this is the one place that speaks to a person")]

use std::io::IsTerminal;

/// Says on standard error why a command could not do its work.
pub fn complain(message: &str) {
    eprintln!("creel: {message}");
}

/// Says something on standard error, beside the results.
pub fn say(message: &str) {
    eprintln!("{message}");
}

/// Whether a person looks at standard error.
pub fn a_person_looks() -> bool {
    std::io::stderr().is_terminal()
}

/// `12345` as `12,345`.
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0 { format!("-{text}") } else { text }
}

/// `1 capture`, `2 captures`.
pub fn count(value: i64, singular: &str) -> String {
    let ending = if value == 1 { "" } else { "s" };
    format!("{} {singular}{ending}", number(value))
}

/// The first `width` characters, the last one an ellipsis where something was cut.
pub fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_cuts() {
        for (value, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (-12_345_678, "-12,345,678")] {
            assert_eq!(number(value), text);
        }
        assert_eq!(count(1, "capture"), "1 capture");
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("äöü", 3), "äöü");
    }
}
