//! A capture as JSON, in pieces that a stylesheet can tell apart. Only looks at the text that it is given, which is JSON.

/// Bytes of JSON that a page shows; larger ones are a link.
const SHOWN_MAX: usize = 150_000;

/// A piece of JSON with its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pages) struct Piece<'a> {
    /// `key`, `text`, `value`, or nothing.
    pub(in crate::pages) class: &'static str,
    pub(in crate::pages) text: &'a str,
}

/// The pieces; nothing where it is too large for a page.
pub(in crate::pages) fn pieces(json: &str) -> Vec<Piece<'_>> {
    if json.len() > SHOWN_MAX {
        return Vec::new();
    }
    let mut pieces = Vec::new();
    let mut rest = json;
    while let Some(first) = rest.bytes().next() {
        let (class, length) = match first {
            b'"' => {
                let length = text_length(rest);
                let is_key = rest.get(length..).is_some_and(|behind| behind.trim_start().starts_with(':'));
                (if is_key { "key" } else { "text" }, length)
            }
            b'-' | b'0'..=b'9' | b'a'..=b'z' => {
                ("value", rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).unwrap_or(rest.len()))
            }
            _ => ("", rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_alphanumeric()).unwrap_or(rest.len())),
        };
        // Never nothing at a time, whatever the text is.
        let (text, behind) = rest.split_at_checked(length.max(1)).unwrap_or((rest, ""));
        pieces.push(Piece { class, text });
        rest = behind;
    }
    pieces
}

/// Bytes of a text with its quotes.
fn text_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_texts_and_values_are_told_apart() {
        let json = "{\n  \"a\": -1.5e3,\n  \"b\\\"\": [\"x: y\", null, true, \"京\"]\n}";
        let pieces = pieces(json);
        assert_eq!(pieces.iter().map(|piece| piece.text).collect::<String>(), json);
        let of =
            |class: &str| pieces.iter().filter(|piece| piece.class == class).map(|piece| piece.text).collect::<Vec<_>>();
        assert_eq!(of("key"), ["\"a\"", "\"b\\\"\""]);
        assert_eq!(of("text"), ["\"x: y\"", "\"京\""]);
        assert_eq!(of("value"), ["-1.5e3", "null", "true"]);
    }

    #[test]
    fn no_text_does_harm() {
        for json in ["", "\"", "\"\\", "京", "A", "\"a"] {
            assert_eq!(pieces(json).iter().map(|piece| piece.text).collect::<String>(), json);
        }
        assert!(pieces(&"1".repeat(SHOWN_MAX + 1)).is_empty());
    }
}
