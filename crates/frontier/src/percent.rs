//! Percent-encoding in one spelling (RFC 3986, 6.2.2): escapes in upper case, unreserved characters bare, everything that is
//! neither unreserved nor reserved escaped.

/// Appends `text` normalized. Bytes of `also_escaped` are escaped although they are legal where they stand.
pub(crate) fn normalize_into(text: &[u8], also_escaped: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        if byte == b'%'
            && let Some(decoded) = escape_at(text, at)
        {
            if is_unreserved(decoded) {
                out.push(decoded)
            } else {
                push_escape(decoded, out)
            }
            at += 3;
            continue;
        }
        // A percent sign that starts no escape is kept: guessing what was meant would merge different addresses.
        if byte == b'%' || ((is_unreserved(byte) || is_reserved(byte)) && !also_escaped.contains(&byte)) {
            out.push(byte);
        } else {
            push_escape(byte, out);
        }
        at += 1;
    }
}

/// `text` normalized, as text. The result is ASCII by construction.
pub(crate) fn normalize(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    normalize_into(text.as_bytes(), b"", &mut out);
    out.into_iter().map(char::from).collect()
}

/// `text` with its escapes resolved, for reading words; what is not UTF-8 becomes replacement characters.
pub(crate) fn decode_lossy(text: &str) -> String {
    let bytes = text.as_bytes();
    if memchr::memchr(b'%', bytes).is_none() {
        return text.to_owned();
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], escape_at(bytes, at)) {
            (b'%', Some(decoded)) => {
                out.push(decoded);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The byte that the escape at `at` stands for, if there is a whole one.
fn escape_at(text: &[u8], at: usize) -> Option<u8> {
    let digit = |index: usize| text.get(index).and_then(|byte| char::from(*byte).to_digit(16));
    let value = digit(at + 1)? * 16 + digit(at + 2)?;
    u8::try_from(value).ok()
}

fn push_escape(byte: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.extend([b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

const fn is_reserved(byte: u8) -> bool {
    matches!(
        byte,
        b':' | b'/'
            | b'?'
            | b'#'
            | b'['
            | b']'
            | b'@'
            | b'!'
            | b'$'
            | b'&'
            | b'\''
            | b'('
            | b')'
            | b'*'
            | b'+'
            | b','
            | b';'
            | b'='
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        for (text, expected) in [
            ("/a-b_c.~", "/a-b_c.~"),
            ("/%61%2d%7E", "/a-~"),
            ("/%2f%3f", "/%2F%3F"),
            ("/caf\u{e9}", "/caf%C3%A9"),
            ("/caf%c3%a9", "/caf%C3%A9"),
            ("/100%", "/100%"),
            ("/100%zz%4", "/100%zz%4"),
            ("/a b\"{}|", "/a%20b%22%7B%7D%7C"),
            ("a+b=c&d", "a+b=c&d"),
        ] {
            assert_eq!(normalize(text), expected, "{text}");
            assert_eq!(normalize(expected), expected, "normalizing twice changes nothing: {text}");
        }
    }
}
