//! A title as tokens: runs of letters, numbers with their decimal mark, and single signs.
//!
//! Finer than words, so that `12cm/22g` has the spans `12cm` and `22g`.

/// Tokens of a title that are looked at; the rest of a longer one is left alone, so that work is bounded.
pub const TOKENS_MAX: usize = 64;

/// One token with what features are made of, each a hash.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub start: usize,
    pub end: usize,
    /// The letters in lower case; digits as they are.
    pub word: u32,
    /// The word with every digit as `0`.
    pub form: u32,
    pub prefix: u32,
    pub suffix: u32,
    pub shape: u32,
    /// Whether no blank stands before it.
    pub glued: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Letter,
    Digit,
    Space,
    Sign,
}

fn class(c: char) -> Class {
    match c {
        c if c.is_numeric() => Class::Digit,
        c if c.is_alphabetic() => Class::Letter,
        c if c.is_whitespace() => Class::Space,
        _ => Class::Sign,
    }
}

#[must_use]
pub fn split(title: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = title.char_indices().peekable();
    let mut blank = true;
    while let Some((start, first)) = chars.next() {
        let kind = class(first);
        if kind == Class::Space {
            blank = true;
            continue;
        }
        let mut end = start + first.len_utf8();
        while let Some(&(at, c)) = chars.peek() {
            let joins = match kind {
                Class::Letter => class(c) == Class::Letter || joins_letters(c, &title[at..]),
                Class::Digit => class(c) == Class::Digit || joins_digits(c, &title[at..]),
                Class::Sign | Class::Space => false,
            };
            if !joins {
                break;
            }
            end = at + c.len_utf8();
            chars.next();
        }
        tokens.push(token(&title[start..end], start, !blank));
        blank = false;
        if tokens.len() == TOKENS_MAX {
            break;
        }
    }
    tokens
}

/// An apostrophe inside a word: `Women's`.
fn joins_letters(c: char, rest: &str) -> bool {
    matches!(c, '\'' | '’') && rest.chars().nth(1).is_some_and(char::is_alphabetic)
}

/// A decimal mark inside a number.
fn joins_digits(c: char, rest: &str) -> bool {
    matches!(c, '.' | ',') && rest.chars().nth(1).is_some_and(char::is_numeric)
}

fn token(text: &str, start: usize, glued: bool) -> Token {
    let lower = text.to_lowercase();
    let zeros: String = lower.chars().map(|c| if c.is_numeric() { '0' } else { c }).collect();
    let prefix: String = lower.chars().take(3).collect();
    let suffix: String = lower.chars().rev().take(3).collect();
    Token {
        start,
        end: start + text.len(),
        word: hash(&lower),
        form: hash(&zeros),
        prefix: hash(&prefix),
        suffix: hash(&suffix),
        shape: hash(&shape(text)),
        glued,
    }
}

/// `Xx` for a capitalised word, `XX` for capitals, `x`, `0` and its digits up to four, a sign as itself.
fn shape(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    match (text.chars().next(), text.chars().count()) {
        (Some(first), length) if first.is_numeric() => {
            format!("{}{}", "0".repeat(length.min(4)), if text.contains(['.', ',']) { "." } else { "" })
        }
        (Some(first), 1) if first.is_alphabetic() => if capitals > 0 { "X" } else { "x" }.into(),
        (Some(first), _) if first.is_uppercase() && letters > 1 && capitals == letters => "XX".into(),
        (Some(first), _) if first.is_uppercase() && capitals > 1 => "XxX".into(),
        (Some(first), _) if first.is_uppercase() => "Xx".into(),
        (Some(first), _) if first.is_alphabetic() => if capitals > 0 { "xX" } else { "x" }.into(),
        _ => text.into(),
    }
}

/// FNV-1a, which never changes: shipped weights are keyed by it.
#[must_use]
pub fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_fall_into_words_numbers_and_signs() {
        let cases: [(&str, &[&str]); 5] = [
            ("Women's 8400, Red", &["Women's", "8400", ",", "Red"]),
            ("12cm/22.5G", &["12", "cm", "/", "22.5", "G"]),
            ("1,5 l – 6er-Pack", &["1,5", "l", "–", "6", "er", "-", "Pack"]),
            ("", &[]),
            ("ｶﾒﾗ 2台 🎉", &["ｶﾒﾗ", "2", "台", "🎉"]),
        ];
        for (title, expected) in cases {
            let found: Vec<&str> = split(title).iter().map(|token| &title[token.start..token.end]).collect();
            assert_eq!(found, expected, "{title}");
        }
    }

    #[test]
    fn shapes_tell_capitals_and_digits() {
        for (text, expected) in
            [("Red", "Xx"), ("RED", "XX"), ("iPhone", "xX"), ("8400", "0000"), ("2.5", "000."), ("A", "X")]
        {
            assert_eq!(shape(text), expected, "{text}");
        }
    }
}
