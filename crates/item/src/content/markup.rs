//! Markup out of a description: known tags stripped, blocks as line breaks, entities decoded. One pass, no tree.
//!
//! Only names of HTML count as tags, so that `5 < 6` and `<M>` stay. Pages are parsed elsewhere; this sees short foreign texts.

use memchr::{memchr, memchr2, memmem};

/// Tags that break the line.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "br",
    "ul",
    "ol",
    "li",
    "tr",
    "table",
    "tbody",
    "thead",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "header",
    "footer",
    "dl",
    "dt",
    "dd",
    "hr",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
    "details",
    "summary",
    "center",
];
/// Tags that stand inside a line.
const INLINE: &[&str] = &[
    "a", "b", "i", "u", "s", "em", "strong", "span", "small", "sup", "sub", "font", "img", "td", "th", "abbr", "mark", "q",
    "cite", "code", "label", "button", "input", "iframe", "video", "source", "picture", "svg", "path", "link", "meta",
    "html", "body", "head", "title", "col", "colgroup", "big", "tt", "del", "ins", "strike", "wbr", "nobr", "script",
    "style", "noscript", "template", "object", "embed", "form", "select", "option", "main", "nav", "aside", "time", "kbd",
    "caption", "tfoot", "o:p",
];

/// `text` without tags, comments, scripts and entities.
pub fn strip(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut left = Left { tags: true, comments: true };
    while let Some(step) = memchr2(b'<', b'&', &text.as_bytes()[at..]) {
        out.push_str(&text[at..at + step]);
        at += step;
        let rest = &text[at..];
        if rest.starts_with('&') {
            at += entity(rest, &mut out);
            continue;
        }
        if let Some((name, length)) = tag(rest, &mut left) {
            at += length + close(name, &rest[length..], &mut out);
        } else {
            out.push('<');
            at += 1;
        }
    }
    out.push_str(&text[at..]);
    out
}

/// Whether ends are still to come: once none is left a `<` is only a sign, and looking again for each would be quadratic.
struct Left {
    tags: bool,
    comments: bool,
}

/// What stands in the tag or comment that `rest` starts with, and its length.
fn tag<'a>(rest: &'a str, left: &mut Left) -> Option<(&'a str, usize)> {
    if left.comments && rest.starts_with("<!--") {
        let end = memmem::find(rest.as_bytes(), b"-->");
        left.comments = end.is_some();
        if let Some(end) = end {
            return Some(("!", end + 3));
        }
    }
    let name = rest[1..].trim_start_matches('/');
    let end = name.bytes().position(|b| !b.is_ascii_alphanumeric() && b != b':').unwrap_or(name.len());
    let known = rest.starts_with("<!") || rest.starts_with("<?") || is_known(&name[..end]);
    if !known || !left.tags {
        return None;
    }
    let close = memchr(b'>', rest.as_bytes());
    left.tags = close.is_some();
    close.map(|close| (&rest[1..close], close + 1))
}

fn is_known(name: &str) -> bool {
    BLOCKS.iter().chain(INLINE).any(|known| name.eq_ignore_ascii_case(known))
}

/// Writes what a tag means and answers how much of what follows belongs to it.
fn close(inner: &str, rest: &str, out: &mut String) -> usize {
    let closing = inner.starts_with('/');
    let bare = inner.trim_start_matches('/');
    let name = bare.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    if !closing && !inner.ends_with('/') && (is("script") || is("style")) {
        let end = if is("script") { "</script" } else { "</style" };
        let found = rest.as_bytes().windows(end.len()).position(|window| window.eq_ignore_ascii_case(end.as_bytes()));
        return found.unwrap_or(rest.len());
    }
    if is("li") {
        out.push_str(if closing { "" } else { "\n• " });
    } else if is("p") || is("ul") || is("ol") || is("table") || matches!(name.as_bytes(), [b'h' | b'H', b'1'..=b'6']) {
        out.push_str("\n\n");
    } else if is("td") || is("th") || is("img") {
        out.push(' ');
    } else if BLOCKS.iter().any(|block| is(block)) {
        out.push('\n');
    }
    0
}

/// Bytes of the longest entity that is read, with its marks.
const ENTITY_MAX: usize = 12;

/// Decodes the entity that `rest` starts with and answers its length; a lone `&` stands for itself.
fn entity(rest: &str, out: &mut String) -> usize {
    let window = &rest.as_bytes()[1..rest.len().min(ENTITY_MAX)];
    if let Some(end) = memchr(b';', window)
        && let Some(c) = rest.get(1..=end).and_then(decode)
    {
        out.push(c);
        return end + 2;
    }
    out.push('&');
    1
}

fn decode(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']);
        let code = hex.map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok())?;
        // Pages of Windows name its own quotes and dashes by their bytes.
        return match code {
            0x80..=0x9f => CP1252.chars().nth(code as usize - 0x80),
            _ => char::from_u32(code).filter(|c| *c != '\0'),
        };
    }
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c)
}

const CP1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

/// Names that occur in shops' texts; the full list of HTML is two thousand.
#[rustfmt::skip]
const NAMED: &[(&str, char)] = &[
    ("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", '\u{a0}'), ("shy", '\u{ad}'),
    ("ndash", '–'), ("mdash", '—'), ("lsquo", '‘'), ("rsquo", '’'), ("sbquo", '‚'), ("ldquo", '“'), ("rdquo", '”'), ("bdquo", '„'),
    ("laquo", '«'), ("raquo", '»'), ("lsaquo", '‹'), ("rsaquo", '›'), ("hellip", '…'), ("bull", '•'), ("middot", '·'),
    ("trade", '™'), ("reg", '®'), ("copy", '©'), ("deg", '°'), ("plusmn", '±'), ("times", '×'), ("divide", '÷'), ("micro", 'µ'),
    ("frac12", '½'), ("frac14", '¼'), ("frac34", '¾'), ("sup1", '¹'), ("sup2", '²'), ("sup3", '³'), ("ordm", 'º'), ("ordf", 'ª'),
    ("euro", '€'), ("pound", '£'), ("yen", '¥'), ("cent", '¢'), ("sect", '§'), ("para", '¶'), ("prime", '′'), ("Prime", '″'),
    ("le", '≤'), ("ge", '≥'), ("ne", '≠'), ("asymp", '≈'), ("infin", '∞'), ("rarr", '→'), ("larr", '←'), ("check", '✓'),
    ("ensp", '\u{2002}'), ("emsp", '\u{2003}'), ("thinsp", '\u{2009}'), ("zwnj", '\u{200c}'), ("zwj", '\u{200d}'), ("lrm", '\u{200e}'), ("rlm", '\u{200f}'),
    ("Agrave", 'À'), ("Aacute", 'Á'), ("Acirc", 'Â'), ("Atilde", 'Ã'), ("Auml", 'Ä'), ("Aring", 'Å'), ("AElig", 'Æ'), ("Ccedil", 'Ç'),
    ("Egrave", 'È'), ("Eacute", 'É'), ("Ecirc", 'Ê'), ("Euml", 'Ë'), ("Igrave", 'Ì'), ("Iacute", 'Í'), ("Icirc", 'Î'), ("Iuml", 'Ï'),
    ("Ntilde", 'Ñ'), ("Ograve", 'Ò'), ("Oacute", 'Ó'), ("Ocirc", 'Ô'), ("Otilde", 'Õ'), ("Ouml", 'Ö'), ("Oslash", 'Ø'), ("OElig", 'Œ'),
    ("Ugrave", 'Ù'), ("Uacute", 'Ú'), ("Ucirc", 'Û'), ("Uuml", 'Ü'), ("Yacute", 'Ý'), ("THORN", 'Þ'), ("szlig", 'ß'), ("Scaron", 'Š'), ("Zcaron", 'Ž'),
    ("agrave", 'à'), ("aacute", 'á'), ("acirc", 'â'), ("atilde", 'ã'), ("auml", 'ä'), ("aring", 'å'), ("aelig", 'æ'), ("ccedil", 'ç'),
    ("egrave", 'è'), ("eacute", 'é'), ("ecirc", 'ê'), ("euml", 'ë'), ("igrave", 'ì'), ("iacute", 'í'), ("icirc", 'î'), ("iuml", 'ï'),
    ("ntilde", 'ñ'), ("ograve", 'ò'), ("oacute", 'ó'), ("ocirc", 'ô'), ("otilde", 'õ'), ("ouml", 'ö'), ("oslash", 'ø'), ("oelig", 'œ'),
    ("ugrave", 'ù'), ("uacute", 'ú'), ("ucirc", 'û'), ("uuml", 'ü'), ("yacute", 'ý'), ("yuml", 'ÿ'), ("thorn", 'þ'), ("eth", 'ð'),
    ("scaron", 'š'), ("zcaron", 'ž'), ("iexcl", '¡'), ("iquest", '¿'), ("Omega", 'Ω'), ("omega", 'ω'), ("alpha", 'α'), ("beta", 'β'), ("mu", 'μ'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities() {
        let table = [
            ("caf&eacute;", "café"),
            ("&#8364;&#x20AC;", "€€"),
            ("&#150;", "–"),
            ("AT&T & co; &unknown;", "AT&T & co; &unknown;"),
            ("&#0;&#xffffffff;", "&#0;&#xffffffff;"),
            ("&", "&"),
        ];
        for (shown, expected) in table {
            assert_eq!(strip(shown), expected, "{shown:?}");
        }
    }

    #[test]
    fn a_hundred_kilobytes_of_open_tags_are_linear() {
        let hostile = "<p <a &".repeat(15_000);
        assert_eq!(strip(&hostile).len(), hostile.len());
        let scripts = "<script>".repeat(15_000);
        assert!(strip(&scripts).is_empty());
        assert_eq!(strip(&"<!--".repeat(25_000)).len(), 100_000);
    }
}
