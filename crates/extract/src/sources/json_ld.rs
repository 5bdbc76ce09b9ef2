//! JSON-LD scripts as items. Every block stands for itself: a broken one is repaired or lost alone. Refuses to know the vocabulary.

use std::borrow::Cow;

use crate::{
    json::{self, Json},
    sources::items::{Item, Items, Value, is_private, kept_text, short_name},
    tape::{Document, decode_entities},
};

/// Blocks of one page that are read.
const BLOCKS_MAX: usize = 100;

/// All items of a page's `application/ld+json` scripts.
#[must_use]
pub fn items(document: Document<'_>) -> Items {
    let mut items = Items::default();
    let blocks = document.scripts().filter(|script| script.kind().is_some_and(is_json_ld)).take(BLOCKS_MAX);
    for script in blocks {
        add_block(&mut items, script.contents);
    }
    items.index_ids();
    items
}

fn is_json_ld(kind: &str) -> bool {
    let kind = kind.trim();
    kind.len() >= 19 && kind.as_bytes()[..19].eq_ignore_ascii_case(b"application/ld+json")
}

/// Adds what one script says.
pub fn add_block(items: &mut Items, text: &str) {
    let text = if !text.contains('"') && text.contains("&quot;") { decode_entities(text) } else { Cow::Borrowed(text) };
    let Some(document) = json::parse(&text) else { return };
    for root in document.roots() {
        add_value(items, root, None);
    }
}

/// Adds the items of a value; what stands at the top or in `@graph` has no parent.
fn add_value(items: &mut Items, value: Json<'_>, parent: Option<(usize, &str)>) {
    if value.is_array() {
        value.values().for_each(|value| add_value(items, value, parent));
    } else if value.is_object() {
        if let Some(at) = add_item(items, value, parent)
            && let Some((parent, name)) = parent
        {
            items.set(parent, name, Value::Item(at));
        }
    } else if let Some((parent, name)) = parent {
        let text = match value.as_bool() {
            Some(yes) => Some(Cow::Borrowed(if yes { "true" } else { "false" })),
            None => value.text(),
        };
        if let Some(text) = text {
            let text = if text.contains('&') { decode_entities(&text).into_owned().into() } else { text };
            items.set(parent, name, Value::Text(kept_text(&text)));
        }
    }
}

fn add_item(items: &mut Items, value: Json<'_>, parent: Option<(usize, &str)>) -> Option<usize> {
    if let Some(literal) = value.get("@value") {
        add_value(items, literal, parent);
        return None;
    }
    if let Some(list) = value.get("@list").or_else(|| value.get("@set")) {
        add_value(items, list, parent);
        return None;
    }
    let types = value.get_any(&["@type", "type"]).into_iter().flat_map(Json::each).filter_map(|kind| kind.text());
    let item = Item {
        types: types.map(|kind| short_name(&kind).to_owned()).collect(),
        id: value.get_any(&["@id", "id"]).filter(|id| id.is_string()).and_then(Json::filled),
        properties: Vec::new(),
        parent: parent.map(|(at, name)| (at, name.to_owned())),
    };
    let at = items.add(item)?;
    for member in value.values() {
        let key = member.key();
        match key.as_ref() {
            "@graph" => add_value(items, member, None),
            "@type" | "@id" | "@context" | "@reverse" => {}
            key => {
                let name = short_name(key);
                if !is_private(name) {
                    add_value(items, member, Some((at, name)));
                }
            }
        }
    }
    Some(at)
}
