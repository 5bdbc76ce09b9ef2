//! Bytes to UTF-8 text. Valid UTF-8 is taken as UTF-8 whatever a label says: by chance it almost never is valid, while labels are often
//! wrong after a page was saved or passed through a proxy. Otherwise the order is byte order mark, header, `meta`, then windows-1252.
//! Refuses to fail: undecodable bytes become U+FFFD.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// Bytes searched for a `meta` that names the charset: the standard's 1,024, and room for pages that put scripts first.
const PRESCAN_BYTES_MAX: usize = 4_096;

/// A page's text and how it was read.
#[derive(Debug)]
pub struct Decoded<'b> {
    pub text: Cow<'b, str>,
    /// The WHATWG name of the encoding used.
    pub encoding: &'static str,
}

/// Decodes a page. `charset` is the parameter of its `Content-Type`, if it had one.
pub fn decode<'b>(bytes: &'b [u8], charset: Option<&str>) -> Decoded<'b> {
    if let Some((encoding, mark_len)) = Encoding::for_bom(bytes) {
        return decode_as(&bytes[mark_len..], encoding);
    }
    let declared = charset.and_then(label).or_else(|| prescan(bytes));
    if let Ok(text) = simdutf8::basic::from_utf8(bytes)
        && declared.is_none_or(Encoding::is_ascii_compatible)
    {
        return Decoded { text: Cow::Borrowed(text), encoding: UTF_8.name() };
    }
    match declared {
        Some(encoding) if encoding != UTF_8 => decode_as(bytes, encoding),
        _ if mostly_utf8(bytes) => decode_as(bytes, UTF_8),
        _ => decode_as(bytes, WINDOWS_1252),
    }
}

fn decode_as<'b>(bytes: &'b [u8], encoding: &'static Encoding) -> Decoded<'b> {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Decoded { text, encoding: encoding.name() }
}

fn label(name: &str) -> Option<&'static Encoding> {
    Encoding::for_label(name.trim().trim_matches(['"', '\'']).as_bytes())
}

/// Whether a page that is not valid UTF-8 is a damaged UTF-8 page (cut, or with a few foreign bytes) and not one in a one-byte charset.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|byte| *byte >= 0xC0).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad
}

/// The charset that a `meta` near the start names. A page that is UTF-16 without a mark cannot name itself in ASCII, so such a claim means UTF-8.
fn prescan(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(PRESCAN_BYTES_MAX)];
    let mut rest = head;
    while let Some(at) = memchr::memchr(b'<', rest) {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix(b"!--") {
            let end = memchr::memmem::find(comment, b"-->")?;
            rest = &comment[end..];
        } else if rest.len() > 5
            && rest[..4].eq_ignore_ascii_case(b"meta")
            && matches!(rest[4], b' ' | b'\t' | b'\n' | b'\r' | b'\x0C' | b'/')
        {
            let end = memchr::memchr(b'>', rest).unwrap_or(rest.len());
            if let Some(encoding) = charset_in(&rest[..end]) {
                return Some(if encoding == UTF_16BE || encoding == UTF_16LE { UTF_8 } else { encoding });
            }
            rest = &rest[end..];
        }
    }
    None
}

/// The value after `charset=`, which serves both `<meta charset>` and `<meta content="text/html; charset=…">`.
fn charset_in(tag: &[u8]) -> Option<&'static Encoding> {
    let lower = tag.to_ascii_lowercase();
    let text = String::from_utf8_lossy(&lower);
    text.match_indices("charset").find_map(|(at, word)| {
        let value =
            text[at + word.len()..].trim_start().strip_prefix('=')?.trim_start_matches([' ', '\t', '\n', '\r', '"', '\'']);
        let end = value.find([' ', '\t', '\n', '\r', ';', '"', '\'', '/', '>']).unwrap_or(value.len());
        label(&value[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_charset_wins() {
        let cases: [(&[u8], Option<&str>, &str, &str); 13] = [
            (b"\xEF\xBB\xBFa\xC3\xA9", Some("iso-8859-1"), "a\u{E9}", "UTF-8"),
            (b"\xFF\xFEa\0", None, "a", "UTF-16LE"),
            (b"\xFE\xFF\0a", None, "a", "UTF-16BE"),
            (b"a\xC3\xA9", Some("iso-8859-1"), "a\u{E9}", "UTF-8"),
            (b"a\xE9", Some("iso-8859-15"), "a\u{E9}", "ISO-8859-15"),
            (b"a\xA4", Some("\"ISO-8859-15\""), "a\u{20AC}", "ISO-8859-15"),
            (b"a\xE9", None, "a\u{E9}", "windows-1252"),
            (b"\x80 9", Some("nonsense"), "\u{20AC} 9", "windows-1252"),
            (b"<meta charset=windows-1251>\xC0", None, "<meta charset=windows-1251>\u{410}", "windows-1251"),
            (
                b"<!-- <meta charset=gbk> --><META http-equiv=x content='text/html; Charset = \"koi8-r\"'>\xC1",
                None,
                "<!-- <meta charset=gbk> --><META http-equiv=x content='text/html; Charset = \"koi8-r\"'>\u{430}",
                "KOI8-R",
            ),
            (b"<meta charset=utf-16>\xC3\xA9", None, "<meta charset=utf-16>\u{E9}", "UTF-8"),
            (b"<meta charset=utf-8>\xC3\xA9\xC3\xA9\xC3", None, "<meta charset=utf-8>\u{E9}\u{E9}\u{FFFD}", "UTF-8"),
            (b"\x1B$B$\"\x1B(B", Some("iso-2022-jp"), "\u{3042}", "ISO-2022-JP"),
        ];
        for (bytes, charset, text, encoding) in cases {
            let decoded = decode(bytes, charset);
            assert_eq!((decoded.text.as_ref(), decoded.encoding), (text, encoding), "{bytes:?}");
        }
    }
}
