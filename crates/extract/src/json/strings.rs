//! Escapes of JSON and JavaScript strings. Owns decoding alone: where a string ends is the parser's question.

use std::borrow::Cow;

/// The string without its escapes; a broken escape stays as it stands.
pub(super) fn decode(raw: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'\\', raw.as_bytes()) else { return Cow::Borrowed(raw) };
    let mut out = String::with_capacity(raw.len());
    out.push_str(&raw[..first]);
    let mut rest = &raw[first..];
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(letter) = rest.chars().next() else { break };
        rest = &rest[letter.len_utf8()..];
        match letter {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' | 'f' | 'v' => out.push(' '),
            '0' => {}
            'u' => rest = unicode(rest, &mut out),
            'x' => match rest.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                Some(code) => {
                    out.push(char::from(code));
                    rest = &rest[2..];
                }
                None => out.push('x'),
            },
            '\n' => {}
            other => out.push(other),
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// `\uXXXX`, pairs of surrogates joined; gives what follows.
fn unicode<'r>(rest: &'r str, out: &mut String) -> &'r str {
    let unit = |text: &str| text.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let Some(first) = unit(rest) else {
        out.push('u');
        return rest;
    };
    let after = &rest[4..];
    if (0xd800..0xdc00).contains(&first) {
        let second = after.strip_prefix("\\u").and_then(unit).filter(|unit| (0xdc00..0xe000).contains(unit));
        if let Some(second) = second {
            out.extend(char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)));
            return &after[6..];
        }
    }
    out.push(char::from_u32(first).unwrap_or('\u{fffd}'));
    after
}
