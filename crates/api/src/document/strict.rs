//! What the derived document leaves looser than the API is: parameters are never null, and answers write every property.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// Properties of answers that are left out where they say nothing.
const LEFT_OUT: [(&str, &str); 7] = [
    ("LotPart", "hold"),
    ("LotPart", "terms"),
    ("LotPart", "due"),
    ("Sku", "opt1"),
    ("Sku", "opt2"),
    ("Sku", "opt3"),
    ("Window", "days"),
];

/// A query or header is there or not; the word for nothing is to leave it out.
pub(super) fn no_null_parameters(document: &mut Value) {
    for operation in operations(document) {
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            let Some(schema) = parameter.get_mut("schema") else { continue };
            if let Some(types) = schema.get_mut("type")
                && let Some(named) = types.as_array().and_then(|all| all.iter().find(|one| *one != "null")).cloned()
            {
                *types = named;
            }
            if let Some(choices) = schema.get("oneOf").and_then(Value::as_array)
                && let Some(named) = choices.iter().find(|one| one["type"] != "null").cloned()
            {
                *schema = named;
            }
        }
    }
}

/// Every property of an answer is written, with null where there is nothing.
pub(super) fn answers_are_whole(document: &mut Value) {
    let mut asked = BTreeSet::new();
    for operation in operations(document) {
        if let Some(body) = operation.get("requestBody") {
            collect(body, &mut asked);
        }
    }
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    for (name, schema) in schemas.iter_mut().filter(|(name, _)| !asked.contains(*name)) {
        require_all(name, schema);
    }
}

fn require_all(name: &str, schema: &mut Value) {
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        require_all(name, part);
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    let written: Vec<Value> =
        properties.keys().filter(|key| !LEFT_OUT.contains(&(name, key.as_str()))).map(|key| json!(key)).collect();
    schema["required"] = Value::from(written);
}

/// Names of the schemas that are referred to directly. Schemas of bodies refer to nothing but simple values.
fn collect(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(name) = map.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
                names.insert(name.to_owned());
            }
            map.values().for_each(|inner| collect(inner, names));
        }
        Value::Array(all) => all.iter().for_each(|inner| collect(inner, names)),
        _ => {}
    }
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    paths
        .into_iter()
        .flat_map(|paths| paths.values_mut())
        .filter_map(Value::as_object_mut)
        .flat_map(|item| item.values_mut())
}
