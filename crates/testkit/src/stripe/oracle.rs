//! Stripe's own OpenAPI document, held against everything that goes in and out of the simulator: requests, answers, events. So
//! neither Creel nor the simulator can say what Stripe would not. The document is set up by `cargo xtask toolbox`; nothing of it is
//! in this repository.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    sync::{Arc, Mutex},
};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::{Form, Observer, StripeSimulator, lock, oracle_dialect as dialect};

/// Where tests find the document.
pub const OPENAPI_VARIABLE: &str = "CREEL_STRIPE_OPENAPI";
/// A message of what is wrong is cut there.
const MESSAGE_CHARS_MAX: usize = 400;

/// The document, ready to be held against things.
pub struct Oracle {
    paths: Map<String, Value>,
    /// Schemas by name, in JSON Schema's own dialect.
    schemas: Map<String, Value>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Oracle {
    /// Reads the document.
    pub fn read(path: &Path) -> Result<Oracle, String> {
        let text = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let document: Value = serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let of =
            |value: &Value| value.as_object().cloned().ok_or_else(|| format!("{}: not an OpenAPI document", path.display()));
        let version = &document["info"]["version"];
        if version != super::API_VERSION {
            return Err(format!("{}: describes {version}, not {}", path.display(), super::API_VERSION));
        }
        let schemas = of(&document["components"]["schemas"])?;
        let schemas = schemas.into_iter().map(|(name, schema)| (name, dialect::translated(&schema))).collect();
        Ok(Oracle { paths: of(&document["paths"])?, schemas, validators: Mutex::new(HashMap::new()) })
    }

    /// The operation and its path as the document writes it.
    fn operation(&self, method: &str, path: &str) -> Option<(&str, &Value)> {
        let fits = |template: &str| {
            let (mut wanted, mut given) = (template.split('/'), path.split('/'));
            loop {
                match (wanted.next(), given.next()) {
                    (None, None) => return true,
                    (Some(wanted), Some(given)) if wanted == given || wanted.starts_with('{') => {}
                    _ => return false,
                }
            }
        };
        let found = self.paths.iter().find(|(template, _)| fits(template))?;
        found.1.get(method.to_lowercase()).map(|operation| (found.0.as_str(), operation))
    }

    /// The validator of a schema, made when it is first needed and kept under a name.
    fn validator(&self, name: &str, schema: impl FnOnce() -> Value) -> Result<Arc<Validator>, String> {
        if let Some(known) = lock(&self.validators).get(name) {
            return Ok(Arc::clone(known));
        }
        let mut schema = schema();
        let mut needed = BTreeMap::new();
        self.collect(&schema, &mut needed);
        schema["components"] = json!({"schemas": needed});
        let validator =
            jsonschema::options().build(&schema).map_err(|error| format!("{name}: the schema is not one: {error}"))?;
        let validator = Arc::new(validator);
        lock(&self.validators).insert(name.to_owned(), Arc::clone(&validator));
        Ok(validator)
    }

    /// The schemas that a schema names, and theirs.
    fn collect(&self, schema: &Value, needed: &mut BTreeMap<String, Value>) {
        let mut names = BTreeSet::new();
        dialect::references(schema, &mut names);
        for name in names {
            if let Some(found) = self.schemas.get(&name).filter(|_| !needed.contains_key(&name)) {
                needed.insert(name, found.clone());
                self.collect(found, needed);
            }
        }
    }

    fn hold(&self, name: &str, schema: impl FnOnce() -> Value, instance: &Value) -> Vec<String> {
        let validator = match self.validator(name, schema) {
            Ok(validator) => validator,
            Err(error) => return vec![error],
        };
        let message = |error: jsonschema::ValidationError<'_>| {
            let text = format!("{name}: at `{}`: {error}", error.instance_path());
            text.chars().take(MESSAGE_CHARS_MAX).collect()
        };
        validator.iter_errors(instance).map(message).collect()
    }

    /// Holds each object within against the schema of its kind: what is expanded, and what an event is about.
    fn hold_objects(&self, value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Array(elements) => elements.iter().for_each(|element| self.hold_objects(element, found)),
            Value::Object(fields) => {
                let kind = value["object"].as_str().unwrap_or_default();
                let kind = if value["deleted"] == true { format!("deleted_{kind}") } else { kind.to_owned() };
                if self.schemas.contains_key(&kind) {
                    found.extend(self.hold(&kind, || json!({"$ref": format!("#/components/schemas/{kind}")}), value));
                }
                fields.values().for_each(|inner| self.hold_objects(inner, found));
            }
            _ => {}
        }
    }
}

impl Observer for Oracle {
    fn request(&self, method: &str, path: &str, given: &Form) -> Vec<String> {
        let Some((template, operation)) = self.operation(method, path) else {
            return vec![format!("{method} {path}: Stripe has no such operation")];
        };
        let schema = if method == "GET" { dialect::query(operation) } else { dialect::body(operation) };
        let instance = dialect::coerced(&given.tree(), &schema, &self.schemas);
        self.hold(&format!("{method} {template}"), || schema, &instance)
    }

    fn answer(&self, method: &str, path: &str, status: u16, body: &Value) -> Vec<String> {
        let Some((template, operation)) = self.operation(method, path) else {
            // Said once, of the request.
            return Vec::new();
        };
        let word = if status == 200 { "200" } else { "default" };
        let schema = || dialect::translated(&operation["responses"][word]["content"]["application/json"]["schema"]);
        let mut found = Vec::new();
        self.hold_objects(body, &mut found);
        // The parts say more than the whole does of the same fault.
        if found.is_empty() {
            found = self.hold(&format!("{method} {template} {word}"), schema, body);
        }
        found
    }

    fn event(&self, event: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.hold_objects(event, &mut found);
        let kind = event["type"].as_str().unwrap_or_default();
        found.iter().map(|what| format!("event {kind}: {what}")).collect()
    }
}

impl StripeSimulator {
    /// Holds everything from now on against the document that `CREEL_STRIPE_OPENAPI` names.
    pub fn with_oracle(self) -> Result<StripeSimulator, String> {
        let path = std::env::var(OPENAPI_VARIABLE)
            .map_err(|_| format!("{OPENAPI_VARIABLE} is not set: run `cargo xtask toolbox`"))?;
        self.with_oracle_at(Path::new(&path))
    }

    pub fn with_oracle_at(self, path: &Path) -> Result<StripeSimulator, String> {
        self.watch(Arc::new(Oracle::read(path)?));
        Ok(self)
    }
}
