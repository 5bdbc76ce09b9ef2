//! The parse pass: [`Parser`] owns the buffers, [`Builder`] walks the source once and writes the tape. Here are the token loop, the
//! inserting and closing of elements, and what happens before the body; the rules by tag are in `start_tags.rs`, `end_tags.rs`,
//! `tables.rs` and `foreign.rs`. Refuses to fail: every text is some tree.

use super::lanes;
use super::names::{Attr, Tag};
use super::open::{self, Open};
use super::query::Document;
use super::record::{DEPTH_MAX, Kind, NONE, NodeRecord, SOURCE_BYTES_MAX, Tape};
use super::scan::{self, StartTag};
use super::tags;
use super::text;
use super::words::{MarkBits, Marks, WordMemo};

/// Late `<html>` and `<body>` tags whose attributes are still added to the first one's.
const MERGES_MAX: usize = 8;

/// Open elements walked past, for each byte of the page, by end tags that then close nothing or close in place. A real page needs less than
/// one; past the limit such end tags are dropped, so that no page costs its depth for every tag.
const WALK_PER_BYTE_MAX: usize = 8;

/// The same for a page of no bytes.
const WALK_FREE: usize = 65_536;

/// Parses pages, one at a time, in buffers that it keeps. Make one for each worker.
#[derive(Debug, Default)]
pub struct Parser {
    tape: Tape,
    stack: Vec<Open>,
    memo: WordMemo,
    /// Open elements walked past on the last page.
    #[cfg(test)]
    pub(super) walked: usize,
}

impl Parser {
    pub fn new() -> Parser {
        Parser::default()
    }

    /// Parses a page. The document borrows the parser until the next one.
    pub fn parse<'d>(&'d mut self, html: &'d str) -> Document<'d> {
        let source = match html.len() {
            0..=SOURCE_BYTES_MAX => html,
            _ => &html[..html.floor_char_boundary(SOURCE_BYTES_MAX)],
        };
        self.tape.clear();
        self.stack.clear();
        self.memo.clear();
        let walk_left = Builder::new(source, self).run();
        let _ = walk_left;
        #[cfg(test)]
        {
            self.walked = walk_max(source) - walk_left;
        }
        Document { tape: &self.tape, source }
    }
}

fn walk_max(source: &str) -> usize {
    source.len().saturating_mul(WALK_PER_BYTE_MAX).saturating_add(WALK_FREE)
}

/// How far the page has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    BeforeHead,
    InHead,
    AfterHead,
    Body,
}

/// A `noscript`, whose contents end where its end tag stands as text, whatever is open inside.
struct NoScript {
    position: usize,
    form: u32,
}

pub(super) struct Builder<'p> {
    pub source: &'p str,
    /// What may be read now: the source, or the source up to the end of the current `noscript`.
    pub bytes: &'p [u8],
    pub at: usize,
    pub tape: &'p mut Tape,
    pub stack: &'p mut Vec<Open>,
    pub phase: Phase,
    pub head: u32,
    pub body: u32,
    /// The `form` that has not been closed; while there is one, other forms are ignored.
    pub form: u32,
    pub quirks: bool,
    memo: &'p mut WordMemo,
    /// The phase to return to when the stack shrinks to this: contents of `template` and `noscript` in the head follow the body's rules.
    resume: Option<(usize, Phase)>,
    noscript: Option<NoScript>,
    merges: usize,
    /// Start tags by tag that were not opened because of [`DEPTH_MAX`]; their end tags must close nothing.
    pub unopened: [u32; 128],
    pub any_unopened: bool,
    skip_line_feed: bool,
    /// Open elements that end tags may still walk past; see [`WALK_PER_BYTE_MAX`].
    walk_left: usize,
}

impl<'p> Builder<'p> {
    fn new(source: &'p str, parser: &'p mut Parser) -> Builder<'p> {
        Builder {
            source,
            bytes: source.as_bytes(),
            at: 0,
            tape: &mut parser.tape,
            stack: &mut parser.stack,
            phase: Phase::BeforeHead,
            head: NONE,
            body: NONE,
            form: NONE,
            quirks: true,
            memo: &mut parser.memo,
            resume: None,
            noscript: None,
            merges: 0,
            unopened: [0; 128],
            any_unopened: false,
            skip_line_feed: false,
            walk_left: walk_max(source),
        }
    }

    /// Parses; answers how much could still have been walked.
    fn run(mut self) -> usize {
        let root = self.synthesize(Tag::Html);
        self.stack.push(Open::root(root));
        loop {
            self.tokens();
            // The end of a noscript's contents is not the end of the page.
            let Some(noscript) = self.noscript.take() else { break };
            self.form = noscript.form;
            self.pop_to(noscript.position);
            self.at = self.bytes.len();
            self.bytes = self.source.as_bytes();
            self.at = scan::after_gt(self.bytes, self.at);
        }
        // A template or noscript left open in the head still suspends the head's rules.
        if let Some((depth, _)) = self.resume {
            self.pop_to(depth);
        }
        self.need_body();
        self.pop_to(0);
        self.walk_left
    }

    fn tokens(&mut self) {
        let mut text_start = self.at;
        while self.at < self.bytes.len() {
            let Some(start) = lanes::find(self.bytes, self.at, b'<') else { break };
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

    #[inline]
    pub fn push_text(&mut self, start: usize, end: usize, kind: Kind) {
        if start >= end {
            return;
        }
        let index = self.tape.nodes.len() as u32;
        self.tape.nodes.push(NodeRecord {
            start: start as u32,
            end: end as u32,
            parent: self.top().node,
            subtree_end: index + 1,
            attributes_start: 0,
            next_of_tag: NONE,
            attributes_len: 0,
            name_len: 0,
            tag: Tag::Unknown,
            kind,
        });
        self.tape.marks.push(MarkBits::default());
    }

    #[inline(always)]
    pub fn top(&self) -> &Open {
        &self.stack[self.stack.len() - 1]
    }

    /// Writes an element that the page spells out, as a child of the top; answers its index.
    #[inline]
    pub fn insert(&mut self, token: &StartTag, tag: Tag) -> u32 {
        let index = self.tape.nodes.len() as u32;
        let (first, len) = (token.attributes_start as usize, self.tape.attributes.len());
        let mut own = Marks::default();
        for i in first..len {
            let record = &mut self.tape.attributes[i];
            record.owner = index;
            let attr = record.attr;
            if attr == Attr::Unknown {
                continue;
            }
            if matches!(attr, Attr::Class | Attr::Id) {
                let value = record.value_start as usize..record.value_end as usize;
                own = own | self.memo.marks(self.source.as_bytes(), value);
            }
            let before = self.tape.by_attr.push(attr as u8, i as u32);
            if before != NONE {
                self.tape.attributes[before as usize].next_of_name = i as u32;
            }
        }
        let record = NodeRecord {
            start: token.start,
            end: token.end,
            parent: NONE,
            subtree_end: index + 1,
            attributes_start: token.attributes_start,
            next_of_tag: NONE,
            attributes_len: (len - first) as u16,
            name_len: token.name_len,
            tag,
            kind: Kind::Element,
        };
        self.push_element(record, own)
    }

    /// Writes an element that the page leaves out.
    pub fn synthesize(&mut self, tag: Tag) -> u32 {
        let index = self.tape.nodes.len() as u32;
        let at = self.at as u32;
        let record = NodeRecord {
            start: at,
            end: at,
            parent: NONE,
            subtree_end: index + 1,
            attributes_start: 0,
            next_of_tag: NONE,
            attributes_len: 0,
            name_len: 0,
            tag,
            kind: Kind::Element,
        };
        self.push_element(record, Marks::default())
    }

    #[inline]
    fn push_element(&mut self, mut record: NodeRecord, own: Marks) -> u32 {
        let index = self.tape.nodes.len() as u32;
        let mut inherited = Marks::default();
        if let Some(top) = self.stack.last() {
            record.parent = top.node;
            inherited = top.marks;
        }
        let before = self.tape.by_tag.push(record.tag as u8, index);
        if before != NONE {
            self.tape.nodes[before as usize].next_of_tag = index;
        }
        self.tape.nodes.push(record);
        self.tape.marks.push(MarkBits { own, inherited });
        index
    }

    /// Opens an element just written, unless the stack is full.
    #[inline]
    pub fn open(&mut self, tag: Tag, node: u32) {
        let position = self.stack.len();
        if position < DEPTH_MAX {
            let own = self.tape.marks[node as usize].own;
            let entry = self.top().child(tag, node, own, position);
            self.stack.push(entry);
        } else {
            self.unopened[tag as usize & 127] += 1;
            self.any_unopened = true;
        }
    }

    /// Writes and opens.
    #[inline]
    pub fn insert_open(&mut self, token: &StartTag) -> u32 {
        let node = self.insert(token, token.tag);
        self.open(token.tag, node);
        node
    }

    /// Forgets a start tag that counts for nothing.
    pub fn ignore(&mut self, token: &StartTag) {
        self.tape.attributes.truncate(token.attributes_start as usize);
    }

    #[inline]
    pub fn pop(&mut self) {
        self.pop_to(self.stack.len() - 1);
    }

    /// Closes every element from stack position `position` on.
    #[inline]
    pub fn pop_to(&mut self, position: usize) {
        let end = self.tape.nodes.len() as u32;
        if self.any_unopened && self.stack.len() == DEPTH_MAX && position < DEPTH_MAX {
            self.unopened = [0; 128];
            self.any_unopened = false;
        }
        while let Some(entry) = self.stack.last()
            && (self.stack.len() > position || entry.is(open::CLOSED))
        {
            self.tape.nodes[entry.node as usize].subtree_end = end;
            self.stack.pop();
        }
        if let Some((depth, phase)) = self.resume
            && self.stack.len() <= depth
        {
            self.phase = phase;
            self.resume = None;
        }
    }

    /// The topmost open element of this tag, if it is in scope.
    #[inline]
    pub fn find_in_scope(&self, tag: Tag) -> Option<usize> {
        if !self.top().scope.has(tag) {
            return None;
        }
        self.find_open(tag)
    }

    pub fn find_open(&self, tag: Tag) -> Option<usize> {
        self.stack.iter().rposition(|entry| entry.tag == tag && !entry.is(open::CLOSED))
    }

    /// Takes `entries` from what may still be walked; answers whether there was as much.
    #[inline]
    pub fn may_walk(&mut self, entries: usize) -> bool {
        let enough = self.walk_left >= entries;
        self.walk_left = self.walk_left.saturating_sub(entries);
        enough
    }

    /// Makes sure that `head` is open, reopening it while the body has not begun.
    pub fn need_head(&mut self) {
        match self.phase {
            Phase::BeforeHead => {
                self.head = self.synthesize(Tag::Head);
                self.open(Tag::Head, self.head);
            }
            Phase::AfterHead => self.open(Tag::Head, self.head),
            Phase::InHead | Phase::Body => return,
        }
        self.phase = Phase::InHead;
    }

    /// Makes sure that the body has begun.
    pub fn need_body(&mut self) {
        if self.phase == Phase::Body {
            return;
        }
        self.leave_head();
        self.body = self.synthesize(Tag::Body);
        self.open(Tag::Body, self.body);
        self.phase = Phase::Body;
    }

    pub fn leave_head(&mut self) {
        self.need_head();
        self.pop_to(1);
        self.phase = Phase::AfterHead;
    }

    /// Gives the contents of an element in the head the body's rules until it closes.
    pub fn suspend_phase(&mut self) {
        if self.phase != Phase::Body && self.resume.is_none() {
            self.resume = Some((self.stack.len() - 1, self.phase));
            self.phase = Phase::Body;
        }
    }

    /// Opens a `noscript`. A browser that runs scripts takes its contents as text up to the first `</noscript`; so nothing inside may reach out.
    pub fn open_noscript(&mut self, token: &StartTag) {
        self.insert_open(token);
        let position = self.stack.len() - 1;
        if self.noscript.is_some() || self.top().tag != Tag::NoScript {
            return;
        }
        self.suspend_phase();
        let end = scan::raw_end(self.bytes, self.at, "noscript");
        self.noscript = Some(NoScript { position, form: std::mem::replace(&mut self.form, NONE) });
        self.bytes = &self.bytes[..end];
    }

    pub fn in_noscript(&self) -> bool {
        self.noscript.is_some()
    }

    /// Writes an element whose contents are one text up to its end tag.
    pub fn raw_element(&mut self, token: &StartTag) {
        let node = self.insert(token, token.tag);
        let end = match token.tag {
            Tag::Script => scan::script_end(self.bytes, self.at),
            tag => scan::raw_end(self.bytes, self.at, tag.name()),
        };
        let mut start = self.at;
        if token.tag == Tag::TextArea {
            start += self.bytes[start..end].starts_with(b"\r\n") as usize;
            start += self.bytes[start..end].starts_with(b"\n") as usize;
        }
        let kind = if tags::ESCAPABLE_RAW.has(token.tag) { Kind::Text } else { Kind::RawText };
        self.push_text(start, end, kind);
        let last = self.tape.nodes.len() as u32;
        if last > node + 1 {
            self.tape.nodes[node as usize + 1].parent = node;
            self.tape.nodes[node as usize].subtree_end = last;
        }
        self.at = end;
        if end < self.bytes.len() {
            self.skip_raw_end_tag(end, token.tag);
        }
    }

    fn skip_raw_end_tag(&mut self, start: usize, tag: Tag) {
        let kept = self.tape.attributes.len();
        let from = start + 2 + tag.name().len();
        let end = scan::attributes(self.bytes, from, &mut self.tape.attributes);
        self.tape.attributes.truncate(kept);
        self.at = end.map_or(self.bytes.len(), |(end, _)| end);
    }

    /// The line feed right after this start tag is not part of the text.
    pub fn skip_next_line_feed(&mut self) {
        self.skip_line_feed = true;
    }

    /// Adds the attributes of a repeated `html` or `body` tag that the first one lacks.
    pub fn merge_attributes(&mut self, token: &StartTag, node: u32) {
        if node == NONE || self.merges >= MERGES_MAX || self.in_noscript() {
            return self.ignore(token);
        }
        self.merges += 1;
        let added = self.tape.attributes.split_off(token.attributes_start as usize);
        let record = self.tape.nodes[node as usize];
        let old = record.attributes_start as usize..record.attributes_start as usize + record.attributes_len as usize;
        let first = self.tape.attributes.len();
        self.tape.attributes.extend_from_within(old);
        for mut attribute in added {
            let known = attribute.attr != Attr::Unknown;
            if known && self.tape.attributes[first..].iter().any(|other| other.attr == attribute.attr) {
                continue;
            }
            attribute.owner = node;
            let index = self.tape.attributes.len() as u32;
            self.tape.attributes.push(attribute);
            if known {
                let before = self.tape.by_attr.push(attribute.attr as u8, index);
                if before != NONE {
                    self.tape.attributes[before as usize].next_of_name = index;
                }
            }
        }
        let record = &mut self.tape.nodes[node as usize];
        record.attributes_start = first as u32;
        record.attributes_len = (self.tape.attributes.len() - first).min(u16::MAX as usize) as u16;
    }
}

/// Whether a doctype (what follows the word) makes a browser lay the page out as in the nineties, where a table does not close a `p`.
fn is_quirky(doctype: &[u8]) -> bool {
    let text = String::from_utf8_lossy(doctype).to_ascii_lowercase();
    let name = text.trim_start().split([' ', '\t', '\n', '\r', '>']).next().unwrap_or_default();
    let old = ["-//w3c//dtd html 3", "-//ietf//dtd html", "-//w3o//dtd w3 html", "-//w3c//dtd html 4.0 transitional", "-//w3c//dtd html 4.0 frameset"];
    let transitional = ["-//w3c//dtd html 4.01 transitional//", "-//w3c//dtd html 4.01 frameset//"];
    let no_system = !text.contains("http://") && !text.contains("https://");
    name != "html" || old.iter().any(|id| text.contains(id)) || no_system && transitional.iter().any(|id| text.contains(id))
}
