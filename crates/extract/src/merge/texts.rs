//! Titles, brands, descriptions: which source's words are taken and what is cleaned off them. Knows no numbers.

use creel_types::Source;

use crate::{
    merge::{Ordered, Readings},
    sources::facts::{Facts, words},
    tape::decode_entities,
};

/// Letters of a title that are kept.
const TITLE_LETTERS_MAX: usize = 500;

/// Letters of a description that are kept.
const DESCRIPTION_LETTERS_MAX: usize = 20_000;

/// Between a product's name and a shop's.
const SUFFIX_MARKS: [&str; 9] = [" | ", " - ", " – ", " — ", " :: ", " · ", " » ", " • ", " : "];

/// The product's name without the shop's.
pub(super) fn title(readings: &Readings, facts: &Facts<'_>) -> Option<(String, Source)> {
    let order =
        [Source::JsonLd, Source::Microdata, Source::Dom, Source::Platform, Source::OpenGraph, Source::Rdfa, Source::Meta];
    let found = Ordered::new(readings, &order).first(|reading| {
        let title = plain(reading.title.as_deref()?, TITLE_LETTERS_MAX)?;
        let title = without_shop(&title, facts);
        (title.chars().filter(|letter| letter.is_alphanumeric()).count() >= 2).then_some(title)
    });
    found.or_else(|| {
        let title = without_shop(&plain(&facts.title, TITLE_LETTERS_MAX)?, facts);
        Some((title, Source::Meta))
    })
}

/// Drops what follows a mark if it names the shop: its words are in the host, or the heading lacks them.
fn without_shop(title: &str, facts: &Facts<'_>) -> String {
    let host: String = facts.url.host_str().unwrap_or_default().chars().filter(|letter| letter.is_alphanumeric()).collect();
    let mut title = title;
    for _ in 0..3 {
        let Some((at, mark)) = SUFFIX_MARKS.iter().filter_map(|mark| Some((title.rfind(mark)?, mark))).max() else { break };
        let (name, suffix) = (&title[..at], &title[at + mark.len()..]);
        let squeezed: String =
            suffix.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let names_host = squeezed.len() >= 3
            && (host.contains(&squeezed)
                || suffix
                    .to_lowercase()
                    .split([' ', '/'])
                    .any(|word| word.len() >= 4 && host.contains(word.trim_end_matches(".com"))));
        let names_heading = facts.headings.iter().any(|heading| same_name(heading, name));
        if !(names_host || names_heading) || name.trim().is_empty() {
            break;
        }
        title = name;
    }
    title.trim().to_owned()
}

pub(super) fn brand(text: &str) -> Option<String> {
    let brand = plain(text, 120)?;
    let folded = brand.to_lowercase();
    let empty = [
        "n/a",
        "none",
        "null",
        "undefined",
        "unknown",
        "brand",
        "no brand",
        "-",
        "--",
        "marke",
        "generic",
        "unbranded",
        "false",
        "true",
        "object object",
    ];
    (!empty.contains(&folded.as_str()) && !folded.starts_with("http") && brand.chars().any(char::is_alphanumeric))
        .then_some(brand)
}

pub(super) fn description(text: &str) -> Option<String> {
    plain(text, DESCRIPTION_LETTERS_MAX).filter(|text| text.chars().count() >= 3)
}

/// Plain text: no tags, no references, single spaces, at most `letters_max` letters; `None` for nothing.
pub(crate) fn plain(text: &str, letters_max: usize) -> Option<String> {
    let decoded = decode_entities(text);
    // Shops escape twice: "&amp;lt;p&amp;gt;".
    let decoded = if decoded.contains('&') { decode_entities(&decoded).into_owned() } else { decoded.into_owned() };
    let mut out = String::with_capacity(decoded.len().min(letters_max * 2));
    let (mut letters, mut space) = (0, false);
    let mut rest = decoded.as_str();
    while let Some(letter) = rest.chars().next() {
        if letter == '<' && starts_tag(rest) {
            let Some(end) = rest.find('>') else { break };
            rest = &rest[end + 1..];
            space = true;
            continue;
        }
        rest = &rest[letter.len_utf8()..];
        if letter.is_whitespace() || letter.is_control() {
            space = true;
            continue;
        }
        if matches!(letter, '\u{200b}' | '\u{feff}' | '\u{200e}' | '\u{200f}' | '\u{ad}') {
            continue;
        }
        if letters >= letters_max {
            break;
        }
        if space && !out.is_empty() {
            out.push(' ');
        }
        space = false;
        letters += 1;
        out.push(letter);
    }
    (!out.is_empty()).then_some(out)
}

fn starts_tag(text: &str) -> bool {
    text[1..].starts_with(|letter: char| letter.is_ascii_alphabetic() || matches!(letter, '/' | '!'))
}

/// Whether two names have the same words.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    !one.is_empty() && one == other
}

/// E-mail addresses and telephone links do not belong into a product.
pub(super) fn is_personal(text: &str) -> bool {
    text.contains('@') && text.contains('.') || text.starts_with("tel:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_plain() {
        for (text, expected) in [
            ("  two\n words ", Some("two words")),
            ("<p>One &amp; <b>two</b></p>", Some("One & two")),
            ("&lt;p&gt;One&lt;/p&gt;", Some("One")),
            ("5 < 6", Some("5 < 6")),
            ("a <b", Some("a")),
            ("", None),
            ("<br/>", None),
        ] {
            assert_eq!(plain(text, 100).as_deref(), expected, "{text}");
        }
        assert_eq!(plain("abcdef", 3).as_deref(), Some("abc"));
    }

    #[test]
    fn words_that_are_no_brand() {
        assert_eq!(brand(" Bosch "), Some("Bosch".into()));
        assert_eq!(brand("N/A"), None);
        assert_eq!(brand("https://shop.example/brand"), None);
    }
}
