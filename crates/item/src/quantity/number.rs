//! Numbers in running text: decimal and thousands marks by language, fractions, what stands between two of them.

use std::ops::Range;

use rust_decimal::Decimal;

use super::units::Unit;

/// Digits that a number may have; longer ones are article numbers.
const DIGITS_MAX: usize = 12;
/// Languages that write 1.5 with a point; all others a comma.
const POINT: &[&str] = &["en", "ja", "zh", "ko", "th", "he", "hi", "ms", "ar", "bn", "ta"];
/// Languages that set thousands apart by a plain space.
const SPACED: &[&str] =
    &["fr", "sv", "no", "nb", "da", "fi", "pl", "cs", "sk", "ru", "uk", "hu", "bg", "pt", "es", "lv", "lt", "et"];

/// A number as it stands.
#[derive(Clone, Debug)]
pub struct Number {
    pub value: Decimal,
    /// The other reading of `1.500`: fifteen hundred, which holds for small units whatever the language.
    grouped: Option<Decimal>,
    /// Whether it is written without a decimal mark or fraction.
    pub whole: bool,
    pub range: Range<usize>,
}

impl Number {
    /// Its value in the SI unit behind `unit`.
    pub fn in_unit(&self, unit: &Unit) -> Decimal {
        let value = self.grouped.filter(|_| unit.small).unwrap_or(self.value);
        value.checked_mul(unit.factor).unwrap_or_default().normalize()
    }
}

/// Whether a number can start at `at`: not inside a word, an article number or another number.
pub fn starts(text: &str, at: usize) -> bool {
    let mut before = text[..at].chars().rev();
    let Some(last) = before.next() else { return true };
    let then = before.next();
    let lone = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    match last {
        'Ø' | 'ø' | '⌀' => true,
        // H200 x B80 cm
        'H' | 'W' | 'D' | 'L' | 'B' | 'T' | 'P' => {
            lone(then) && text[at..].chars().nth(1).is_some_and(|c| c.is_ascii_digit())
        }
        '.' | ',' => !then.is_some_and(|c| c.is_ascii_digit()),
        '-' | '–' => !then.is_some_and(|c| c.is_alphabetic() && !is_cjk(c)),
        '_' | '#' | '$' | '€' | '£' => false,
        c => !c.is_alphanumeric() || is_cjk(c),
    }
}

/// Scripts that are written without spaces between words.
pub fn is_cjk(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
}

/// Where the digits that begin at `start` end.
pub fn digits_end(text: &str, start: usize) -> usize {
    text.as_bytes()[start..].iter().position(|b| !b.is_ascii_digit()).map_or(text.len(), |step| start + step)
}

/// The number that begins with the digit at `start`; `None` for dates, versions and article numbers.
pub fn read(text: &str, start: usize, language: Option<&str>) -> Option<Number> {
    let mut groups: Vec<Range<usize>> = Vec::with_capacity(2);
    groups.push(start..digits_end(text, start));
    let mut marks = Vec::new();
    while let Some((mark, end)) = mark_at(text, groups[groups.len() - 1].end) {
        if groups.len() > 4 {
            return None;
        }
        let group = end..digits_end(text, end);
        if mark == ' ' && !is_spaced_group(text, &groups, &group, language) {
            break;
        }
        marks.push(mark);
        groups.push(group);
    }
    let end = groups[groups.len() - 1].end;
    if end - start > DIGITS_MAX + marks.len() {
        return None;
    }
    let digits: Vec<&str> = groups.iter().map(|group| &text[group.clone()]).collect();
    let (value, grouped) = interpret(&digits, &marks, language)?;
    if marks.is_empty()
        && let Some((value, end)) = fraction(text, end, value)
    {
        return Some(Number { value, grouped: None, whole: false, range: start..end });
    }
    Some(Number { value, grouped, whole: marks.is_empty() || value.fract().is_zero(), range: start..end })
}

/// The mark at `at` if digits follow it.
fn mark_at(text: &str, at: usize) -> Option<(char, usize)> {
    let mut rest = text[at..].chars();
    let mark = match rest.next()? {
        c @ ('.' | ',' | ' ') => c,
        '\'' | '’' | '\u{a0}' | '\u{202f}' | '\u{2009}' => '\'',
        _ => return None,
    };
    let next = text.len() - rest.as_str().len();
    rest.next().filter(char::is_ascii_digit).map(|_| (mark, next))
}

/// `1 500` but not `iPhone 15 128`: in the languages that write it, and round.
fn is_spaced_group(text: &str, groups: &[Range<usize>], group: &Range<usize>, language: Option<&str>) -> bool {
    let first = groups.len() == 1 && groups[0].len() <= 3 && !text[groups[0].clone()].starts_with('0');
    first && group.len() == 3 && text[group.clone()].ends_with("00") && language.is_some_and(|it| SPACED.contains(&it))
}

/// Value, and the thousands reading where the mark before three digits could be either.
fn interpret(digits: &[&str], marks: &[char], language: Option<&str>) -> Option<(Decimal, Option<Decimal>)> {
    let whole = |parts: &[&str]| parts.concat().parse::<Decimal>().ok();
    let groups = |parts: &[&str]| parts[0].len() <= 3 && parts[1..].iter().all(|part| part.len() == 3);
    let Some((last, earlier)) = marks.split_last() else { return Some((whole(digits)?, None)) };
    let (fraction, integer) = digits.split_last()?;
    let decimal = || format!("{}.{fraction}", integer.concat()).parse::<Decimal>().ok();
    if matches!(last, '\'' | ' ') {
        return if groups(digits) { Some((whole(digits)?, None)) } else { None };
    }
    if earlier.is_empty() {
        if fraction.len() != 3 || integer[0].starts_with('0') || integer[0].len() > 3 {
            return Some((decimal()?, None));
        }
        let point = language.is_none_or(|language| POINT.contains(&language));
        return if (*last == '.') == point { Some((decimal()?, whole(digits))) } else { Some((whole(digits)?, None)) };
    }
    if earlier.iter().all(|mark| mark == last) {
        return if groups(digits) { Some((whole(digits)?, None)) } else { None };
    }
    if earlier.iter().any(|mark| mark == last) || !groups(integer) { None } else { Some((decimal()?, None)) }
}

/// `1/2`, `1 1/2`, `1½` behind the whole number `value` that ends at `at`.
fn fraction(text: &str, at: usize, value: Decimal) -> Option<(Decimal, usize)> {
    let rest = &text[at..];
    let open = rest.trim_start_matches([' ', '-', '\u{a0}']);
    let skipped = rest.len() - open.len();
    if let Some(c) = open.chars().next()
        && skipped <= 2
        && let Some(part) = vulgar(c)
    {
        return Some((value + part, at + skipped + c.len_utf8()));
    }
    if let Some(below) = rest.strip_prefix('/') {
        let (part, length) = over(value, below)?;
        return Some((part, at + 1 + length));
    }
    let end = digits_end(open, 0);
    if skipped != 1 || end == 0 || end > 2 {
        return None;
    }
    let (part, length) = over(open[..end].parse().ok()?, open[end..].strip_prefix('/')?)?;
    Some((value + part, at + skipped + end + 1 + length))
}

/// `above` over the number that `below` starts with, where that is a fraction of a craftsman.
fn over(above: Decimal, below: &str) -> Option<(Decimal, usize)> {
    let end = digits_end(below, 0);
    let below: u32 = below.get(..end).filter(|digits| digits.len() <= 2)?.parse().ok()?;
    let proper = matches!(below, 2 | 3 | 4 | 8 | 16 | 32 | 64) && above < below.into() && !above.is_zero();
    proper.then(|| ((above / Decimal::from(below)).round_dp(6), end))
}

fn vulgar(c: char) -> Option<Decimal> {
    let (above, below) = match c {
        '½' => (1, 2),
        '¼' => (1, 4),
        '¾' => (3, 4),
        '⅓' => (1, 3),
        '⅔' => (2, 3),
        '⅛' => (1, 8),
        '⅜' => (3, 8),
        '⅝' => (5, 8),
        '⅞' => (7, 8),
        _ => return None,
    };
    Some((Decimal::from(above) / Decimal::from(below)).round_dp(6))
}

/// The start of the number behind a dash or its word, as in `3-6 kg` and `5 bis 7 kg`.
pub fn behind_dash(text: &str, at: usize) -> Option<usize> {
    let rest = skip_spaces(text, at);
    let after = ["-", "–", "—", "~", "〜", "～", "to ", "bis ", "à ", "a ", "do ", "till ", "tot "];
    let dash = after.iter().find(|dash| text[rest..].starts_with(**dash))?;
    let next = skip_spaces(text, rest + dash.len());
    text[next..].starts_with(|c: char| c.is_ascii_digit()).then_some(next)
}

/// The start of the number behind a sign of multiplication: `6 x 330`, `10×20`, `H200 x B80`.
pub fn behind_times(text: &str, at: usize) -> Option<usize> {
    let rest = skip_spaces(text, at);
    let sign = text[rest..].chars().next().filter(|c| matches!(c, 'x' | 'X' | '×' | '*' | 'х' | '✕'));
    let mut next = match sign {
        Some(sign) => rest + sign.len_utf8(),
        None if text[rest..].starts_with("by ") || text[rest..].starts_with("à ") => rest + 3,
        None => return None,
    };
    next = skip_spaces(text, next);
    let side = ['H', 'W', 'D', 'L', 'B', 'T', 'P', 'h', 'b', 't', 'l', 'w', 'd'];
    if let Some(bare) = text[next..].strip_prefix(side) {
        next = skip_spaces(text, text.len() - bare.len());
    }
    text[next..].starts_with(|c: char| c.is_ascii_digit()).then_some(next)
}

fn skip_spaces(text: &str, at: usize) -> usize {
    let open = text[at..].trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    text.len() - open.len()
}
