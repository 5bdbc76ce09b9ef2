//! Writing to the tape and keeping the stack: elements and texts go in, open elements are pushed and popped, lists by name are linked.
//! Refuses to decide where anything goes: it is always below the top of the stack.

use super::names::{Attr, Tag};
use super::open;
use super::record::{DEPTH_MAX, Kind, NONE, NodeRecord};
use super::scan::StartTag;
use super::tree::Builder;
use super::words::{MarkBits, Marks};

/// Late `<html>` and `<body>` tags whose attributes are still added to the first one's.
const MERGES_MAX: usize = 8;

impl Builder<'_> {
    #[inline]
    pub(super) fn push_text(&mut self, start: usize, end: usize, kind: Kind) {
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

    /// Writes an element that the page spells out, as a child of the top; answers its index.
    #[inline]
    pub(super) fn insert(&mut self, token: &StartTag, tag: Tag) -> u32 {
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
    pub(super) fn synthesize(&mut self, tag: Tag) -> u32 {
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
    pub(super) fn open(&mut self, tag: Tag, node: u32) {
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
    pub(super) fn insert_open(&mut self, token: &StartTag) -> u32 {
        let node = self.insert(token, token.tag);
        self.open(token.tag, node);
        node
    }

    /// Forgets a start tag that counts for nothing.
    pub(super) fn ignore(&mut self, token: &StartTag) {
        self.tape.attributes.truncate(token.attributes_start as usize);
    }

    #[inline]
    pub(super) fn pop(&mut self) {
        self.pop_to(self.stack.len() - 1);
    }

    /// Closes every element from stack position `position` on.
    #[inline]
    pub(super) fn pop_to(&mut self, position: usize) {
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
    pub(super) fn find_in_scope(&self, tag: Tag) -> Option<usize> {
        if !self.top().scope.has(tag) {
            return None;
        }
        self.find_open(tag)
    }

    pub(super) fn find_open(&self, tag: Tag) -> Option<usize> {
        self.stack.iter().rposition(|entry| entry.tag == tag && !entry.is(open::CLOSED))
    }

    /// Adds the attributes of a repeated `html` or `body` tag that the first one lacks.
    pub(super) fn merge_attributes(&mut self, token: &StartTag, node: u32) {
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
