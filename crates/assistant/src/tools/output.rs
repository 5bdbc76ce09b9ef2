//! What tools answer: a page of rows or one thing, of a type that says what is in it. The JSON schema that clients are told is made
//! from the same types. Nothing in it is required but what every page has: callers choose fields, and what does not fit is cut.

use std::marker::PhantomData;

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

use super::{ToolErrorCode, answer::chosen, bounded, error::ToolError, input::Text};

/// Objects within objects that a schema describes.
const DEPTH: usize = 3;
/// Words of a closed list that a schema tells; longer lists are those of standards.
const WORDS_TOLD: usize = 20;

/// The whole of what a tool answers.
pub(super) trait Output {
    fn into_json(self) -> Value;
    fn schema() -> Value;
}

/// Something that can be told, with its schema.
pub(super) trait Told {
    fn json(&self) -> Result<Value, ToolError>;
    fn schema() -> Value;
}

impl<T: Serialize + ToSchema> Told for T {
    fn json(&self) -> Result<Value, ToolError> {
        serde_json::to_value(self).map_err(|error| {
            tracing::error!(%error, "an answer cannot be written");
            ToolError::new(ToolErrorCode::Internal, "something went wrong here; it was logged")
        })
    }

    fn schema() -> Value {
        let mut named = Vec::new();
        T::schemas(&mut named);
        plain(&json_of(&T::schema()), &named, DEPTH)
    }
}

/// Rows `R` of a page, with `A` beside them.
pub(super) struct Rows<R, A = Nothing>(Value, PhantomData<fn() -> (R, A)>);

impl<R, A> Rows<R, A> {
    pub fn new(about: Map<String, Value>, rows: Vec<bounded::Row>, next: Option<String>) -> Rows<R, A> {
        Rows(bounded::page(about, rows, next), PhantomData)
    }
}

impl<R: Told, A: Told> Output for Rows<R, A> {
    fn into_json(self) -> Value {
        self.0
    }

    fn schema() -> Value {
        let mut properties = properties(A::schema());
        properties.insert("rows".to_owned(), json!({"type": "array", "items": R::schema()}));
        properties.insert("next_cursor".to_owned(), json!({"type": ["string", "null"]}));
        json!({"type": "object", "properties": properties, "required": ["rows", "next_cursor"]})
    }
}

/// Nothing beside the rows.
#[derive(Serialize, ToSchema)]
pub(super) struct Nothing {}

/// One thing.
pub(super) struct One<T>(Value, PhantomData<fn() -> T>);

impl<T: Told> One<T> {
    /// As whole as fits.
    pub fn of(thing: &T) -> Result<One<T>, ToolError> {
        One::chosen(thing, None)
    }

    /// With the fields that were chosen, as whole as fits.
    pub fn chosen(thing: &T, fields: Option<&Vec<Text>>) -> Result<One<T>, ToolError> {
        let told = chosen(thing.json()?, fields.map_or(&[], Vec::as_slice))?;
        Ok(One(bounded::whole(told), PhantomData))
    }

    /// With a field that is told whole, because it was found to fit.
    pub fn with_whole(thing: &T, name: &str, value: Value) -> Result<One<T>, ToolError> {
        let mut one = One::of(thing)?;
        one.0[name] = value;
        Ok(one)
    }
}

impl<T: Told> Output for One<T> {
    fn into_json(self) -> Value {
        self.0
    }

    fn schema() -> Value {
        T::schema()
    }
}

/// A thing with the page where people see it in front.
pub(super) struct Linked<T> {
    pub link: String,
    pub thing: T,
}

impl<T: Told> Told for Linked<T> {
    fn json(&self) -> Result<Value, ToolError> {
        let mut whole = Map::from_iter([("link".to_owned(), Value::String(self.link.clone()))]);
        whole.extend(object(self.thing.json()?));
        Ok(Value::Object(whole))
    }

    fn schema() -> Value {
        let mut whole = Map::from_iter([("link".to_owned(), json!({"type": "string"}))]);
        whole.extend(properties(T::schema()));
        json!({"type": "object", "properties": whole})
    }
}

/// A thing of the API without what a model has no use for or must not show as a link: addresses of shops are called so, and
/// those of pictures are left out.
pub(super) struct Renamed<T>(pub T);

/// Fields that are left out.
const LEFT_OUT: [&str; 5] = ["canonical_url", "image_url", "images", "media", "sources"];

impl<T: Serialize + ToSchema> Told for Renamed<T> {
    fn json(&self) -> Result<Value, ToolError> {
        let mut thing = object(self.0.json()?);
        rename(&mut thing);
        // Names that come from outside are data too, and no field of ours is called by them.
        if let Some(Value::Object(custom)) = thing.shift_remove("custom") {
            let custom: Vec<Value> =
                custom.into_iter().map(|(name, value)| json!({"name": name, "value": value.to_string()})).collect();
            thing.insert("custom".to_owned(), Value::Array(custom));
        }
        if let Some(Value::Array(skus)) = thing.get_mut("skus") {
            for sku in skus.iter_mut().filter_map(Value::as_object_mut) {
                sku.shift_remove("image_url");
            }
        }
        Ok(Value::Object(thing))
    }

    fn schema() -> Value {
        let mut thing = properties(<T as Told>::schema());
        rename(&mut thing);
        if thing.contains_key("custom") {
            let text = json!({"type": "string"});
            let pair = json!({"type": "object", "properties": {"name": text, "value": text}});
            thing.insert("custom".to_owned(), list_of(pair));
        }
        let sku = thing.get_mut("skus").and_then(|skus| skus.pointer_mut("/items/anyOf/0/properties"));
        if let Some(Value::Object(sku)) = sku {
            sku.shift_remove("image_url");
        }
        json!({"type": "object", "properties": thing})
    }
}

fn rename(fields: &mut Map<String, Value>) {
    for name in LEFT_OUT {
        fields.shift_remove(name);
    }
    if let Some(url) = fields.shift_remove("url") {
        fields.insert("shop_url".to_owned(), url);
    }
}

pub(super) fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(map) = value { map } else { Map::new() }
}

fn properties(mut schema: Value) -> Map<String, Value> {
    object(schema["properties"].take())
}

fn json_of(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

/// A list of things; the last of one that was cut is a text that says how much is missing.
fn list_of(item: Value) -> Value {
    match &item {
        Value::Object(fields) if fields.is_empty() => json!({"type": "array"}),
        item if item["type"] == "string" => json!({"type": "array", "items": {"type": "string"}}),
        _ => json!({"type": "array", "items": {"anyOf": [item, {"type": "string"}]}}),
    }
}

/// A schema with names and types alone, and what it refers to in its place: the documentation of the API has the words.
fn plain(schema: &Value, named: &[(String, RefOr<Schema>)], depth: usize) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        let found = named.iter().find(|(known, _)| known == name);
        return found.map_or_else(|| json!({}), |(_, schema)| plain(&json_of(schema), named, depth));
    }
    let deeper = |schema: &Value| if depth == 0 { json!({}) } else { plain(schema, named, depth - 1) };
    let mut told = Map::new();
    for (name, value) in schema.as_object().into_iter().flatten() {
        match (name.as_str(), value) {
            ("type" | "format", value) => drop(told.insert(name.clone(), value.clone())),
            ("enum", Value::Array(words)) if words.len() <= WORDS_TOLD => drop(told.insert(name.clone(), value.clone())),
            ("properties", Value::Object(fields)) => {
                let fields = fields.iter().map(|(name, value)| (name.clone(), deeper(value))).collect();
                told.insert(name.clone(), Value::Object(fields));
            }
            ("items", item) => told.extend(object(list_of(deeper(item)))),
            ("oneOf" | "anyOf", Value::Array(all)) => {
                let all: Vec<Value> = all.iter().map(|schema| plain(schema, named, depth)).collect();
                told.insert("anyOf".to_owned(), Value::Array(all));
            }
            // Of one thing that is written into another.
            ("allOf", Value::Array(all)) => {
                let mut fields = Map::new();
                all.iter().for_each(|part| fields.extend(properties(plain(part, named, depth))));
                told.insert("type".to_owned(), json!("object"));
                told.insert("properties".to_owned(), Value::Object(fields));
            }
            _ => {}
        }
    }
    Value::Object(told)
}
