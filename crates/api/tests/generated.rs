//! What is generated from the code and kept in the repository is what the code says, and the document holds together.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::{collections::BTreeSet, fs, path::Path};

use creel_api::document::{document, document_text, errors_text, events_schema_text, events_text};
use serde_json::Value;

fn kept(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference").join(file);
    fs::read_to_string(&path).unwrap_or_default()
}

#[test]
fn the_reference_is_what_the_code_says() {
    assert!(kept("openapi.json") == document_text(), "docs/reference/openapi.json is out of date: run `cargo xtask gen`");
    assert!(
        kept("metrics.md") == creel_types::metric::reference(),
        "docs/reference/metrics.md is out of date: run `cargo xtask gen`"
    );
    assert!(
        kept("plans.md") == creel_types::plan::reference(),
        "docs/reference/plans.md is out of date: run `cargo xtask gen`"
    );
    assert!(kept("errors.md") == errors_text(), "docs/reference/errors.md is out of date: run `cargo xtask gen`");
    assert!(kept("events.md") == events_text(), "docs/reference/events.md is out of date: run `cargo xtask gen`");
    let schema = events_schema_text();
    assert!(kept("events.schema.json") == schema, "docs/reference/events.schema.json is out of date: run `cargo xtask gen`");
}

/// Every operation with its path and method.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        all.extend(item.as_object().unwrap().iter().map(|(method, operation)| (format!("{method} {path}"), operation)));
    }
    all
}

#[test]
fn every_operation_says_what_it_is() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let tags: BTreeSet<&str> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut names = BTreeSet::new();
    let all = operations(&document);
    assert!(all.len() > 30);
    for (at, operation) in &all {
        assert!(!operation["summary"].as_str().unwrap_or_default().is_empty(), "{at} has no summary");
        assert!(names.insert(operation["operationId"].as_str().unwrap()), "{at} has the name of another operation");
        let tag = operation["tags"][0].as_str().unwrap();
        assert!(tags.contains(tag), "{at}: {tag} is not explained");
        assert!(operation["responses"]["500"].is_object(), "{at} does not say what errors look like");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
}
