//! What the tape stores: one record a node, one record an attribute, and the lists that link them. Positions are byte offsets into the
//! source, so a page is limited to [`SOURCE_BYTES_MAX`]. Refuses to interpret: reading is `query.rs`, writing is `tree.rs`.

use super::names::{Attr, Tag};
use super::words::MarkBits;

/// No node, no attribute.
pub(super) const NONE: u32 = u32::MAX;

/// Bytes of one page that are read; what follows is not parsed. Far above what is fetched, and offsets stay in 32 bits.
pub(super) const SOURCE_BYTES_MAX: usize = 1 << 30;

/// Elements that can be open at once; a deeper element becomes a child of the deepest one and holds nothing itself.
pub(super) const DEPTH_MAX: usize = 512;

/// Attributes kept of one element; later ones are dropped.
pub(super) const ATTRIBUTES_MAX: usize = 16_384;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Kind {
    Element,
    /// Text in which character references stand for characters.
    Text,
    /// Text taken as it is: scripts, styles and the like.
    RawText,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct NodeRecord {
    /// Of an element: the position of its `<`. Of a text: its first byte.
    pub start: u32,
    /// Of an element: the position after its start tag. Of a text: the position after it. A synthesized element has `end == start`.
    pub end: u32,
    pub parent: u32,
    /// The index after the last descendant, which is the next sibling's index if there is one.
    pub subtree_end: u32,
    pub attributes_start: u32,
    /// The next element of the same tag in document order.
    pub next_of_tag: u32,
    pub attributes_len: u16,
    /// Bytes of the name in the source; a longer name is cut there.
    pub name_len: u16,
    pub tag: Tag,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct AttributeRecord {
    pub name_start: u32,
    pub value_start: u32,
    pub value_end: u32,
    /// The element that carries it.
    pub owner: u32,
    /// The next attribute of the same known name in document order.
    pub next_of_name: u32,
    /// Bytes of the name in the source; a longer name is cut there.
    pub name_len: u16,
    pub attr: Attr,
}

/// Everything that one parse fills, kept between pages for its buffers.
#[derive(Debug, Default)]
pub(super) struct Tape {
    pub nodes: Vec<NodeRecord>,
    pub attributes: Vec<AttributeRecord>,
    pub marks: Vec<MarkBits>,
    pub by_tag: super::chains::Chains,
    pub by_attr: super::chains::Chains,
}

impl Tape {
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.attributes.clear();
        self.marks.clear();
        self.by_tag.clear();
        self.by_attr.clear();
    }
}
