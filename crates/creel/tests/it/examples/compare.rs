//! What an example wrote, held against what its document shows. `…` stands for anything: in a text for any characters, as a whole
//! value of JSON for any value, as an element of a list for any number of elements, as a key for any other members.

use serde_json::{Map, Value};

use super::read::Shown;

const ANYTHING: &str = "…";

pub fn compare(shown: &Shown, written: &str) -> Result<(), String> {
    match shown {
        Shown::Text(text) if is_like(text.trim(), written.trim()) => Ok(()),
        Shown::Text(_) => Err("it does not write the text that is shown".to_owned()),
        Shown::Json(text) => {
            let expected = serde_json::from_str(text).map_err(|error| format!("what is shown is no JSON: {error}"))?;
            let found = serde_json::from_str(written).map_err(|error| format!("what it writes is no JSON: {error}"))?;
            same(&expected, &found, "the value")
        }
    }
}

/// Each piece between two `…` is found behind the piece before it; the first and the last are the ends.
fn is_like(pattern: &str, text: &str) -> bool {
    let pieces: Vec<&str> = pattern.split(ANYTHING).collect();
    let [first, middle @ .., last] = &pieces[..] else { return pattern == text };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    for piece in middle {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn same(expected: &Value, found: &Value, at: &str) -> Result<(), String> {
    let fault = || format!("{at} is {found}, shown is {expected}");
    match (expected, found) {
        (Value::String(any), _) if any == ANYTHING => Ok(()),
        (Value::String(expected), Value::String(found)) if is_like(expected, found) => Ok(()),
        (Value::Array(expected), Value::Array(found)) => same_elements(expected, found, at),
        (Value::Object(expected), Value::Object(found)) => same_members(expected, found, at),
        _ if expected == found => Ok(()),
        _ => Err(fault()),
    }
}

fn same_elements(expected: &[Value], found: &[Value], at: &str) -> Result<(), String> {
    let gap = expected.iter().position(|element| element == ANYTHING);
    let (first, last) = expected.split_at(gap.unwrap_or(expected.len()));
    let last = last.get(1..).unwrap_or_default();
    let fits = if gap.is_some() { found.len() >= first.len() + last.len() } else { found.len() == first.len() };
    if !fits {
        return Err(format!("{at} has {} elements", found.len()));
    }
    let ends = found[..first.len()].iter().chain(&found[found.len() - last.len()..]);
    (0..).zip(first.iter().chain(last).zip(ends)).try_for_each(|(index, (expected, found))| {
        let index: usize = index;
        same(expected, found, &format!("{at}[{index}]"))
    })
}

fn same_members(expected: &Map<String, Value>, found: &Map<String, Value>, at: &str) -> Result<(), String> {
    for (key, value) in expected.iter().filter(|(key, _)| *key != ANYTHING) {
        let Some(found) = found.get(key) else { return Err(format!("{at} has no {key}")) };
        same(value, found, &format!("{at}.{key}"))?;
    }
    match found.keys().find(|key| !expected.contains_key(*key)) {
        Some(more) if !expected.contains_key(ANYTHING) => Err(format!("{at} has {more}, which is not shown")),
        _ => Ok(()),
    }
}

#[test]
fn dots_stand_for_anything_and_nothing_else_does() {
    for (pattern, text, is_alike) in [
        ("a", "a", true),
        ("a", "ab", false),
        ("a…", "abc", true),
        ("…c", "abc", true),
        ("a…c…e", "a-c-e", true),
        ("a…c…e", "a-e-c", false),
        ("ab…b", "ab", false),
        ("…", "", true),
    ] {
        assert_eq!(is_like(pattern, text), is_alike, "{pattern} {text}");
    }
    for (shown, written, fault) in [
        (r#"{"a": 1}"#, r#"{"a":1}"#, None),
        (r#"{"a": "…", "b": "x…"}"#, r#"{"a":[1],"b":"xy"}"#, None),
        (r#"{"a": 1}"#, r#"{"a":1,"b":2}"#, Some("has b")),
        (r#"{"a": 1, "…": "…"}"#, r#"{"a":1,"b":2}"#, None),
        (r#"{"a": 1, "…": "…"}"#, r#"{"b":2}"#, Some("has no a")),
        (r#"[1, "…"]"#, "[1,2,3]", None),
        (r#"[1, "…", 3]"#, "[1,2,3]", None),
        (r#"[1, "…", 3]"#, "[3]", Some("has 1 elements")),
        (r#"[1, "…", 4]"#, "[1,2,3]", Some("is 3, shown is 4")),
        ("[1, 2]", "[1]", Some("has 1 elements")),
        (r#"{"a": {"b": [1]}}"#, r#"{"a":{"b":[2]}}"#, Some("the value.a.b[0] is 2, shown is 1")),
        ("1", "1.0", Some("is 1.0, shown is 1")),
    ] {
        match (compare(&Shown::Json(shown.to_owned()), written), fault) {
            (Ok(()), None) => {}
            (Err(found), Some(fault)) if found.contains(fault) => {}
            (found, _) => panic!("{shown} {written}: {found:?}"),
        }
    }
}
