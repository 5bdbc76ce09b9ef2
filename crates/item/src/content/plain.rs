//! Foreign text as plain text: no markup, entities or invisible characters, composed letters, single spaces.
//!
//! What a text means is not decided here; only noise that no shop means to say (`Read more`) is dropped. Linear in the text.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::markup;

/// `text` on one line.
#[must_use]
pub fn text(text: &str) -> String {
    let clean = clean(text);
    let mut line = String::with_capacity(clean.len());
    for word in clean.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// `text` as paragraphs and list items, one a line; at most one empty line between two.
#[must_use]
pub fn lines(text: &str) -> String {
    let clean = clean(text);
    let mut out = String::with_capacity(clean.len());
    let (mut last, mut blank) = (String::new(), false);
    for line in clean.lines() {
        let line = bullet(line);
        if line.is_empty() {
            blank = !out.is_empty();
            continue;
        }
        let line = without_more(&line);
        if line.is_empty() || line == last {
            continue;
        }
        if !out.is_empty() {
            out.push_str(if blank { "\n\n" } else { "\n" });
        }
        blank = false;
        out.push_str(line);
        line.clone_into(&mut last);
    }
    out
}

/// `text`, at most `bytes` long, cut on a character's edge.
#[must_use]
pub fn cut(mut text: String, bytes: usize) -> String {
    text.truncate(text.floor_char_boundary(bytes));
    text
}

/// Markup and invisible characters gone, line breaks kept.
fn clean(text: &str) -> String {
    let mut bare = markup::strip(text);
    // A feed that was escaped once too often: what comes out of the entities is markup again.
    if bare.contains('<') || bare.contains('&') {
        bare = markup::strip(&bare);
    }
    let mut out = String::with_capacity(bare.len());
    let mut before = ' ';
    for c in bare.chars() {
        if let Some(c) = visible(c, before) {
            out.push(c);
            before = c;
        }
    }
    if is_nfc_quick(out.chars()) == IsNormalized::Yes { out } else { out.nfc().collect() }
}

/// The character to write for `c`, which follows `before`.
fn visible(c: char, before: char) -> Option<char> {
    match c {
        '\n' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' => Some('\n'),
        '\u{ad}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fffd}' => None,
        // Joiners mean something inside Persian, Indic and emoji sequences only.
        '\u{200c}' | '\u{200d}' => (before >= '\u{600}').then_some(c),
        c if c.is_control() || c.is_whitespace() => Some(' '),
        // Full-width Latin letters and digits of East Asian shops.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        _ => Some(c),
    }
}

/// A line with single spaces, its bullet written as `• `.
fn bullet(line: &str) -> String {
    let line = line.trim();
    let rest = line.trim_start_matches(['•', '·', '●', '▪', '■', '◦', '‣', '✓', '✔', '►', '*', '\u{fe0f}', '➤', '➔']);
    let dash = line.strip_prefix("- ").or_else(|| line.strip_prefix("– ")).or_else(|| line.strip_prefix("— "));
    let (mark, rest) = match dash {
        Some(rest) => ("• ", rest),
        None if rest.len() < line.len() => ("• ", rest),
        None => ("", line),
    };
    let mut out = String::with_capacity(line.len());
    for word in rest.split_whitespace() {
        out.push_str(if out.is_empty() { mark } else { " " });
        out.push_str(word);
    }
    out
}

/// What shops put under a folded text.
const MORE: &[&str] = &[
    "read more",
    "read less",
    "show more",
    "show less",
    "see more",
    "view more",
    "learn more",
    "weiterlesen",
    "mehr lesen",
    "mehr anzeigen",
    "weniger anzeigen",
    "mehr erfahren",
    "lire la suite",
    "voir plus",
    "voir moins",
    "lire plus",
    "leer más",
    "ver más",
    "ver menos",
    "mostrar más",
    "leggi tutto",
    "leggi di più",
    "mostra di più",
    "mostra altro",
    "lees meer",
    "toon meer",
    "meer lezen",
    "czytaj więcej",
    "pokaż więcej",
    "zobacz więcej",
    "rozwiń",
    "läs mer",
    "visa mer",
    "læs mere",
    "vis mere",
    "les mer",
    "vis mer",
    "lue lisää",
    "näytä lisää",
    "ler mais",
    "ver mais",
    "číst dále",
    "zobrazit více",
    "читать далее",
    "показать ещё",
    "devamını oku",
    "続きを読む",
    "もっと見る",
    "もっと読む",
    "查看更多",
    "阅读更多",
    "더보기",
];

/// `line` without a closing "Read more", which may be all of it.
fn without_more(line: &str) -> &str {
    let bare = line.trim_end_matches(['.', '…', '»', '›', '>', '+', '→', '▼', ' ', ']', ')']);
    let from = bare.floor_char_boundary(bare.len().saturating_sub(40));
    let tail = bare[from..].to_lowercase();
    let Some(more) = MORE.iter().find(|more| tail.ends_with(**more)) else { return line };
    let starts = bare.char_indices().rev().nth(more.chars().count() - 1).map_or(0, |(at, _)| at);
    let head = bare[..starts].trim_end();
    // As the end of a sentence it is noise only behind its mark: "where you can read more" is said by the shop.
    if head.is_empty() || head.ends_with(['.', '…', '!', '?', '[', '(']) {
        head.trim_end_matches(['[', '(', ' '])
    } else {
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        let table = [
            ("  Shirt \u{a0} blue\t", "Shirt blue"),
            ("<b>Shirt</b> &amp; tie", "Shirt & tie"),
            ("Caf\u{65}\u{301}", "Café"),
            ("Zero\u{200b}width \u{202e}bidi", "Zerowidth bidi"),
            ("soft\u{ad}hyphen", "softhyphen"),
            ("５００ｍｌ", "500ml"),
            ("5 < 6 and 7 > 2", "5 < 6 and 7 > 2"),
            ("size <M>", "size <M>"),
            ("&lt;p&gt;Hi&lt;/p&gt;", "Hi"),
            ("&amp;lt;b&amp;gt;Hi", "<b>Hi"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("", ""),
        ];
        for (shown, expected) in table {
            assert_eq!(text(shown), expected, "{shown:?}");
        }
    }

    #[test]
    fn paragraphs_and_bullets() {
        let table = [
            ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
            ("<ul><li>red</li><li>blue</li></ul>", "• red\n• blue"),
            ("- red\n- blue", "• red\n• blue"),
            ("✔️ red\n• blue", "• red\n• blue"),
            ("One\n\n\n\nTwo", "One\n\nTwo"),
            ("One\nOne\nTwo", "One\nTwo"),
            ("A text. Read more", "A text."),
            ("A text… Weiterlesen »", "A text…"),
            ("A text\nLire la suite", "A text"),
            ("Our guide, where you can read more", "Our guide, where you can read more"),
            ("<script>var a = '<p>';</script>Text<style>p{}</style>", "Text"),
            ("<!-- hidden -->Text<br/>more", "Text\nmore"),
            ("<table><tr><td>Width</td><td>5 cm</td></tr></table>", "Width 5 cm"),
        ];
        for (shown, expected) in table {
            assert_eq!(lines(shown), expected, "{shown:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(any in "\\PC*", html in "(<|>|&|&#|;|p|/|script|!--| |x|[0-9]|é)*") {
            let _ = (lines(&any), text(&any), lines(&html), text(&html));
        }
    }
}
