//! Microdata as items: `itemscope`, `itemprop`, `itemref` and `itemtype`, with the standard's rules for what an element's value is, and the liberties
//! that shops take (a `content` on any element, lazy images). Refuses to know the vocabulary.

use crate::{
    sources::items::{Item, Items, Value, is_private, kept_text, short_name},
    tape::{Attr, Document, Node, Tag},
};

/// `itemref` targets of one page.
const REFERENCES_MAX: usize = 200;

/// Properties of one page that are read.
const PROPERTIES_MAX: usize = 20_000;

/// All items of a page's microdata.
#[must_use]
pub fn items(document: Document<'_>) -> Items {
    let mut items = Items::default();
    let mut scopes: Vec<(Node<'_>, usize)> = Vec::new();
    for node in document.with_attr(Attr::ItemScope) {
        let types = node
            .attr_raw(Attr::ItemType)
            .unwrap_or_default()
            .split_ascii_whitespace()
            .map(|kind| short_name(kind).to_owned());
        let item =
            Item { types: types.collect(), id: node.attr(Attr::ItemId).map(|id| id.trim().to_owned()), ..Item::default() };
        match items.add(item) {
            Some(at) => scopes.push((node, at)),
            None => break,
        }
    }
    if scopes.is_empty() {
        return items;
    }
    let references = references(document, &scopes);
    add_properties(document, &mut items, &scopes, &references);
    items.index_ids();
    items
}

/// What `itemref` lends: (the lent element, the item that it is lent to).
fn references<'d>(document: Document<'d>, scopes: &[(Node<'d>, usize)]) -> Vec<(Node<'d>, usize)> {
    let ids = scopes.iter().flat_map(|(node, at)| {
        node.attr_raw(Attr::ItemRef).unwrap_or_default().split_ascii_whitespace().map(move |id| (id, *at))
    });
    ids.take(REFERENCES_MAX).filter_map(|(id, at)| Some((document.by_id(id)?, at))).collect()
}

/// Walks scopes and properties together in document order; the innermost open scope owns a property.
fn add_properties<'d>(
    document: Document<'d>,
    items: &mut Items,
    scopes: &[(Node<'d>, usize)],
    references: &[(Node<'d>, usize)],
) {
    let mut open: Vec<(Node<'d>, usize)> = Vec::new();
    let mut coming = scopes.iter().copied().peekable();
    for node in document.with_attr(Attr::ItemProp).take(PROPERTIES_MAX) {
        while let Some(scope) = coming.next_if(|(scope, _)| *scope < node) {
            close(&mut open, scope.0);
            open.push(scope);
        }
        close(&mut open, node);
        let own = coming.peek().filter(|(scope, _)| *scope == node).map(|(_, at)| *at);
        let lent = references
            .iter()
            .filter(|(root, _)| root.contains(node) && open.last().is_none_or(|(scope, _)| *scope < *root))
            .map(|(_, at)| *at)
            .next();
        let Some(owner) = lent.or_else(|| open.last().map(|(_, at)| *at)) else { continue };
        if own == Some(owner) {
            continue;
        }
        for name in node.attr_raw(Attr::ItemProp).unwrap_or_default().split_ascii_whitespace().map(short_name) {
            if is_private(name) {
                continue;
            }
            match own {
                Some(at) => {
                    if let Some(item) = items.item_mut(at) {
                        item.parent.get_or_insert((owner, name.to_owned()));
                    }
                    items.set(owner, name, Value::Item(at));
                }
                None => items.set(owner, name, Value::Text(value(node, name))),
            }
        }
    }
}

fn close(open: &mut Vec<(Node<'_>, usize)>, node: Node<'_>) {
    while open.last().is_some_and(|(scope, _)| !scope.contains(node)) {
        open.pop();
    }
}

/// The value of an element that is no item.
#[must_use]
pub fn value(node: Node<'_>, name: &str) -> String {
    let attr = |attr: Attr| node.attr(attr).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let found = match node.tag() {
        Tag::Meta => attr(Attr::Content),
        Tag::A | Tag::Area | Tag::Link if !wants_words(name) => attr(Attr::Href).or_else(|| attr(Attr::Content)),
        Tag::Img | Tag::Audio | Tag::Video | Tag::Embed | Tag::IFrame | Tag::Source => {
            let lazy = attr(Attr::DataSrc).or_else(|| attr(Attr::DataOriginal));
            attr(Attr::Content).or(lazy).or_else(|| attr(Attr::Src))
        }
        Tag::Data | Tag::Meter => attr(Attr::Value),
        Tag::Time => attr(Attr::Datetime),
        _ => attr(Attr::Content),
    };
    match found {
        Some(text) => kept_text(&text),
        None if node.is(Tag::Meta) => String::new(),
        None => kept_text(&node.text()),
    }
}

/// Shops mark a link with `itemprop="name"` or `"brand"` and mean its words.
fn wants_words(name: &str) -> bool {
    matches!(name, "name" | "brand" | "manufacturer" | "category" | "title" | "sku" | "mpn" | "model" | "color")
}
