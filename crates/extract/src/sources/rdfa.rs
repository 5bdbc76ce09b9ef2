//! RDFa Lite as items: `typeof`, `property`, `resource`, `content`. The least reliable source, read last. Refuses to know the vocabulary.

use crate::{
    sources::{
        items::{Item, Items, Value, is_private, short_name},
        microdata,
    },
    tape::{Attr, Document, Node, Tag},
};

/// Properties of one page that are read.
const PROPERTIES_MAX: usize = 20_000;

/// All items of a page's RDFa.
#[must_use]
pub fn items(document: Document<'_>) -> Items {
    let mut items = Items::default();
    let mut scopes: Vec<(Node<'_>, usize)> = Vec::new();
    for node in document.with_attr(Attr::TypeOf) {
        let types =
            node.attr_raw(Attr::TypeOf).unwrap_or_default().split_ascii_whitespace().map(|kind| short_name(kind).to_owned());
        let id = node.attr(Attr::Resource).or_else(|| node.attr(Attr::About)).map(|id| id.trim().to_owned());
        match items.add(Item { types: types.collect(), id, ..Item::default() }) {
            Some(at) => scopes.push((node, at)),
            None => break,
        }
    }
    if !scopes.is_empty() {
        add_properties(document, &mut items, &scopes);
        items.index_ids();
    }
    items
}

fn add_properties<'d>(document: Document<'d>, items: &mut Items, scopes: &[(Node<'d>, usize)]) {
    let mut open: Vec<(Node<'d>, usize)> = Vec::new();
    let mut coming = scopes.iter().copied().peekable();
    let mut nodes: Vec<Node<'d>> =
        document.with_attr(Attr::Property).chain(document.with_attr(Attr::Rel)).take(PROPERTIES_MAX).collect();
    nodes.sort_unstable();
    nodes.dedup();
    for node in nodes {
        while let Some(scope) = coming.next_if(|(scope, _)| *scope < node) {
            close(&mut open, scope.0);
            open.push(scope);
        }
        close(&mut open, node);
        let Some(&(_, owner)) = open.last() else { continue };
        let own = coming.peek().filter(|(scope, _)| *scope == node).map(|(_, at)| *at);
        let names = node.attr_raw(Attr::Property).or_else(|| node.attr_raw(Attr::Rel)).unwrap_or_default();
        for name in names.split_ascii_whitespace().map(short_name).filter(|name| !is_private(name)) {
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

fn value(node: Node<'_>, name: &str) -> String {
    let attr = |attr: Attr| node.attr(attr).map(|value| value.trim().to_owned());
    if let Some(content) = attr(Attr::Content).or_else(|| attr(Attr::Resource)) {
        return content;
    }
    match node.tag() {
        Tag::A | Tag::Link | Tag::Area => attr(Attr::Href).unwrap_or_default(),
        _ => microdata::value(node, name),
    }
}
