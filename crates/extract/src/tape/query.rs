//! The handle of a page: [`Document`], `Copy`, from which sources find elements without walking. Refuses to hold anything of its own: all
//! data stands in the tape and the source.

use super::attributes::WithAttr;
use super::names::{Attr, Tag};
use super::node::Node;
use super::record::{Kind, Tape};
use super::text;
use super::walk::Elements;
use std::borrow::Cow;

/// A parsed page. Borrows the parser's buffers and the source text for as long as it lives.
#[derive(Clone, Copy)]
pub struct Document<'d> {
    pub(super) tape: &'d Tape,
    pub(super) source: &'d str,
}

impl<'d> Document<'d> {
    /// The text that was parsed.
    pub fn source(self) -> &'d str {
        self.source
    }

    /// The `html` element; always there.
    pub fn root(self) -> Node<'d> {
        self.at(0)
    }

    /// The element with this [`Node::index`].
    pub fn node(self, index: usize) -> Option<Node<'d>> {
        let record = self.tape.nodes.get(index)?;
        (record.kind == Kind::Element).then(|| self.at(index as u32))
    }

    /// Elements and texts on the tape; every [`Node::index`] is below it.
    pub fn node_count(self) -> usize {
        self.tape.nodes.len()
    }

    /// All elements of a known tag in document order, found without walking the page.
    pub fn elements(self, tag: Tag) -> Elements<'d> {
        Elements { document: self, next: self.tape.by_tag.heads[tag as usize] }
    }

    /// All elements that carry a known attribute, in document order, found without walking the page.
    pub fn with_attr(self, attr: Attr) -> WithAttr<'d> {
        WithAttr::new(self, attr)
    }

    /// The first element with this `id`, as written (no decoding).
    pub fn by_id(self, id: &str) -> Option<Node<'d>> {
        self.with_attr(Attr::Id).find(|node| node.attr_raw(Attr::Id) == Some(id))
    }

    /// Every `script` with its contents as they stand.
    pub fn scripts(self) -> impl Iterator<Item = Script<'d>> {
        self.elements(Tag::Script).map(|node| Script { node, contents: node.raw_text() })
    }

    /// Every `meta` that has a `content` and one of `property`, `name`, `itemprop`, `http-equiv`.
    pub fn metas(self) -> impl Iterator<Item = Meta<'d>> {
        self.elements(Tag::Meta).filter_map(|node| {
            let keys = [Attr::Property, Attr::Name, Attr::ItemProp, Attr::HttpEquiv];
            let key = keys.into_iter().find_map(|attr| node.attr(attr))?;
            Some(Meta { node, key, content: node.attr(Attr::Content)? })
        })
    }

    /// Every `a` with a non-empty `href`, with the address as written, decoded and trimmed.
    pub fn links(self) -> impl Iterator<Item = (Node<'d>, Cow<'d, str>)> {
        self.elements(Tag::A).filter_map(|node| {
            let href = text::trim(node.attr(Attr::Href)?);
            (!href.is_empty()).then_some((node, href))
        })
    }

    /// The address in the first `base[href]`.
    pub fn base_href(self) -> Option<Cow<'d, str>> {
        self.elements(Tag::Base).find_map(|node| node.attr(Attr::Href)).map(text::trim)
    }

    /// The first `title`'s text, white space collapsed; empty if there is none.
    pub fn title(self) -> String {
        self.elements(Tag::Title).next().map(Node::text).unwrap_or_default()
    }

    /// `html[lang]`, if it says something.
    pub fn html_lang(self) -> Option<Cow<'d, str>> {
        self.root().attr(Attr::Lang).map(text::trim).filter(|lang| !lang.is_empty())
    }

    /// The `body`; every page has one, unless its place is taken by a `frameset`, which is then the answer.
    pub fn body(self) -> Option<Node<'d>> {
        self.elements(Tag::Body).next().or_else(|| self.elements(Tag::FrameSet).next())
    }

    #[inline]
    pub(super) fn at(self, index: u32) -> Node<'d> {
        Node { document: self, index }
    }
}

/// A `script` element and what stands in it.
#[derive(Clone, Copy, Debug)]
pub struct Script<'d> {
    pub node: Node<'d>,
    pub contents: &'d str,
}

impl<'d> Script<'d> {
    /// Its `type`, as written.
    pub fn kind(self) -> Option<&'d str> {
        self.node.attr_raw(Attr::Type)
    }

    pub fn id(self) -> Option<&'d str> {
        self.node.id()
    }
}

/// A `meta` element: what it is about and what it says.
#[derive(Clone, Debug)]
pub struct Meta<'d> {
    pub node: Node<'d>,
    pub key: Cow<'d, str>,
    pub content: Cow<'d, str>,
}
