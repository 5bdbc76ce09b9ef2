//! Character references: `&amp;`, `&#8364;`, `&#x20AC;`. The named ones are the whole table of the HTML standard (`entities.txt`, one
//! `name value` a line in byte order, names with and without their semicolon). Text without `&`, CR or NUL is returned as it stands.

use memchr::memchr3;
use std::borrow::Cow;

/// `&CounterClockwiseContourIntegral;` without its `&`: no longer run of letters can be a name.
const NAME_BYTES_MAX: usize = 32;

/// The longest name that counts without its semicolon: `frac12`, `Ccedil`.
const BARE_NAME_BYTES_MAX: usize = 6;

const TABLE: &str = include_str!("entities.txt");
const COUNT: usize = 2231;

/// Where each line of the table starts, found at compile time; a name is then found by halving.
static LINES: [u16; COUNT] = {
    let (bytes, mut lines) = (TABLE.as_bytes(), [0u16; COUNT]);
    let (mut line, mut i) = (1, 0);
    while i < bytes.len() - 1 {
        if bytes[i] == b'\n' {
            lines[line] = (i + 1) as u16;
            line += 1;
        }
        i += 1;
    }
    assert!(line == COUNT && bytes.len() <= u16::MAX as usize);
    lines
};

/// Decodes the references in text. CR LF and CR become LF and NUL disappears, as in a browser.
pub fn decode_entities(raw: &str) -> Cow<'_, str> {
    decode(raw, false)
}

/// As in text, but `&copy=1` and `&copyx` in an address stay what they are, and NUL becomes U+FFFD.
pub(super) fn decode_attribute(raw: &str) -> Cow<'_, str> {
    decode(raw, true)
}

fn decode(raw: &str, in_attribute: bool) -> Cow<'_, str> {
    let Some(first) = memchr3(b'&', b'\r', 0, raw.as_bytes()) else {
        return Cow::Borrowed(raw);
    };
    let mut out = String::with_capacity(raw.len());
    out.push_str(&raw[..first]);
    let mut rest = &raw[first..];
    while let Some(&byte) = rest.as_bytes().first() {
        let used = match byte {
            b'&' => push_reference(rest, in_attribute, &mut out),
            b'\r' => {
                out.push('\n');
                1 + rest[1..].starts_with('\n') as usize
            }
            _ => {
                out.push_str(if in_attribute { "\u{FFFD}" } else { "" });
                1
            }
        };
        rest = &rest[used..];
        let next = memchr3(b'&', b'\r', 0, rest.as_bytes()).unwrap_or(rest.len());
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    Cow::Owned(out)
}

/// Appends what the reference at the start of `rest` stands for, or the `&` itself; answers the bytes used, at least one.
fn push_reference(rest: &str, in_attribute: bool, out: &mut String) -> usize {
    let body = &rest[1..];
    let found = match body.strip_prefix('#') {
        Some(digits) => numeric(digits).map(|(character, len)| {
            out.push(character);
            len + 1
        }),
        None => named(body, in_attribute).map(|(value, len)| {
            out.push_str(match value {
                "\\n" => "\n",
                "\\t" => "\t",
                other => other,
            });
            len
        }),
    };
    match found {
        Some(len) => len + 1,
        None => {
            out.push('&');
            1
        }
    }
}

fn numeric(digits: &str) -> Option<(char, usize)> {
    let (radix, prefix) = if digits.starts_with(['x', 'X']) { (16, 1) } else { (10, 0) };
    let (mut code, mut len) = (0u32, prefix);
    while let Some(digit) = digits.as_bytes().get(len).and_then(|&byte| (byte as char).to_digit(radix)) {
        // Saturating keeps a million digits above every code point.
        code = code.saturating_mul(radix).saturating_add(digit);
        len += 1;
    }
    if len == prefix {
        return None;
    }
    len += digits[len..].starts_with(';') as usize;
    Some((code_point(code), len))
}

/// The standard reads 0x80 to 0x9F as windows-1252, which is what authors meant.
fn code_point(code: u32) -> char {
    const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ";
    match code {
        0 => '\u{FFFD}',
        0x80..=0x9F => WINDOWS_1252.chars().nth(code as usize - 0x80).unwrap_or('\u{FFFD}'),
        _ => char::from_u32(code).unwrap_or('\u{FFFD}'),
    }
}

/// The value of the longest name that `body` starts with, and that name's length.
fn named(body: &str, in_attribute: bool) -> Option<(&'static str, usize)> {
    let bytes = body.as_bytes();
    let run = bytes.iter().take(NAME_BYTES_MAX).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    if bytes.get(run) == Some(&b';')
        && let Some(value) = find(&body[..=run])
    {
        return Some((value, run + 1));
    }
    let (value, len) = (2..=run.min(BARE_NAME_BYTES_MAX)).rev().find_map(|len| Some((find(&body[..len])?, len)))?;
    let goes_on = bytes.get(len).is_some_and(|&next| next == b'=' || next.is_ascii_alphanumeric());
    (!(in_attribute && goes_on)).then_some((value, len))
}

fn find(name: &str) -> Option<&'static str> {
    let entry = |start: u16| {
        let line = &TABLE[start as usize..];
        line[..line.find('\n').unwrap_or(line.len())].split_once(' ')
    };
    let at = LINES.binary_search_by(|&start| entry(start).map_or("", |(known, _)| known).cmp(name)).ok()?;
    entry(LINES[at]).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes() {
        let cases = [
            ("a &amp; b", "a & b", "a & b"),
            ("&AMP;&amp&amp", "&&&", "&&&"),
            ("&euro;9 &pound9 &#163;9&#xa3;", "€9 £9 £9£", "€9 &pound9 £9£"),
            ("?a=1&copy=2&lang=de&notit;", "?a=1©=2&lang=de¬it;", "?a=1&copy=2&lang=de&notit;"),
            ("&#128;&#x99;&#0;&#xD800;&#99999999999;", "€™\u{FFFD}\u{FFFD}\u{FFFD}", "€™\u{FFFD}\u{FFFD}\u{FFFD}"),
            ("&;&#;&#x;&nosuch;&", "&;&#;&#x;&nosuch;&", "&;&#;&#x;&nosuch;&"),
            ("a\r\nb\rc\0", "a\nb\nc", "a\nb\nc\u{FFFD}"),
            ("&CounterClockwiseContourIntegral;&NewLine;&nbsp;x", "∳\n\u{A0}x", "∳\n\u{A0}x"),
            ("&NotEqualTilde;&acE;", "≂̸∾̳", "≂̸∾̳"),
        ];
        for (raw, text, attribute) in cases {
            assert_eq!(decode_entities(raw), text, "{raw}");
            assert_eq!(decode_attribute(raw), attribute, "{raw}");
        }
    }

    #[test]
    fn the_table_is_sorted_so_that_halving_finds_every_name() {
        for line in TABLE.lines() {
            let (name, value) = line.split_once(' ').unwrap();
            assert_eq!(find(name), Some(value));
        }
    }
}
