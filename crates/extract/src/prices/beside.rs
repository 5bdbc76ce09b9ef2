//! What stands beside a number: the currency's symbol before or after it, a unit of measure, "per 100 g". Knows letters only, no page.

use creel_types::{Amount, Currency};
use rust_decimal::Decimal;

use super::{
    Certainty, PriceContext, decimal_mark, numbers,
    symbols::{self, is_symbol},
};

pub(super) fn next_letter(letters: &[char], at: usize) -> Option<char> {
    letters[at.min(letters.len())..].iter().copied().find(|letter| *letter != ' ')
}

fn previous_letter(letters: &[char], at: usize) -> Option<char> {
    letters[..at].iter().rev().copied().find(|letter| *letter != ' ')
}

/// Letters that a currency's symbol or abbreviation is made of.
fn is_symbol_letter(letter: char) -> bool {
    letter.is_alphabetic()
        || matches!(
            letter,
            '$' | '€' | '£' | '¥' | '₹' | '₽' | '.' | '/' | '\'' | '"' | '￥' | '￡' | '﷼' | '¢' | '＄' | '﹩' | '\u{093e}'
                ..='\u{094f}'
        )
        || ('\u{20a0}'..='\u{20cf}').contains(&letter)
        || matches!(letter, '\u{0b80}'..='\u{0bff}' | '฿' | '៛' | '֏')
}

/// The currency's symbol that ends where the number starts: the longest that the table knows, with where it starts.
pub(super) fn symbol_before(letters: &[char], start: usize) -> Option<(String, usize)> {
    let mut end = start;
    while end > 0 && matches!(letters[end - 1], ' ' | ':' | '-') && start - end < 2 {
        end -= 1;
    }
    let mut from = end;
    while from > 0 && end - from < symbols::SYMBOL_LETTERS_MAX && is_symbol_letter(letters[from - 1]) {
        from -= 1;
    }
    for at in from..end {
        let letter_runs_on = at > 0 && letters[at - 1].is_alphabetic() && letters[at].is_alphabetic();
        if letter_runs_on {
            continue;
        }
        let symbol: String = letters[at..end].iter().collect();
        if is_symbol(&symbol) && !looks_like_word_end(letters, at, &symbol) {
            return Some(joined_with_country(letters, at, symbol));
        }
    }
    None
}

/// A single Latin letter after other text is a size or an initial rather than a currency: "XL 5", "Typ R 20".
fn looks_like_word_end(letters: &[char], at: usize, symbol: &str) -> bool {
    let mut symbol_letters = symbol.chars();
    let single = symbol_letters.next().is_some_and(char::is_alphabetic) && symbol_letters.next().is_none();
    single && previous_letter(letters, at).is_some_and(char::is_alphanumeric)
}

/// "US $", "NT $": the country's letters stand apart from the sign.
fn joined_with_country(letters: &[char], at: usize, symbol: String) -> (String, usize) {
    if symbol.starts_with('$') && at > 1 && letters[at - 1] == ' ' {
        let mut from = at - 1;
        while from > 0 && letters[from - 1].is_ascii_uppercase() && at - from < 5 {
            from -= 1;
        }
        let joined: String = letters[from..at - 1].iter().collect::<String>() + "$";
        if joined.len() > 1 && is_symbol(&joined) && (from == 0 || !letters[from - 1].is_alphanumeric()) {
            return (joined, from);
        }
    }
    (symbol, at)
}

/// The currency's symbol that follows the number, with where it ends.
pub(super) fn symbol_after(letters: &[char], end: usize) -> Option<(String, usize)> {
    let mut from = end;
    while from < letters.len() && letters[from] == ' ' && from - end < 2 {
        from += 1;
    }
    let mut to = from;
    while to < letters.len() && to - from < symbols::SYMBOL_LETTERS_MAX && is_symbol_letter(letters[to]) {
        to += 1;
    }
    for at in (from + 1..=to).rev() {
        let letter_runs_on = at < letters.len() && letters[at].is_alphabetic() && letters[at - 1].is_alphabetic();
        let symbol: String = letters[from..at].iter().collect();
        let sign = symbol.chars().count() == 1 && !symbol.chars().all(char::is_alphabetic);
        if (!letter_runs_on || sign || ends_in_sign(&symbol)) && is_symbol(&symbol) {
            // "5 € 10": a sign between two numbers belongs to the second one when no space divides them.
            let belongs_to_next = sign && from > end && letters.get(at).is_some_and(char::is_ascii_digit);
            return (!belongs_to_next).then_some((symbol, at));
        }
    }
    None
}

fn ends_in_sign(symbol: &str) -> bool {
    symbol.chars().next_back().is_some_and(|letter| !letter.is_alphabetic() && letter != '.')
}

/// A currency that stands somewhere in the text, but not at the number.
pub(super) fn lone_symbol(letters: &[char], context: &PriceContext) -> Option<(Currency, Certainty)> {
    let text: String = letters.iter().collect();
    text.split(' ')
        .map(|word| word.trim_matches(|letter: char| matches!(letter, ':' | '(' | ')' | '*' | ',')))
        .filter(|word| word.chars().count() > 1 || word.chars().any(|letter| !letter.is_alphanumeric()))
        .filter(|word| word.chars().count() <= symbols::SYMBOL_LETTERS_MAX)
        .find_map(|word| symbols::resolve(word, context.home, context.currency))
}

#[rustfmt::skip]
const UNITS: &[&str] = &[
    "kg", "g", "mg", "l", "ml", "cl", "dl", "m", "cm", "mm", "m2", "m²", "m3", "m³", "lb", "lbs", "oz", "ft", "sqft",
    "yd", "gal", "qt", "pt", "fl oz", "liter", "litre", "litro", "kilogramm", "kilo", "gramm", "meter", "metre", "stück",
    "stk", "st", "pc", "pcs", "piece", "unit", "ea", "each", "szt", "шт", "кг", "л", "м", "мл", "г", "kus", "ks", "db",
    "gb", "tb", "mb", "mah", "w", "v", "hz", "inch", "rolle", "paar", "unidad", "unité", "tab", "count", "ct",
];

/// The unit of measure right after a number, with where it ends.
pub(super) fn unit_at(letters: &[char], end: usize) -> Option<(String, usize)> {
    let mut from = end;
    while from < letters.len() && letters[from] == ' ' && from - end < 2 {
        from += 1;
    }
    let mut to = from;
    while to < letters.len() && to - from < 10 && (letters[to].is_alphanumeric() || matches!(letters[to], '²' | '³')) {
        to += 1;
    }
    let word: String = letters[from..to].iter().collect::<String>().to_lowercase();
    UNITS.contains(&word.as_str()).then_some((word, to))
}

/// "/ 100 g", "per kg", "pro Liter", "je 1 l" after a price.
pub(super) fn per_unit(letters: &[char], end: usize, context: &PriceContext) -> Option<(Amount, String)> {
    let mut at = end;
    while at < letters.len() && matches!(letters[at], ' ' | '(' | '*' | '=') && at - end < 3 {
        at += 1;
    }
    let rest: String = letters[at..letters.len().min(at + 5)].iter().collect::<String>().to_lowercase();
    let word = ["/", "per ", "pro ", "je ", "par ", "por ", "al ", "за "].into_iter().find(|word| rest.starts_with(word))?;
    let from = at + word.chars().count();
    let token = numbers::next_number(letters, from).filter(|token| token.start <= from + 1);
    let quantity = match &token {
        Some(token) => Amount::new(token.value(decimal_mark(context, None))?)?,
        None => Amount::new(Decimal::ONE)?,
    };
    let (unit, _) = unit_at(letters, token.map_or(from, |token| token.end))?;
    Some((quantity, unit))
}
