//! The handle of an element: [`Node`], `Copy`. Nodes handed out are always elements; texts are read with `text`, `own_text`, `raw_text`
//! and `texts`. Refuses to hold anything of its own.

use super::attributes::{self, Attribute};
use super::names::{Attr, Tag};
use super::query::Document;
use super::record::{NONE, NodeRecord};
use super::text::{self, Texts};
use super::walk::{Ancestors, Children, Descendants};
use super::words::Marks;
use std::borrow::Cow;

/// An element of a page.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    pub(super) document: Document<'d>,
    pub(super) index: u32,
}

impl<'d> Node<'d> {
    #[inline]
    pub(super) fn record(self) -> &'d NodeRecord {
        &self.document.tape.nodes[self.index as usize]
    }

    pub fn document(self) -> Document<'d> {
        self.document
    }

    /// Its place in document order, texts counted too: an ancestor's is smaller, a later sibling's larger.
    pub fn index(self) -> usize {
        self.index as usize
    }

    /// The index after its last descendant.
    pub fn subtree_end(self) -> usize {
        self.record().subtree_end as usize
    }

    /// Whether `other` is this element or inside it.
    pub fn contains(self, other: Node<'d>) -> bool {
        self.index <= other.index && other.index < self.record().subtree_end
    }

    /// The known tag, or `Tag::Unknown` for custom elements and everything inside `svg` and `math`.
    pub fn tag(self) -> Tag {
        self.record().tag
    }

    pub fn is(self, tag: Tag) -> bool {
        self.record().tag == tag
    }

    /// The name: lower case if known, otherwise as the source spells it.
    pub fn name(self) -> &'d str {
        let record = self.record();
        match record.tag {
            Tag::Unknown => text::slice(self.document.source, record.start + 1, record.start + 1 + record.name_len as u32),
            tag => tag.name(),
        }
    }

    /// The source position of its start tag; a synthesized element stands where it was inferred.
    pub fn position(self) -> usize {
        self.record().start as usize
    }

    /// The value of a known attribute, character references decoded; `""` if it has no value.
    pub fn attr(self, attr: Attr) -> Option<Cow<'d, str>> {
        attributes::find(self, attr).map(Attribute::value)
    }

    /// The value of a known attribute as the source spells it: cheaper, and right for what never holds `&`.
    pub fn attr_raw(self, attr: Attr) -> Option<&'d str> {
        attributes::find(self, attr).map(Attribute::raw_value)
    }

    pub fn has_attr(self, attr: Attr) -> bool {
        attributes::find(self, attr).is_some()
    }

    /// The value of any attribute by name, ignoring ASCII case, character references decoded.
    pub fn attr_named(self, name: &str) -> Option<Cow<'d, str>> {
        self.attrs().find(|attribute| attribute.name().eq_ignore_ascii_case(name)).map(Attribute::value)
    }

    /// Its attributes in the order of the source.
    pub fn attrs(self) -> impl Iterator<Item = Attribute<'d>> {
        attributes::of(self)
    }

    pub fn id(self) -> Option<&'d str> {
        self.attr_raw(Attr::Id)
    }

    /// The words of its `class`.
    pub fn classes(self) -> impl Iterator<Item = &'d str> {
        self.attr_raw(Attr::Class).unwrap_or_default().split_ascii_whitespace()
    }

    pub fn has_class(self, class: &str) -> bool {
        self.classes().any(|word| word == class)
    }

    /// What the words of its own class and id say.
    pub fn marks(self) -> Marks {
        self.document.tape.marks[self.index as usize].own
    }

    /// What the words of all its ancestors' classes and ids say, its own not included.
    pub fn inherited_marks(self) -> Marks {
        self.document.tape.marks[self.index as usize].inherited
    }

    pub fn parent(self) -> Option<Node<'d>> {
        let parent = self.record().parent;
        (parent != NONE).then(|| self.document.at(parent))
    }

    /// From its parent up to the root.
    pub fn ancestors(self) -> Ancestors<'d> {
        Ancestors { next: self.parent() }
    }

    /// The nearest of itself and its ancestors that has this tag.
    pub fn closest(self, tag: Tag) -> Option<Node<'d>> {
        std::iter::once(self).chain(self.ancestors()).find(|node| node.is(tag))
    }

    /// Its child elements.
    pub fn children(self) -> Children<'d> {
        Children { document: self.document, next: self.index + 1, end: self.record().subtree_end }
    }

    /// The elements inside it in document order, itself not included.
    pub fn descendants(self) -> Descendants<'d> {
        Descendants { document: self.document, next: self.index + 1, end: self.record().subtree_end }
    }

    pub fn next_sibling(self) -> Option<Node<'d>> {
        let end = self.parent()?.record().subtree_end;
        Children { document: self.document, next: self.record().subtree_end, end }.next()
    }

    /// Walks the children of its parent that stand before it, so it costs their number.
    pub fn previous_sibling(self) -> Option<Node<'d>> {
        let parent = self.parent()?;
        Children { document: self.document, next: parent.index + 1, end: self.index }.last()
    }

    /// Its visible words: decoded, white space collapsed to one space, blocks and `br` kept apart; scripts,
    /// styles, templates, `noscript`, `iframe` and `svg` left out. Styles are not read, so hidden text counts.
    pub fn text(self) -> String {
        let mut out = String::new();
        self.text_into(&mut out);
        out
    }

    /// Appends [`Node::text`] to `out`, with a space before it if `out` ends in a word.
    pub fn text_into(self, out: &mut String) {
        text::append_text(self, out);
    }

    /// The words that stand in it directly, those of its child elements left out.
    pub fn own_text(self) -> String {
        text::own_text(self)
    }

    /// The source of its first text, untouched: a script's contents.
    pub fn raw_text(self) -> &'d str {
        text::first_text(self)
    }

    /// Every text inside it that [`Node::text`] would read, with the element it stands in.
    pub fn texts(self) -> Texts<'d> {
        Texts::new(self)
    }
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl Eq for Node<'_> {}

impl PartialOrd for Node<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Node<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.index.cmp(&other.index)
    }
}

impl std::hash::Hash for Node<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "<{}>#{}", self.name(), self.index)
    }
}
