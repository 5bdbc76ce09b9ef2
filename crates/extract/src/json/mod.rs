//! JSON as pages carry it: a flat, borrowed tree that is read lazily, and a parser that repairs what shops break. A page's state is large and
//! mostly uninteresting, so nothing is copied or decoded until it is asked for. Refuses to know what any key means.

mod parser;
mod strings;

use std::borrow::Cow;

/// Bytes of one JSON text that are read; a larger one is refused whole.
pub const JSON_BYTES_MAX: usize = 16 << 20;

/// Values of one JSON text.
pub const VALUES_MAX: usize = 1 << 20;

/// Nesting of one JSON text.
pub const DEPTH_MAX: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Null,
    Bool(bool),
    Number,
    /// With at least one backslash.
    Escaped,
    Plain,
    Object,
    Array,
}

/// One value: where its text and its key stand, and where the value after its last descendant is.
#[derive(Clone, Copy, Debug)]
struct Record {
    kind: Kind,
    key_escaped: bool,
    start: u32,
    end: u32,
    key_start: u32,
    key_end: u32,
    next: u32,
}

/// A parsed text, possibly of several values one after another.
#[derive(Debug)]
pub struct Document<'s> {
    text: &'s str,
    records: Vec<Record>,
}

/// One value of a [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct Json<'d> {
    document: &'d Document<'d>,
    at: u32,
}

/// Reads a text that is meant to be JSON: as it should be if it is, else repaired as far as possible. Trailing commas, comments, raw line
/// breaks, quotes inside strings, single quotes, bare keys, missing closing brackets and several values in a row are survived.
#[must_use]
pub fn parse(text: &str) -> Option<Document<'_>> {
    if text.len() > JSON_BYTES_MAX {
        return None;
    }
    parser::parse_strict(text).or_else(|| parser::parse_lenient(text)).filter(|document| !document.records.is_empty())
}

/// Reads the one value, JSON or a literal of JavaScript, that starts at the beginning of `text`; gives it and the bytes it took.
#[must_use]
pub fn parse_prefix(text: &str) -> Option<(Document<'_>, usize)> {
    parser::parse_prefix(text).filter(|(document, _)| !document.records.is_empty())
}

impl<'s> Document<'s> {
    /// The first value.
    #[must_use]
    pub fn root(&self) -> Json<'_> {
        Json { document: self, at: 0 }
    }

    /// All values that stand one after another.
    pub fn roots(&self) -> impl Iterator<Item = Json<'_>> {
        self.run(0, self.records.len() as u32)
    }

    fn run(&self, from: u32, end: u32) -> impl Iterator<Item = Json<'_>> {
        let mut at = from;
        std::iter::from_fn(move || {
            (at < end).then(|| {
                let value = Json { document: self, at };
                at = self.records[at as usize].next;
                value
            })
        })
    }
}

impl<'d> Json<'d> {
    fn record(self) -> &'d Record {
        &self.document.records[self.at as usize]
    }

    #[must_use]
    pub fn is_object(self) -> bool {
        self.record().kind == Kind::Object
    }

    #[must_use]
    pub fn is_array(self) -> bool {
        self.record().kind == Kind::Array
    }

    #[must_use]
    pub fn is_null(self) -> bool {
        self.record().kind == Kind::Null
    }

    #[must_use]
    pub fn is_string(self) -> bool {
        matches!(self.record().kind, Kind::Plain | Kind::Escaped)
    }

    #[must_use]
    pub fn is_number(self) -> bool {
        self.record().kind == Kind::Number
    }

    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.record().kind {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// A string or number as text; the digits of a number as they stand.
    #[must_use]
    pub fn text(self) -> Option<Cow<'d, str>> {
        let record = self.record();
        match record.kind {
            Kind::Plain | Kind::Number => Some(Cow::Borrowed(self.slice(record.start, record.end))),
            Kind::Escaped => Some(strings::decode(self.slice(record.start, record.end))),
            _ => None,
        }
    }

    /// A string or number as trimmed, non-empty text.
    #[must_use]
    pub fn filled(self) -> Option<String> {
        self.text().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The text of the value as it stands, quotes left out.
    #[must_use]
    pub fn raw(self) -> &'d str {
        self.slice(self.record().start, self.record().end)
    }

    /// The key under which it stands in its object.
    #[must_use]
    pub fn key(self) -> Cow<'d, str> {
        let record = self.record();
        let raw = self.slice(record.key_start, record.key_end);
        if record.key_escaped { strings::decode(raw) } else { Cow::Borrowed(raw) }
    }

    /// The key as the text spells it.
    #[must_use]
    pub fn raw_key(self) -> &'d str {
        self.slice(self.record().key_start, self.record().key_end)
    }

    /// The values of an object or array; nothing for others.
    pub fn values(self) -> impl Iterator<Item = Json<'d>> {
        let record = self.record();
        let end = if matches!(record.kind, Kind::Object | Kind::Array) { record.next } else { self.at + 1 };
        self.document.run(self.at + 1, end)
    }

    /// The values of an array, or the value itself if it is none.
    pub fn each(self) -> impl Iterator<Item = Json<'d>> {
        let (from, end) = if self.is_array() { (self.at + 1, self.record().next) } else { (self.at, self.at + 1) };
        let mut once = !self.is_array();
        let mut run = self.document.run(from, end);
        std::iter::from_fn(move || {
            if once {
                once = false;
                return Some(self);
            }
            if from == self.at { None } else { run.next() }
        })
    }

    /// The value under `key` of an object.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Json<'d>> {
        if !self.is_object() {
            return None;
        }
        self.values().find(|value| {
            let record = value.record();
            self.slice(record.key_start, record.key_end) == key
        })
    }

    /// The value under the first of `keys` that is there and is not null.
    #[must_use]
    pub fn get_any(self, keys: &[&str]) -> Option<Json<'d>> {
        keys.iter().find_map(|key| self.get(key).filter(|value| !value.is_null()))
    }

    /// How many values an object or array has below it at any depth.
    #[must_use]
    pub fn weight(self) -> usize {
        (self.record().next - self.at) as usize
    }

    /// Its place in the document: smaller than that of everything below it.
    #[must_use]
    pub fn index(self) -> usize {
        self.at as usize
    }

    /// Every value below it, itself first, in the order of the text.
    pub fn walk(self) -> impl Iterator<Item = Json<'d>> {
        (self.at..self.record().next.max(self.at + 1)).map(move |at| Json { document: self.document, at })
    }

    fn slice(self, start: u32, end: u32) -> &'d str {
        self.document.text.get(start as usize..end as usize).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
