//! Capitals: shouted names and titles in ordinary letters. Mixed case is meant and stays.

use super::noise;

/// Letters from which a shouted single word is no acronym.
const WORD_MIN: usize = 5;

/// A brand's name; `title` may show how the brand writes itself.
pub fn of_name(name: &str, title: &str) -> String {
    let (upper, lower) = cases(name);
    if upper && lower || name.chars().any(|c| c >= '\u{2e80}') {
        return name.to_owned();
    }
    if let Some(own) = as_in(name, title).filter(|own| own.chars().count() > 3) {
        return own.to_owned();
    }
    let several = name.split_whitespace().count() > 1;
    let word = |word: &str| {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let acronym = upper && (noise::is_acronym(word) || letters < if several { 3 } else { WORD_MIN });
        if acronym || word.chars().any(|c| c.is_ascii_digit()) || word.contains('.') {
            word.to_owned()
        } else {
            capital(word)
        }
    };
    name.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// `name` as it stands in `title`, if there in mixed case.
fn as_in<'a>(name: &str, title: &'a str) -> Option<&'a str> {
    let words = name.split_whitespace().count();
    let key = noise::key(name);
    let starts: Vec<usize> = std::iter::once(0).chain(title.match_indices(' ').map(|(at, _)| at + 1)).take(30).collect();
    starts.iter().find_map(|start| {
        let end = title[*start..].match_indices(' ').nth(words - 1).map_or(title.len(), |(at, _)| start + at);
        let own = title[*start..end].trim_matches(|c: char| !c.is_alphanumeric());
        (noise::key(own) == key && cases(own) == (true, true)).then_some(own)
    })
}

/// Whether there are capitals, and small letters.
fn cases(text: &str) -> (bool, bool) {
    (text.chars().any(char::is_uppercase), text.chars().any(char::is_lowercase))
}

/// `text` in ordinary letters if all of it shouts; `brand` keeps its own spelling.
pub fn of_title(text: &str, brand: Option<&str>, language: Option<&str>) -> String {
    let long = text.split_whitespace().filter(|word| word.chars().filter(|c| c.is_uppercase()).count() >= 4).count();
    // The capitals of Turkish do not fold as those of other languages.
    if long < 2 || cases(text).1 || matches!(language, Some("tr" | "az")) {
        return text.to_owned();
    }
    let brand_keys: Vec<(String, &str)> =
        brand.into_iter().flat_map(str::split_whitespace).map(|word| (noise::key(word), word)).collect();
    let mut out = String::with_capacity(text.len());
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 {
            out.push(' ');
        }
        match brand_keys.iter().find(|(key, _)| !key.is_empty() && *key == noise::key(word)) {
            Some((_, own)) => out.push_str(own),
            None => ordinary(word, at == 0, &mut out),
        }
    }
    out
}

/// Words that are small inside a title.
const SMALL: &[&str] = &[
    "OF", "THE", "AND", "WITH", "FOR", "IN", "ON", "TO", "A", "AN", "BY", "FROM", "OR", "DE", "DU", "DES", "LA", "LE",
    "LES", "ET", "EN", "AU", "AUX", "À", "AVEC", "POUR", "SANS", "UND", "MIT", "FÜR", "OHNE", "AUS", "AM", "DEL", "LAS",
    "LOS", "EL", "Y", "CON", "PARA", "SIN", "DA", "DI", "DELLA", "PER", "E", "SENZA", "VAN", "VOOR", "MET", "OG", "OCH",
    "MED", "TIL", "TILL", "FÖR", "Z", "W", "I", "DO", "NA", "DLA", "COM", "DO", "DOS", "DAS",
];

/// A shouted word in ordinary letters, part by part: `OVER-THE-KNEE`. Acronyms, codes and words without vowels stay.
fn ordinary(word: &str, first: bool, out: &mut String) {
    for (at, part) in word.split_inclusive(['-', '/']).enumerate() {
        let bare = part.trim_matches(|c: char| !c.is_alphanumeric());
        let code = bare.chars().any(|c| c.is_ascii_digit()) || noise::is_acronym(bare);
        let vowel = |c: char| !c.is_ascii() || matches!(c, 'A' | 'E' | 'I' | 'O' | 'U' | 'Y');
        if SMALL.contains(&bare) && !(first && at == 0) {
            out.push_str(&part.to_lowercase());
        } else if code || !bare.chars().any(vowel) {
            out.push_str(part);
        } else {
            out.push_str(&capital(part));
        }
    }
}

/// The first letter large, the rest small.
fn capital(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut started = false;
    for c in word.chars() {
        if !started && c.is_alphabetic() {
            started = true;
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}
