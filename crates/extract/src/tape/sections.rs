//! The page's large parts: head and body, inferred where the page leaves them out, and the elements whose contents follow other rules:
//! raw text, `noscript`, and templates in the head.

use super::names::Tag;
use super::record::{Kind, NONE};
use super::scan::{self, StartTag};
use super::tags;
use super::tree::{Builder, NoScript, Phase};

impl Builder<'_> {
    /// Makes sure that `head` is open, reopening it while the body has not begun.
    pub(super) fn need_head(&mut self) {
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
    pub(super) fn need_body(&mut self) {
        if self.phase == Phase::Body {
            return;
        }
        self.leave_head();
        self.body = self.synthesize(Tag::Body);
        self.open(Tag::Body, self.body);
        self.phase = Phase::Body;
    }

    pub(super) fn leave_head(&mut self) {
        self.need_head();
        self.pop_to(1);
        self.phase = Phase::AfterHead;
    }

    /// Gives the contents of an element in the head the body's rules until it closes.
    pub(super) fn suspend_phase(&mut self) {
        if self.phase != Phase::Body && self.resume.is_none() {
            self.resume = Some((self.stack.len() - 1, self.phase));
            self.phase = Phase::Body;
        }
    }

    /// Opens a `noscript`. A browser that runs scripts takes its contents as text up to the first `</noscript`; so nothing inside may reach out.
    pub(super) fn open_noscript(&mut self, token: &StartTag) {
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

    pub(super) fn in_noscript(&self) -> bool {
        self.noscript.is_some()
    }

    /// Writes an element whose contents are one text up to its end tag.
    pub(super) fn raw_element(&mut self, token: &StartTag) {
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
}
