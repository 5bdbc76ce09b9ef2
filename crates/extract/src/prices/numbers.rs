//! Numbers as shops write them: groups of digits with separators, and which separator is the decimal mark. Knows no currency.

use creel_types::Currency;
use rust_decimal::Decimal;

/// Groups of digits of one number; more is a telephone number or noise.
const GROUPS_MAX: usize = 8;

/// Digits of one number; more is an article number.
const DIGITS_MAX: usize = 24;

/// The value of a decimal digit of any script that shops use.
pub(super) fn digit_value(letter: char) -> Option<u8> {
    // The first digits (zeros) of the scripts; the other nine follow.
    const ZEROS: [char; 12] = [
        '0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{be6}', '\u{c66}', '\u{e50}', '\u{1040}',
        '\u{ff10}',
    ];
    ZEROS.iter().find_map(|zero| {
        let offset = u32::from(letter).wrapping_sub(u32::from(*zero));
        (offset < 10).then_some(offset as u8)
    })
}

/// What is known about how decimals are written here.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mark {
    /// The decimal mark of the country.
    pub mark: Option<char>,
    /// The currency of the amount: one without a minor unit has no places, a dinar has three.
    pub currency: Option<Currency>,
}

/// A number with its separators: `groups[n]` is followed by `separators[n]`, which may stand at the end.
#[derive(Clone, Debug)]
pub(super) struct NumberToken {
    pub start: usize,
    pub end: usize,
    groups: Vec<String>,
    separators: Vec<char>,
    /// Cents that stand apart ("35€ 99", "19 99").
    split_cents: Option<String>,
}

/// The next number at or after `from`.
pub(super) fn next_number(letters: &[char], from: usize) -> Option<NumberToken> {
    let mut start = (from..letters.len()).find(|at| letters[*at].is_ascii_digit())?;
    let mut groups = Vec::new();
    let mut separators = Vec::new();
    // ".75" and "$..75": no digit before the mark.
    if start > from && letters[start - 1] == '.' && !start.checked_sub(2).is_some_and(|at| letters[at].is_alphanumeric()) {
        let places = digits_at(letters, start);
        if places.len() <= 2 && !letters.get(start + places.len()).is_some_and(|l| matches!(l, '.' | ',')) {
            groups.push(String::from("0"));
            separators.push('.');
            start -= 1;
        }
    }
    let mut at = if separators.is_empty() { start } else { start + 1 };
    loop {
        let digits = digits_at(letters, at);
        at += digits.len();
        groups.push(digits);
        if groups.len() == GROUPS_MAX {
            break;
        }
        match separator_at(letters, at, &groups, &separators) {
            Some((separator, next)) => {
                separators.push(separator);
                at = next;
                if !letters.get(at).is_some_and(char::is_ascii_digit) {
                    break;
                }
            }
            None => break,
        }
    }
    Some(NumberToken { start, end: at, groups, separators, split_cents: None })
}

fn digits_at(letters: &[char], at: usize) -> String {
    letters[at..].iter().take_while(|letter| letter.is_ascii_digit()).collect()
}

/// The separator at `at` and where the digits after it start; at the end of a number a mark may be followed by nothing ("29,-", "610,").
fn separator_at(letters: &[char], at: usize, groups: &[String], separators: &[char]) -> Option<(char, usize)> {
    let separator = *letters.get(at)?;
    let next_digits =
        |from: usize| letters.get(from..).map_or(0, |rest| rest.iter().take_while(|letter| letter.is_ascii_digit()).count());
    let decimals_done = separators.last().is_some_and(|last| {
        // After "1.299,90" or "12.5" only more groups of three of the same kind may follow.
        groups.last().is_some_and(|group| group.len() != 3 && !(group.len() == 2 && *last == ','))
    });
    match separator {
        '.' | ',' | '·' => {
            let direct = next_digits(at + 1);
            if direct > 0 {
                // "12.05.2021" must stay one token, so that it is refused as a whole.
                let same_again = separators.last() == Some(&separator);
                return (!decimals_done || direct == 3 || same_again).then_some((separator, at + 1));
            }
            // "36. 24", "1.837, 32 €"
            if letters.get(at + 1) == Some(&' ') && next_digits(at + 2) == 2 && !separators.contains(&separator) {
                return Some((separator, at + 2));
            }
            let dash = matches!(letters.get(at + 1..at + 3), Some(['-', _])) || letters.get(at + 1) == Some(&'-');
            let spaced_dash =
                letters.get(at + 1) == Some(&' ') && letters.get(at + 2) == Some(&'-') && next_digits(at + 4) == 0;
            (dash || spaced_dash || separator == ',').then_some((separator, at + 1))
        }
        ' ' => {
            let first_fits =
                groups.first().is_some_and(|group| group.len() <= 3) && separators.iter().all(|known| *known == ' ');
            let rest_fits = groups.len() == 1 || groups.last().is_some_and(|group| group.len() == 3);
            (first_fits && rest_fits && next_digits(at + 1) == 3 && groups.first().is_some_and(|group| group != "0"))
                .then_some((' ', at + 1))
        }
        '\'' => (next_digits(at + 1) == 3).then_some(('\'', at + 1)),
        _ => None,
    }
}

impl NumberToken {
    /// Joins two digits that stand after the number or its symbol at the end of the text: shops set cents as superscripts.
    pub fn take_split_cents(&mut self, letters: &[char], after_symbol: usize) {
        if self.groups.len() != 1 || self.groups[0].len() > 5 {
            return;
        }
        let mut at = after_symbol.max(self.end);
        if letters.get(at) == Some(&' ') {
            at += 1;
        }
        let digits =
            letters.get(at..).map(|rest| rest.iter().take_while(|letter| letter.is_ascii_digit()).collect::<String>());
        let Some(digits) = digits.filter(|digits| digits.len() == 2) else { return };
        let rest: String = letters[at + 2..].iter().collect();
        if at > self.end && super::is_end_of_price(rest.trim()) {
            self.end = at + 2;
            self.split_cents = Some(digits);
        }
    }

    /// The number's value; `None` where its groups fit no way of writing numbers.
    pub fn value(&self, mark: Mark) -> Option<Decimal> {
        if self.groups.iter().map(String::len).sum::<usize>() > DIGITS_MAX {
            return None;
        }
        let decimal_at = self.decimal_separator(mark)?;
        let whole: String = match decimal_at {
            Some(at) => self.groups[..=at].concat(),
            None => self.groups.concat(),
        };
        let places = match (&self.split_cents, decimal_at) {
            (Some(cents), _) => cents.clone(),
            (None, Some(at)) => self.groups[at + 1..].concat(),
            (None, None) => String::new(),
        };
        if places.is_empty() { whole.parse().ok() } else { format!("{whole}.{places}").parse().ok() }
    }

    /// Which separator is the decimal mark: `Some(None)` for none, `None` where the text is no number.
    fn decimal_separator(&self, mark: Mark) -> Option<Option<usize>> {
        let inner = self.groups.len() - 1;
        if inner == 0 {
            return Some(None);
        }
        let separators = &self.separators[..inner];
        let last = separators[inner - 1];
        let last_places = self.groups[inner].len();
        if last == ' ' || last == '\'' {
            return self.all_thousands(inner).then_some(None);
        }
        if inner == 1 {
            return Some(self.single_is_decimal(last, last_places, mark).then_some(0));
        }
        let kinds_differ = separators[..inner - 1].iter().any(|separator| *separator != last);
        if kinds_differ {
            // "1.299,00", "1,29,999.00", "1 299,90"; only the last may be the decimal mark, and only once.
            return (!separators[..inner - 1].contains(&last)).then_some(Some(inner - 1));
        }
        // "1.299.000"; "12.05.2021" is a date.
        self.all_thousands(inner).then_some(None)
    }

    fn all_thousands(&self, inner: usize) -> bool {
        // India groups by two before the last three.
        self.groups[inner].len() == 3
            && self.groups[1..inner].iter().all(|group| matches!(group.len(), 2 | 3))
            && self.groups[0].len() <= 3
    }

    fn single_is_decimal(&self, separator: char, places: usize, mark: Mark) -> bool {
        if separator == '·' || places != 3 {
            return true;
        }
        let whole = self.groups[0].as_str();
        if whole.len() > 3 || whole == "0" || whole.is_empty() || whole.starts_with('0') {
            return true;
        }
        let minor = mark.currency.map_or(2, |currency| currency.places());
        if minor == 0 {
            return false;
        }
        // Three digits after one mark: a thousand, unless this mark is the country's decimal mark and thousandths are usual: a point
        // is never a thousands mark where people write points, except that shops for abroad do.
        minor == 3 && mark.mark.is_none_or(|decimal| decimal == separator)
    }
}
