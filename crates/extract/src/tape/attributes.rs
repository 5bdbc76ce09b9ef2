//! Reading attributes: one of an element, all of an element, all elements that carry one. Refuses to scan them (`scan.rs` does).

use super::entities;
use super::names::Attr;
use super::node::Node;
use super::query::Document;
use super::record::{AttributeRecord, NONE};
use super::text;
use std::borrow::Cow;

/// One attribute of an element.
#[derive(Clone, Copy)]
pub struct Attribute<'d> {
    source: &'d str,
    record: &'d AttributeRecord,
}

impl<'d> Attribute<'d> {
    /// The known name, or `Attr::Unknown`.
    pub fn attr(self) -> Attr {
        self.record.attr
    }

    /// The name: lower case if known, otherwise as the source spells it.
    pub fn name(self) -> &'d str {
        let record = self.record;
        match record.attr {
            Attr::Unknown => text::slice(self.source, record.name_start, record.name_start + record.name_len as u32),
            attr => attr.name(),
        }
    }

    /// The value, character references decoded.
    pub fn value(self) -> Cow<'d, str> {
        entities::decode_attribute(self.raw_value())
    }

    /// The value as the source spells it.
    pub fn raw_value(self) -> &'d str {
        text::slice(self.source, self.record.value_start, self.record.value_end)
    }
}

fn records<'d>(node: Node<'d>) -> &'d [AttributeRecord] {
    let record = node.record();
    let start = record.attributes_start as usize;
    &node.document.tape.attributes[start..start + record.attributes_len as usize]
}

pub(super) fn of<'d>(node: Node<'d>) -> impl Iterator<Item = Attribute<'d>> {
    let source = node.document.source;
    records(node).iter().map(move |record| Attribute { source, record })
}

/// The first of that name counts, as the HTML standard says.
#[inline]
pub(super) fn find<'d>(node: Node<'d>, attr: Attr) -> Option<Attribute<'d>> {
    let record = records(node).iter().find(|record| record.attr == attr)?;
    (attr != Attr::Unknown).then_some(Attribute { source: node.document.source, record })
}

/// See [`Document::with_attr`].
#[derive(Clone)]
pub struct WithAttr<'d> {
    document: Document<'d>,
    next: u32,
}

impl<'d> WithAttr<'d> {
    pub(super) fn new(document: Document<'d>, attr: Attr) -> Self {
        WithAttr { document, next: document.tape.by_attr.heads[attr as usize] }
    }
}

impl<'d> Iterator for WithAttr<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        if self.next == NONE {
            return None;
        }
        let record = &self.document.tape.attributes[self.next as usize];
        self.next = record.next_of_name;
        Some(self.document.at(record.owner))
    }
}
