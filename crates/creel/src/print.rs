//! What a person reads: complaints, numbers with separators, tables. Standard output belongs to results alone.
#![expect(clippy::print_stderr, reason = "this is the one place that speaks to a person")]

use std::io::IsTerminal;

use creel_types::{Amount, Currency, figures::thousands};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::exit::Failure;

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

/// A result as one line of JSON.
pub fn to_json(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::failed(error.to_string()))
}

/// `12345` as `12,345`.
pub fn number(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", thousands(value.unsigned_abs()))
}

/// `3 s ago`, `5 min ago`, `2 h ago`, `4 days ago`.
pub fn ago(ms: i64) -> String {
    match ms / 1000 {
        seconds @ ..120 => format!("{} s ago", seconds.max(0)),
        seconds @ 120..7200 => format!("{} min ago", seconds / 60),
        seconds @ 7200..172_800 => format!("{} h ago", seconds / 3600),
        seconds => format!("{} days ago", seconds / 86_400),
    }
}

/// `1 capture`, `2 captures`.
pub fn count(value: i64, singular: &str) -> String {
    let ending = if value == 1 { "" } else { "s" };
    format!("{} {singular}{ending}", number(value))
}

/// As much of the text as fits into `width` columns, the last one an ellipsis where something was cut.
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut cut = String::new();
    for letter in text.chars() {
        // Chinese and Japanese letters take two columns.
        if cut.width() + letter.width().unwrap_or(0) + 1 > width {
            break;
        }
        cut.push(letter);
    }
    cut.push('…');
    cut
}

/// The text cut and filled with spaces to `width` columns.
pub fn column(text: &str, width: usize) -> String {
    let cut = cut(text, width);
    let filler = " ".repeat(width.saturating_sub(cut.width()));
    cut + &filler
}

/// An amount with the places that its currency has.
pub fn money(amount: Amount, currency: Option<Currency>) -> String {
    let places = currency.map_or(2, |currency| currency.places()).max(amount.decimal().normalize().scale());
    format!("{:.*}", places as usize, amount.decimal())
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
        assert_eq!(cut("万年筆です", 5), "万年…");
        assert_eq!(column("万年筆", 8), "万年筆  ");
        let amount = |text: &str| text.parse::<Amount>().unwrap();
        assert_eq!(money(amount("9769"), Currency::parse("SEK")), "9769.00");
        assert_eq!(money(amount("840"), Currency::parse("JPY")), "840");
        assert_eq!(money(amount("1.2345"), Currency::parse("USD")), "1.2345");
    }
}
