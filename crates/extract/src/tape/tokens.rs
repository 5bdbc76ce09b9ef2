//! The token loop: cuts the source into text, start tags, end tags, comments and doctype, and hands them on in order. Refuses to know the
//! rules by tag.

use super::lanes;
use super::names::Tag;
use super::record::Kind;
use super::scan::{self, StartTag};
use super::text;
use super::tree::{Builder, Phase};

/// Public identifiers of doctypes that mean quirks.
const QUIRKY_IDS: [&str; 5] = [
    "-//w3c//dtd html 3",
    "-//ietf//dtd html",
    "-//w3o//dtd w3 html",
    "-//w3c//dtd html 4.0 transitional",
    "-//w3c//dtd html 4.0 frameset",
];

/// Those that mean quirks if no system identifier follows.
const QUIRKY_IDS_ALONE: [&str; 2] = ["-//w3c//dtd html 4.01 transitional//", "-//w3c//dtd html 4.01 frameset//"];

impl Builder<'_> {
    pub(super) fn tokens(&mut self) {
        let mut text_start = self.at;
        while self.at < self.bytes.len() {
            let Some(start) = lanes::find(self.bytes, self.at, b'<') else {
                break;
            };
            let next = self.bytes.get(start + 1).copied().unwrap_or(b' ');
            if !(next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?')) {
                self.at = start + 1;
                continue;
            }
            if next == b'/' && start + 2 >= self.bytes.len() {
                break;
            }
            self.text(text_start, start);
            match next {
                b'/' => self.end_token(start),
                b'!' | b'?' => self.declaration(start),
                _ => self.start_token(start),
            }
            text_start = self.at;
        }
        self.text(text_start, self.bytes.len());
        self.at = self.bytes.len();
    }

    fn start_token(&mut self, start: usize) {
        let (name_end, tag) = scan::tag_name(self.bytes, start + 1);
        let attributes_start = self.tape.attributes.len();
        let Some((end, self_closing)) = scan::attributes(self.bytes, name_end, &mut self.tape.attributes) else {
            // The page ends inside the tag: it never was one.
            self.tape.attributes.truncate(attributes_start);
            self.at = self.bytes.len();
            return;
        };
        self.at = end;
        self.skip_line_feed = false;
        self.start_tag(StartTag {
            tag,
            start: start as u32,
            end: end as u32,
            name_len: scan::cut_name(self.bytes, start + 1, name_end),
            attributes_start: attributes_start as u32,
            self_closing,
        });
    }

    fn end_token(&mut self, start: usize) {
        self.skip_line_feed = false;
        if !self.bytes[start + 2].is_ascii_alphabetic() {
            self.at = scan::after_gt(self.bytes, start + 2);
            return;
        }
        let (name_end, tag) = scan::tag_name(self.bytes, start + 2);
        self.at = match self.bytes.get(name_end) {
            Some(b'>') => name_end + 1,
            // An end tag may carry attributes, quoted `>` included.
            _ => {
                let kept = self.tape.attributes.len();
                let end = scan::attributes(self.bytes, name_end, &mut self.tape.attributes);
                self.tape.attributes.truncate(kept);
                let Some((end, _)) = end else {
                    self.at = self.bytes.len();
                    return;
                };
                end
            }
        };
        self.end_tag(tag, start + 2, name_end);
    }

    /// Comments, the doctype, and what the standard treats as comments.
    fn declaration(&mut self, start: usize) {
        let rest = &self.bytes[start..];
        if rest.starts_with(b"<!--") {
            self.at = scan::comment_end(self.bytes, start + 4);
        } else if rest.starts_with(b"<![CDATA[") && self.top().follows_foreign_rules() {
            let from = start + 9;
            let len = memchr::memmem::find(&self.bytes[from..], b"]]>");
            let end = len.map_or(self.bytes.len(), |len| from + len);
            self.push_text(from, end, Kind::RawText);
            self.at = (end + 3).min(self.bytes.len());
        } else {
            self.at = scan::after_gt(self.bytes, start + 2);
            let doctype = rest.get(2..9).is_some_and(|word| word.eq_ignore_ascii_case(b"doctype"));
            if doctype && self.tape.nodes.len() == 1 {
                self.quirks = is_quirky(&self.bytes[start + 9..self.at]);
            }
        }
    }

    /// Text between tags, from `start` to `end`.
    fn text(&mut self, mut start: usize, end: usize) {
        if self.skip_line_feed && start < end {
            self.skip_line_feed = false;
            start += self.bytes[start..end].starts_with(b"\r\n") as usize;
            start += matches!(self.bytes[start], b'\n' | b'\r') as usize;
        }
        if start >= end {
            return;
        }
        if self.phase != Phase::Body {
            let words = text::first_non_space(&self.bytes[start..end]);
            let space_end = words.map_or(end, |len| start + len);
            if self.phase == Phase::InHead && start < space_end {
                self.push_text(start, space_end, Kind::Text);
            }
            if space_end == end {
                return;
            }
            self.need_body();
            start = space_end;
        }
        if self.top().tag == Tag::ColGroup && text::first_non_space(&self.bytes[start..end]).is_some() {
            self.pop();
        }
        self.push_text(start, end, Kind::Text);
    }
}

/// Whether a doctype (what follows the word) makes a browser lay the page out as in the nineties, where a table does not close a `p`.
fn is_quirky(doctype: &[u8]) -> bool {
    let text = String::from_utf8_lossy(doctype).to_ascii_lowercase();
    let name = text.trim_start().split([' ', '\t', '\n', '\r', '>']).next().unwrap_or_default();
    let has_system_id = text.contains("http://") || text.contains("https://");
    name != "html"
        || QUIRKY_IDS.iter().any(|id| text.contains(id))
        || !has_system_id && QUIRKY_IDS_ALONE.iter().any(|id| text.contains(id))
}
