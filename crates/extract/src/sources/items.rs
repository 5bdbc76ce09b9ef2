//! The one model of structured data: items with types and properties, whatever syntax a page wrote them in. JSON-LD, microdata and RDFa fill it,
//! `schema_org` reads it. Knows no vocabulary.

use rustc_hash::FxHashMap;

/// Items of one page; a page with more is a catalogue, and its product stands early.
pub const ITEMS_MAX: usize = 4_000;

/// Properties of one item.
pub const PROPERTIES_MAX: usize = 2_000;

/// Bytes of one property's text that are kept.
pub const TEXT_BYTES_MAX: usize = 40_000;

/// One thing that a page describes.
#[derive(Clone, Debug, Default)]
pub struct Item {
    /// Names of its types without their vocabulary: `Product`.
    pub types: Vec<String>,
    pub id: Option<String>,
    pub properties: Vec<(String, Value)>,
    /// The item that it is a property of, with the property's name.
    pub parent: Option<(usize, String)>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Item(usize),
}

/// All items of one syntax on a page.
#[derive(Clone, Debug, Default)]
pub struct Items {
    items: Vec<Item>,
    by_id: FxHashMap<String, usize>,
}

impl Items {
    /// Adds an item; `None` once there are too many.
    pub fn add(&mut self, item: Item) -> Option<usize> {
        (self.items.len() < ITEMS_MAX).then(|| {
            self.items.push(item);
            self.items.len() - 1
        })
    }

    pub fn set(&mut self, item: usize, name: &str, value: Value) {
        let Some(item) = self.items.get_mut(item) else { return };
        if item.properties.len() < PROPERTIES_MAX {
            item.properties.push((name.to_owned(), value));
        }
    }

    /// Makes references by id findable; call it when all items are in. An item that says something wins over one that is a mere reference.
    pub fn index_ids(&mut self) {
        for (at, item) in self.items.iter().enumerate() {
            if let Some(id) = item.id.as_ref().filter(|_| !item.properties.is_empty()) {
                self.by_id.entry(id.clone()).or_insert(at);
            }
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub fn all(&self) -> impl Iterator<Item = ItemRef<'_>> {
        (0..self.items.len()).map(|at| ItemRef { items: self, at })
    }

    #[must_use]
    pub fn get(&self, at: usize) -> Option<ItemRef<'_>> {
        (at < self.items.len()).then_some(ItemRef { items: self, at })
    }

    pub(super) fn item_mut(&mut self, at: usize) -> Option<&mut Item> {
        self.items.get_mut(at)
    }
}

/// A handle to an item.
#[derive(Clone, Copy)]
pub struct ItemRef<'i> {
    items: &'i Items,
    at: usize,
}

impl<'i> ItemRef<'i> {
    fn item(self) -> &'i Item {
        &self.items.items[self.at]
    }

    #[must_use]
    pub fn index(self) -> usize {
        self.at
    }

    #[must_use]
    pub fn types(self) -> &'i [String] {
        &self.item().types
    }

    #[must_use]
    pub fn is(self, name: &str) -> bool {
        self.types().iter().any(|kind| kind.eq_ignore_ascii_case(name))
    }

    #[must_use]
    pub fn id(self) -> Option<&'i str> {
        self.item().id.as_deref()
    }

    #[must_use]
    pub fn properties(self) -> &'i [(String, Value)] {
        &self.item().properties
    }

    /// The item above and the property's name.
    #[must_use]
    pub fn parent(self) -> Option<(ItemRef<'i>, &'i str)> {
        let (parent, name) = self.item().parent.as_ref()?;
        Some((ItemRef { items: self.items, at: *parent }, name))
    }

    /// The item itself, or the one that it refers to by id.
    #[must_use]
    pub fn resolved(self) -> ItemRef<'i> {
        if !self.item().properties.is_empty() {
            return self;
        }
        let target = self.id().and_then(|id| self.items.by_id.get(id));
        target.map_or(self, |at| ItemRef { items: self.items, at: *at })
    }

    fn values(self, name: &'i str) -> impl Iterator<Item = &'i Value> {
        self.item().properties.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The items under a property, references followed.
    pub fn items(self, name: &'i str) -> impl Iterator<Item = ItemRef<'i>> {
        self.values(name).filter_map(move |value| match value {
            Value::Item(at) => Some(ItemRef { items: self.items, at: *at }.resolved()),
            Value::Text(_) => None,
        })
    }

    /// The texts under a property; an item there gives its own text: name, value, address or id.
    pub fn texts(self, name: &'i str) -> impl Iterator<Item = &'i str> {
        self.values(name).filter_map(move |value| match value {
            Value::Text(text) => Some(text.as_str()),
            Value::Item(at) => ItemRef { items: self.items, at: *at }.resolved().label(),
        })
    }

    /// The first text under a property.
    #[must_use]
    pub fn text(self, name: &'i str) -> Option<&'i str> {
        self.texts(name).find(|text| !text.is_empty())
    }

    #[must_use]
    pub fn has(self, name: &'i str) -> bool {
        self.values(name).next().is_some()
    }

    /// What the item is called where a text is wanted.
    fn label(self) -> Option<&'i str> {
        ["name", "value", "contentUrl", "url", "src", "title"]
            .into_iter()
            .find_map(|key| {
                self.values(key).find_map(|value| match value {
                    Value::Text(text) if !text.is_empty() => Some(text.as_str()),
                    _ => None,
                })
            })
            .or(self.id())
    }
}

/// The short name of a type or property: what follows the vocabulary's address or prefix.
#[must_use]
pub fn short_name(name: &str) -> &str {
    let name = name.trim();
    let tail = name.rsplit(['/', '#']).next().unwrap_or(name);
    tail.rsplit_once(':').map_or(tail, |(_, tail)| tail)
}

/// A text as an item keeps it: trimmed and cut at a letter's edge.
#[must_use]
pub fn kept_text(text: &str) -> String {
    let text = text.trim();
    let end = if text.len() > TEXT_BYTES_MAX { text.floor_char_boundary(TEXT_BYTES_MAX) } else { text.len() };
    text[..end].to_owned()
}

/// Properties that lead to people's words: they are never read.
#[must_use]
pub fn is_private(name: &str) -> bool {
    matches!(
        name,
        "review"
            | "reviews"
            | "comment"
            | "comments"
            | "author"
            | "reviewBody"
            | "creator"
            | "telephone"
            | "email"
            | "potentialAction"
    )
}
