//! The ways through a page's elements: by tag, up, down, and across. Refuses to give texts.

use super::node::Node;
use super::query::Document;
use super::record::{Kind, NONE};

/// See [`Document::elements`].
#[derive(Clone)]
pub struct Elements<'d> {
    pub(super) document: Document<'d>,
    pub(super) next: u32,
}

impl<'d> Iterator for Elements<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        if self.next == NONE {
            return None;
        }
        let node = self.document.at(self.next);
        self.next = node.record().next_of_tag;
        Some(node)
    }
}

/// See [`Node::ancestors`].
#[derive(Clone)]
pub struct Ancestors<'d> {
    pub(super) next: Option<Node<'d>>,
}

impl<'d> Iterator for Ancestors<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        let node = self.next?;
        self.next = node.parent();
        Some(node)
    }
}

/// See [`Node::children`].
#[derive(Clone)]
pub struct Children<'d> {
    pub(super) document: Document<'d>,
    pub(super) next: u32,
    pub(super) end: u32,
}

impl<'d> Iterator for Children<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        while self.next < self.end {
            let node = self.document.at(self.next);
            self.next = node.record().subtree_end;
            if node.record().kind == Kind::Element {
                return Some(node);
            }
        }
        None
    }
}

/// See [`Node::descendants`].
#[derive(Clone)]
pub struct Descendants<'d> {
    pub(super) document: Document<'d>,
    pub(super) next: u32,
    pub(super) end: u32,
}

impl<'d> Descendants<'d> {
    /// Goes on after `node`'s subtree; `node` must be one that this iterator gave.
    pub fn skip_inside(&mut self, node: Node<'d>) {
        self.next = self.next.max(node.record().subtree_end);
    }
}

impl<'d> Iterator for Descendants<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        while self.next < self.end {
            let node = self.document.at(self.next);
            self.next += 1;
            if node.record().kind == Kind::Element {
                return Some(node);
            }
        }
        None
    }
}
