//! Stripe's form encoding: bracket keys, read into ordered pairs. Refuses to know what a key means.

use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::answer::Refusal;

/// What came in a body or a query. `expand[]` is counted up to `expand[0]`, `expand[1]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn read(text: &[u8]) -> Form {
        let mut form = Form::default();
        for (key, value) in form_urlencoded::parse(text) {
            let key = match key.find("[]") {
                Some(at) => {
                    let count = (0..).find(|count| !form.has(&counted(&key, at, *count))).unwrap_or(0);
                    counted(&key, at, count)
                }
                None => key.into_owned(),
            };
            form.0.push((key, value.into_owned()));
        }
        form
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// The text, where an empty one is none.
    pub(super) fn filled(&self, key: &str) -> Option<&str> {
        self.text(key).filter(|text| !text.is_empty())
    }

    pub(super) fn needed(&self, key: &str) -> Result<&str, Refusal> {
        self.filled(key).ok_or_else(|| Refusal::missing(key))
    }

    pub(super) fn integer(&self, key: &str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.filled(key) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| Refusal::invalid(key, &format!("Invalid integer: {text}")))
    }

    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, Refusal> {
        match self.filled(key) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(Refusal::invalid(key, &format!("Invalid boolean: {other}"))),
        }
    }

    /// Whether the key, or something in brackets after it, was given.
    pub(super) fn has(&self, key: &str) -> bool {
        let inside = format!("{key}[");
        self.0.iter().any(|(known, _)| known == key || known.starts_with(&inside))
    }

    /// `key[0]`, `key[1]`, … as far as they were given.
    pub(super) fn elements(&self, key: &str) -> Vec<String> {
        (0..).map(|at| format!("{key}[{at}]")).take_while(|element| self.has(element)).collect()
    }

    /// The texts of `key[0]`, `key[1]`, …
    pub(super) fn list(&self, key: &str) -> Vec<String> {
        self.elements(key).iter().filter_map(|element| self.text(element)).map(str::to_owned).collect()
    }

    /// `key[a]=1&key[b]=2` as pairs.
    pub(super) fn pairs(&self, key: &str) -> Vec<(&str, &str)> {
        let inside = format!("{key}[");
        let inner = |known: &str| known.strip_prefix(&inside)?.strip_suffix(']').map(str::len);
        let pair = |(known, value): &'_ (String, String)| inner(known).map(|len| (inside.len(), len, value.len()));
        let found = self.0.iter().filter(|given| pair(given).is_some());
        found.map(|(known, value)| (&known[inside.len()..known.len() - 1], value.as_str())).collect()
    }

    /// Metadata as a new object has it.
    pub(super) fn metadata(&self, key: &str) -> Value {
        self.merged_metadata(key, &json!({}))
    }

    /// Metadata after an update: an empty value takes the key away, an empty whole takes all.
    pub(super) fn merged_metadata(&self, key: &str, before: &Value) -> Value {
        if self.text(key) == Some("") {
            return json!({});
        }
        let mut metadata = before.as_object().cloned().unwrap_or_default();
        for (name, value) in self.pairs(key) {
            match value {
                "" => drop(metadata.remove(name)),
                value => drop(metadata.insert(name.to_owned(), json!(value))),
            }
        }
        Value::Object(metadata)
    }

    /// Refuses what is in none of the patterns: `items[][price]` is any element's price, `metadata[*]` any key.
    pub(super) fn only(&self, patterns: &[&str]) -> Result<(), Refusal> {
        let known = |key: &str| {
            let general = generalized(key);
            let open = |pattern: &&str| pattern.strip_suffix("[*]").is_some_and(|start| general.starts_with(start));
            ["expand[]", "expand"].contains(&general.as_str())
                || patterns.iter().any(|pattern| *pattern == general || open(pattern))
        };
        match self.0.iter().find(|(key, _)| !known(key)) {
            Some((key, _)) => Err(Refusal::unknown_parameter(key)),
            None => Ok(()),
        }
    }

    /// As JSON, every leaf a text, `a[0]` and `a[1]` an array: what the schemas of requests are held against.
    #[must_use]
    pub fn tree(&self) -> Value {
        let mut root = json!({});
        for (key, value) in &self.0 {
            let path: Vec<&str> = key.split('[').map(|part| part.trim_end_matches(']')).collect();
            put(&mut root, &path, value);
        }
        arrays(root)
    }

    /// As it was given, for telling one request from another.
    pub(super) fn fingerprint(&self) -> String {
        self.0.iter().map(|(key, value)| format!("{key}={value}\n")).collect()
    }
}

fn counted(key: &str, at: usize, count: usize) -> String {
    format!("{}[{count}]{}", &key[..at], &key[at + 2..])
}

/// `items[0][price]` as `items[][price]`.
fn generalized(key: &str) -> String {
    let mut parts = key.split('[');
    let mut general = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let inner = part.trim_end_matches(']');
        let is_index = !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit());
        general.push('[');
        general.push_str(if is_index { "" } else { inner });
        general.push(']');
    }
    general
}

fn put(into: &mut Value, path: &[&str], value: &str) {
    let Some((first, rest)) = path.split_first() else { return };
    if !into.is_object() {
        *into = json!({});
    }
    let Some(object) = into.as_object_mut() else { return };
    if rest.is_empty() {
        object.insert((*first).to_owned(), json!(value));
    } else {
        put(object.entry((*first).to_owned()).or_insert_with(|| json!({})), rest, value);
    }
}

/// Objects whose keys count from 0 become arrays.
fn arrays(value: Value) -> Value {
    let Value::Object(object) = value else { return value };
    let counts = !object.is_empty() && object.keys().enumerate().all(|(at, key)| *key == at.to_string());
    let inner: Map<String, Value> = object.into_iter().map(|(key, value)| (key, arrays(value))).collect();
    if counts { Value::Array(inner.into_iter().map(|(_, value)| value).collect()) } else { Value::Object(inner) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_become_a_tree() {
        let form = Form::read(
            b"items[0][price]=price_1&items[0][quantity]=3&expand[]=a&expand[]=b.c&metadata[x]=&name=J%C3%B6rg+M",
        );
        assert_eq!(
            form.tree(),
            json!({"items": [{"price": "price_1", "quantity": "3"}], "expand": ["a", "b.c"], "metadata": {"x": ""}, "name": "Jörg M"})
        );
        assert_eq!(form.list("expand"), ["a", "b.c"]);
        assert_eq!(form.integer("items[0][quantity]").unwrap(), Some(3));
        assert_eq!(form.merged_metadata("metadata", &json!({"x": "1", "y": "2"})), json!({"y": "2"}));
        assert!(form.only(&["items[][price]", "items[][quantity]", "metadata[*]", "name"]).is_ok());
        assert_eq!(
            form.only(&["items[][price]", "metadata[*]", "name"]).unwrap_err().param.as_deref(),
            Some("items[0][quantity]")
        );
    }
}
