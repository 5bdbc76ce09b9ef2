//! Where on the page the product stands: its heading, and for any element what lies between the two. An element's surroundings count only up to the
//! point where they also hold the heading: a page whose body is called "header-fixed" is not a header.

use crate::{
    sources::facts::{Facts, slug_words, words},
    tape::{Attr, Document, Mark, Marks, Node, Tag},
};

/// Ancestors that are looked at.
const ANCESTORS_MAX: usize = 40;

/// Headings that are weighed.
const HEADINGS_MAX: usize = 120;

/// Marks of lists of other products.
pub const ELSEWHERE: Marks =
    Marks::of(&[Mark::Related, Mark::Recommend, Mark::Similar, Mark::Upsell, Mark::CrossSell, Mark::Recently]);

/// Marks of a page's frame.
pub const FRAME: Marks =
    Marks::of(&[Mark::Footer, Mark::Nav, Mark::Menu, Mark::Cookie, Mark::Newsletter, Mark::Review, Mark::Breadcrumb]);

const PLAINLY: Marks = Marks::of(&[
    Mark::Related,
    Mark::Recommend,
    Mark::Similar,
    Mark::Upsell,
    Mark::CrossSell,
    Mark::Recently,
    Mark::Footer,
    Mark::Nav,
    Mark::Menu,
    Mark::Cookie,
    Mark::Newsletter,
    Mark::Review,
]);

pub struct Scene<'d> {
    pub document: Document<'d>,
    /// The product's heading.
    pub heading: Option<Node<'d>>,
    heading_text: String,
    /// What the words around the heading say: marks that an element's surroundings share with it say nothing about the element.
    around_heading: Marks,
    /// Whether the heading is surely the product's: it says what the title says, or it is the only `h1`.
    pub is_certain: bool,
}

/// What surrounds an element, up to where the heading is surrounded too.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// Words of the element and those around it.
    pub marks: Marks,
    /// Inside a link that leads elsewhere.
    pub linked: bool,
    /// Inside `header`, `footer`, `nav` or `aside`.
    pub frame: bool,
    /// Inside something struck out.
    pub struck: bool,
    /// Inside something that is not shown.
    pub hidden: bool,
    /// Inside a list item or card that has its own link and picture.
    pub levels: usize,
}

impl Context {
    /// Not part of the product.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.marks.any(ELSEWHERE) || self.marks.any(FRAME) || self.frame
    }
}

impl<'d> Scene<'d> {
    #[must_use]
    pub fn of(document: Document<'d>, facts: &Facts<'_>) -> Scene<'d> {
        let heading = heading(document, facts);
        let heading_text = heading.map(|node| node.text()).unwrap_or_default();
        let only = document.elements(Tag::H1).nth(1).is_none() && heading.is_some_and(|node| node.is(Tag::H1));
        let is_certain = heading.is_some() && (only || facts.names_page(&heading_text) >= 0.5);
        let around_heading = heading.map_or(Marks::NONE, |node| node.inherited_marks() | node.marks());
        Scene { document, heading, heading_text, around_heading, is_certain }
    }

    #[must_use]
    pub fn title(&self) -> Option<String> {
        (!self.heading_text.is_empty()).then(|| self.heading_text.clone())
    }

    /// Whether `node` surrounds the heading.
    #[must_use]
    pub fn holds_heading(&self, node: Node<'d>) -> bool {
        match self.heading {
            Some(heading) => node.contains(heading),
            None => matches!(node.tag(), Tag::Body | Tag::Html),
        }
    }

    /// Whether an element is surely not part of the product; quick, for passing over most of a page.
    #[must_use]
    pub fn is_plainly_elsewhere(&self, node: Node<'d>) -> bool {
        self.heading.is_some() && (node.inherited_marks() | node.marks()).without(self.around_heading).any(PLAINLY)
    }

    #[must_use]
    pub fn context(&self, node: Node<'d>) -> Context {
        let mut context =
            Context { marks: Marks::NONE, linked: false, frame: false, struck: false, hidden: false, levels: 0 };
        for at in std::iter::once(node).chain(node.ancestors()).take(ANCESTORS_MAX) {
            if self.holds_heading(at) {
                break;
            }
            context.levels += 1;
            context.marks = context.marks | at.marks();
            match at.tag() {
                Tag::A => context.linked |= at.attr_raw(Attr::Href).is_some_and(leads_elsewhere),
                Tag::Header | Tag::Footer | Tag::Nav | Tag::Aside => context.frame = true,
                Tag::Del | Tag::S | Tag::Strike => context.struck = true,
                _ => {}
            }
            if let Some(style) = at.attr_raw(Attr::Style) {
                let style: String = style.chars().filter(|letter| !letter.is_whitespace()).collect();
                context.hidden |= style.contains("display:none") || style.contains("visibility:hidden");
                context.struck |= style.contains("line-through");
            }
            context.hidden |= at.has_attr(Attr::Hidden);
        }
        context
    }

    /// Elements from the heading to `node`, in document order; before it they count double. A stand-in where there is no heading.
    #[must_use]
    pub fn distance(&self, node: Node<'d>) -> usize {
        let Some(heading) = self.heading else { return node.index() / 2 };
        if node.index() >= heading.index() { node.index() - heading.index() } else { (heading.index() - node.index()) * 2 }
    }
}

fn leads_elsewhere(href: &str) -> bool {
    let href = href.trim();
    !(href.is_empty() || href.starts_with('#') || href.starts_with("javascript:"))
}

/// The heading that says what the page's title says: an `h1` if it can be, else a lesser heading or an element called title or name.
fn heading<'d>(document: Document<'d>, facts: &Facts<'_>) -> Option<Node<'d>> {
    let title = facts.og_title.as_deref().unwrap_or(&facts.title);
    let wanted = words(title);
    let slug = slug_words(facts.url);
    let score = |node: Node<'d>, base: f32| -> Option<(f32, Node<'d>)> {
        let text = node.text();
        let words = words(&text);
        if words.is_empty() || text.len() > 600 {
            return None;
        }
        let shared = words.iter().filter(|word| wanted.contains(*word)).count() as f32;
        let named = words.iter().filter(|word| wanted.contains(*word) || slug.contains(*word)).count() as f32;
        let precision = named / words.len() as f32;
        let recall = shared / wanted.len().max(1) as f32;
        let elsewhere = node.inherited_marks().any(Marks::of(&[
            Mark::Modal,
            Mark::Related,
            Mark::Recommend,
            Mark::Similar,
            Mark::Footer,
            Mark::Card,
        ]));
        Some((base + 2.0 * precision + 1.5 * recall - if elsewhere { 1.5 } else { 0.0 }, node))
    };
    let best = |found: Option<(f32, Node<'d>)>, next: (f32, Node<'d>)| match found {
        Some(kept) if kept.0 >= next.0 => Some(kept),
        _ => Some(next),
    };
    // A page with many of them uses `h1` for anything.
    let base = if document.elements(Tag::H1).nth(3).is_some() { 0.0 } else { 1.0 };
    let h1 = document.elements(Tag::H1).take(HEADINGS_MAX).filter_map(|node| score(node, base)).fold(None, best);
    if h1.is_some_and(|found| found.0 >= 1.6 && base > 0.0) {
        return h1.map(|found| found.1);
    }
    let named =
        document.with_attr(Attr::ItemProp).filter(|node| node.attr_raw(Attr::ItemProp).is_some_and(|name| name == "name"));
    let lesser = document.elements(Tag::H2).chain(document.elements(Tag::H3)).take(HEADINGS_MAX);
    let other = named
        .take(HEADINGS_MAX)
        .chain(lesser)
        .filter(|node| !node.is(Tag::Meta))
        .filter_map(|node| score(node, 0.0))
        .fold(None, best);
    let other = other.filter(|found| found.0 >= 2.0);
    match (h1, other) {
        (Some(h1), Some(other)) if other.0 > h1.0 => Some(other.1),
        (Some(h1), _) => Some(h1.1),
        (None, Some(other)) => Some(other.1),
        (None, None) => titled(document, &wanted),
    }
}

/// An element called title or name whose words are the page's title.
fn titled<'d>(document: Document<'d>, wanted: &std::collections::BTreeSet<String>) -> Option<Node<'d>> {
    let named = |node: &Node<'d>| node.marks().has(Mark::Title) || node.marks().has(Mark::Name);
    let tags = [Tag::Div, Tag::Span, Tag::P, Tag::Strong, Tag::Td];
    let candidates = tags.into_iter().flat_map(|tag| document.elements(tag).filter(named).take(HEADINGS_MAX));
    candidates
        .filter(|node| node.subtree_end() - node.index() < 20)
        .filter_map(|node| {
            let words = words(&node.text());
            let shared = words.iter().filter(|word| wanted.contains(*word)).count();
            (words.len() >= 2 && shared * 10 >= words.len() * 8).then_some((shared, node))
        })
        .max_by_key(|(shared, node)| (*shared, usize::MAX - node.index()))
        .map(|(_, node)| node)
}
