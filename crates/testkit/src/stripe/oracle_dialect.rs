//! OpenAPI 3.0's dialect of JSON Schema, as Stripe writes it, put into JSON Schema proper; and texts of forms into the types that a
//! schema asks for.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Nothing nests deeper; a schema that refers to itself is followed no further.
const DEPTH_MAX: usize = 24;

/// A schema in JSON Schema's dialect: `nullable` becomes a type, a field that is not described becomes a fault, and what may be
/// expanded is an id or some object, which is held against its own schema apart.
pub(super) fn translated(schema: &Value) -> Value {
    match schema {
        Value::Array(elements) => elements.iter().map(translated).collect(),
        Value::Object(fields) => object(fields),
        other => other.clone(),
    }
}

fn object(fields: &Map<String, Value>) -> Value {
    let mut out = Map::new();
    for (key, value) in fields {
        match key.as_str() {
            "properties" => drop(out.insert(key.clone(), properties(value))),
            "nullable" | "description" | "x-expansionResources" | "x-expandableFields" | "title" => {}
            "enum" => drop(out.insert(key.clone(), value.clone())),
            _ => drop(out.insert(key.clone(), translated(value))),
        }
    }
    if fields.contains_key("properties") && !fields.contains_key("additionalProperties") {
        out.insert("additionalProperties".to_owned(), json!(false));
    }
    if fields.contains_key("x-expansionResources")
        && let Some(Value::Array(choices)) = out.get_mut("anyOf")
    {
        choices.retain(|choice| choice.get("$ref").is_none());
        choices.push(json!({"type": "object", "required": ["id", "object"]}));
    }
    let schema = Value::Object(out);
    if fields.get("nullable") == Some(&json!(true)) { json!({"anyOf": [{"type": "null"}, schema]}) } else { schema }
}

fn properties(value: &Value) -> Value {
    let fields = value.as_object().into_iter().flatten();
    Value::Object(fields.map(|(name, schema)| (name.clone(), translated(schema))).collect())
}

/// The names of the schemas that this one refers to itself.
pub(super) fn references(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Array(elements) => elements.iter().for_each(|element| references(element, names)),
        Value::Object(fields) => {
            for (key, value) in fields {
                match value.as_str().and_then(|text| text.strip_prefix("#/components/schemas/")) {
                    Some(name) if key == "$ref" => drop(names.insert(name.to_owned())),
                    _ => references(value, names),
                }
            }
        }
        _ => {}
    }
}

/// What a query may hold, as one object.
pub(super) fn query(operation: &Value) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for parameter in operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "query")
    {
        let name = parameter["name"].as_str().unwrap_or_default();
        properties.insert(name.to_owned(), translated(&parameter["schema"]));
        if parameter["required"] == true {
            required.push(json!(name));
        }
    }
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// What a form body may hold.
pub(super) fn body(operation: &Value) -> Value {
    translated(&operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"])
}

/// A form's tree with numbers and flags where the schema wants them.
pub(super) fn coerced(value: &Value, schema: &Value, schemas: &Map<String, Value>) -> Value {
    coerced_within(value, schema, schemas, DEPTH_MAX)
}

fn coerced_within(value: &Value, schema: &Value, schemas: &Map<String, Value>, depth: usize) -> Value {
    if depth == 0 {
        return value.clone();
    }
    let reference = schema["$ref"].as_str().and_then(|text| text.strip_prefix("#/components/schemas/"));
    if let Some(found) = reference.and_then(|name| schemas.get(name)) {
        return coerced_within(value, found, schemas, depth - 1);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let fitting = choices.iter().map(|choice| coerced_within(value, choice, schemas, depth - 1)).zip(choices);
        let found = fitting.filter(|(coerced, choice)| is_of_type(coerced, choice)).map(|(coerced, _)| coerced).next();
        return found.unwrap_or_else(|| value.clone());
    }
    match (value, schema["type"].as_str()) {
        (Value::String(text), Some("integer" | "number")) => {
            text.parse::<i64>().map_or_else(|_| value.clone(), |number| json!(number))
        }
        (Value::String(text), Some("boolean")) => text.parse::<bool>().map_or_else(|_| value.clone(), |flag| json!(flag)),
        (Value::Array(elements), _) => {
            elements.iter().map(|element| coerced_within(element, &schema["items"], schemas, depth - 1)).collect()
        }
        (Value::Object(fields), _) => {
            let inner = |(key, field): (&String, &Value)| {
                (key.clone(), coerced_within(field, &schema["properties"][key.as_str()], schemas, depth - 1))
            };
            Value::Object(fields.iter().map(inner).collect())
        }
        _ => value.clone(),
    }
}

/// Whether the value could be of that choice, by its type and the words that it allows.
fn is_of_type(value: &Value, schema: &Value) -> bool {
    let allowed = schema["enum"].as_array().is_none_or(|words| words.contains(value));
    let fits = match schema["type"].as_str() {
        Some("integer" | "number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("string") => value.is_string(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some("null") => value.is_null(),
        _ => true,
    };
    fits && allowed
}
