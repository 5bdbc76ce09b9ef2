//! Reading text: visible words with white space collapsed, one element's own words, raw contents, and text runs with their element.
//! Refuses to judge visibility by style; only elements that never show their contents are left out.

use super::entities;
use super::node::Node;
use super::record::{Kind, NodeRecord};
use super::tags;
use std::borrow::Cow;

/// The source between two offsets that the scanner set; the empty string should they ever not lie on character boundaries.
#[inline]
pub(super) fn slice(source: &str, start: u32, end: u32) -> &str {
    source.get(start as usize..end as usize).unwrap_or_default()
}

pub(super) fn trim(value: Cow<'_, str>) -> Cow<'_, str> {
    match value {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// Appends words with single spaces between them. Keeps whether a space is owed, so that "a</b>c" stays one word and "a</p>c" becomes two.
struct Collapser<'o> {
    out: &'o mut String,
    space_owed: bool,
}

impl<'o> Collapser<'o> {
    fn new(out: &'o mut String) -> Self {
        let space_owed = out.chars().next_back().is_some_and(|last| !last.is_whitespace());
        Collapser { out, space_owed }
    }

    fn push(&mut self, text: &str) {
        for (i, word) in text.split(char::is_whitespace).enumerate() {
            self.space_owed |= i > 0;
            if word.is_empty() {
                continue;
            }
            if self.space_owed && !self.out.is_empty() {
                self.out.push(' ');
            }
            self.space_owed = false;
            self.out.push_str(word);
        }
    }
}

pub(super) fn append_text(node: Node<'_>, out: &mut String) {
    let mut collapser = Collapser::new(out);
    let nodes = &node.document.tape.nodes;
    let end = node.record().subtree_end;
    let mut index = node.index + 1;
    while index < end {
        let record = &nodes[index as usize];
        collapser.space_owed |= leaves_block(nodes, node.index, index);
        match record.kind {
            Kind::Element if tags::HIDDEN.has(record.tag) => {
                index = record.subtree_end;
                continue;
            }
            Kind::Element => collapser.space_owed |= !tags::INLINE.has(record.tag),
            Kind::Text | Kind::RawText => collapser.push(&decoded(node.document.source, record)),
        }
        index += 1;
    }
}

/// Whether a block inside `root` ended just before `index`. Every element ends once, so over a whole walk this costs its elements.
fn leaves_block(nodes: &[NodeRecord], root: u32, index: u32) -> bool {
    let mut before = index - 1;
    while before != root && nodes[before as usize].subtree_end <= index {
        let record = &nodes[before as usize];
        if record.kind == Kind::Element && !tags::INLINE.has(record.tag) {
            return true;
        }
        before = record.parent;
    }
    false
}

pub(super) fn own_text(node: Node<'_>) -> String {
    let mut out = String::new();
    let mut collapser = Collapser::new(&mut out);
    let nodes = &node.document.tape.nodes;
    let end = node.record().subtree_end;
    let mut index = node.index + 1;
    while index < end {
        let record = &nodes[index as usize];
        match record.kind {
            Kind::Element => collapser.space_owed = true,
            Kind::Text | Kind::RawText => collapser.push(&decoded(node.document.source, record)),
        }
        index = record.subtree_end;
    }
    out
}

pub(super) fn first_text<'d>(node: Node<'d>) -> &'d str {
    let record = node.record();
    let first = node.document.tape.nodes.get(node.index as usize + 1);
    match first {
        Some(text) if record.subtree_end > node.index + 1 && text.kind != Kind::Element => {
            slice(node.document.source, text.start, text.end)
        }
        _ => "",
    }
}

fn decoded<'d>(source: &'d str, record: &NodeRecord) -> Cow<'d, str> {
    let raw = slice(source, record.start, record.end);
    match record.kind {
        Kind::RawText => Cow::Borrowed(raw),
        _ => entities::decode_entities(raw),
    }
}

/// A piece of text and the element it stands in directly.
#[derive(Clone, Copy)]
pub struct TextRun<'d> {
    pub parent: Node<'d>,
    record: &'d NodeRecord,
}

impl<'d> TextRun<'d> {
    /// The text as the source spells it.
    pub fn raw(self) -> &'d str {
        slice(self.parent.document.source, self.record.start, self.record.end)
    }

    /// The text, character references decoded, white space as it stands.
    pub fn text(self) -> Cow<'d, str> {
        decoded(self.parent.document.source, self.record)
    }
}

/// See [`Node::texts`].
#[derive(Clone)]
pub struct Texts<'d> {
    root: Node<'d>,
    next: u32,
    end: u32,
}

impl<'d> Texts<'d> {
    pub(super) fn new(root: Node<'d>) -> Self {
        Texts { root, next: root.index + 1, end: root.record().subtree_end }
    }
}

impl<'d> Iterator for Texts<'d> {
    type Item = TextRun<'d>;

    fn next(&mut self) -> Option<TextRun<'d>> {
        let document = self.root.document;
        while self.next < self.end {
            let record = &document.tape.nodes[self.next as usize];
            if record.kind == Kind::Element {
                self.next = if tags::HIDDEN.has(record.tag) { record.subtree_end } else { self.next + 1 };
                continue;
            }
            self.next += 1;
            return Some(TextRun { parent: document.at(record.parent), record });
        }
        None
    }
}

/// White space of the HTML standard.
#[inline(always)]
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | b'\x0C')
}

pub(super) fn first_non_space(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|&byte| !is_space(byte))
}
