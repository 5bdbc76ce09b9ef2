//! What tools take: strict as the API is, a little kinder to models. Numbers may come as texts, days as instants, and null is as
//! good as nothing. Each input's JSON schema is made from the same fields.

use std::{marker::PhantomData, str::FromStr};

use creel_types::{Amount, Currency, Time};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::{Map, Value, json};

use super::error::ToolError;

/// Characters of any one text that a tool takes.
pub(super) const TEXT_CHARS_MAX: usize = 2_048;

/// What a tool takes, with its schema.
pub(super) trait Input: DeserializeOwned {
    fn schema() -> Value;
}

/// A type of a field.
pub(super) trait Shape {
    const REQUIRED: bool = true;
    fn shape() -> Value;
}

impl<T: Shape> Shape for Option<T> {
    const REQUIRED: bool = false;
    fn shape() -> Value {
        T::shape()
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn shape() -> Value {
        json!({"type": "array", "items": T::shape()})
    }
}

impl Shape for bool {
    fn shape() -> Value {
        json!({"type": "boolean"})
    }
}

impl Shape for Currency {
    fn shape() -> Value {
        json!({"type": "string"})
    }
}

/// An id as it was written: one that is no id at all is as missing as one that does not exist.
#[derive(Clone, Debug)]
pub(super) struct Id<T>(String, PhantomData<T>);

impl<T: FromStr> Id<T> {
    pub fn get(&self, field: &str) -> Result<T, ToolError> {
        self.0.trim().parse().map_err(|_| ToolError::not_found(field))
    }
}

impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Id<T>, D::Error> {
        String::deserialize(deserializer).map(|text| Id(text, PhantomData))
    }
}

impl<T> Shape for Id<T> {
    fn shape() -> Value {
        json!({"type": "string", "format": "uuid"})
    }
}

/// A text of a bounded length.
#[derive(Clone, Debug)]
pub(super) struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.chars().count() > TEXT_CHARS_MAX {
            return Err(D::Error::custom(format!("longer than {TEXT_CHARS_MAX} characters")));
        }
        Ok(Text(text))
    }
}

impl Shape for Text {
    fn shape() -> Value {
        json!({"type": "string"})
    }
}

/// The text of a number, or of a text that is one.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Number(number) => Ok(number.to_string()),
        Value::String(text) => Ok(text.trim().to_owned()),
        other => Err(D::Error::custom(format!("{other} is not a number"))),
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Whole(pub i64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Whole, D::Error> {
        let text = number(deserializer)?;
        let digits = text.split_once('.').filter(|(_, rest)| rest.bytes().all(|digit| digit == b'0'));
        let whole = digits.map_or(text.as_str(), |(whole, _)| whole).parse();
        whole.map(Whole).map_err(|_| D::Error::custom(format!("{text} is not a whole number")))
    }
}

impl Shape for Whole {
    fn shape() -> Value {
        json!({"type": "integer"})
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Money(pub Amount);

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        number(deserializer)?.parse().map(Money).map_err(D::Error::custom)
    }
}

impl Shape for Money {
    fn shape() -> Value {
        json!({"type": "number"})
    }
}

/// An instant, or a day, which is its first instant in UTC.
#[derive(Clone, Copy, Debug)]
pub(super) struct When(pub Time);

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<When, D::Error> {
        let text = String::deserialize(deserializer)?;
        let day = || format!("{}T00:00:00Z", text.trim()).parse().ok().filter(|_| text.trim().len() == 10);
        let time = text.trim().parse::<Time>().ok().or_else(day);
        time.map(When).ok_or_else(|| D::Error::custom(format!("{text:?} is neither 2026-01-31 nor 2026-01-31T09:30:00Z")))
    }
}

impl Shape for When {
    fn shape() -> Value {
        json!({"type": "string", "format": "date-time"})
    }
}

/// Words of a closed list are fields as they are.
macro_rules! shape_of_words {
    ($($name:ty),* $(,)?) => {$(
        impl $crate::tools::input::Shape for $name {
            fn shape() -> serde_json::Value {
                let words: Vec<&str> = <$name>::ALL.iter().map(|word| word.as_str()).collect();
                serde_json::json!({"type": "string", "enum": words})
            }
        }
    )*};
}
pub(super) use shape_of_words;

shape_of_words! {
    creel_types::PageOutcome, creel_types::RunStatus, creel_types::ScheduleStatus, creel_types::ReviewState, creel_types::Signal,
    creel_store::listing::CaptureSort, creel_store::ledger::usage::UsageGroup, creel_ledger::EntryKind,
}

/// Makes an input of its fields, each with what a model is told of it; nothing is told of what its name says.
macro_rules! input {
    ($(#[$meta:meta])* $name:ident { $($(#[doc = $doc:literal])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[doc = $doc])* $field: $type,)*
        }

        impl super::input::Input for $name {
            fn schema() -> serde_json::Value {
                super::input::object(vec![
                    $((stringify!($field), <$type as super::input::Shape>::shape(), concat!($($doc),*),
                       <$type as super::input::Shape>::REQUIRED)),*
                ])
            }
        }
    };
}

pub(super) use input;

/// The schema of an object with these fields. That there are no others is not said, since it is paid for with each message;
/// others are refused by name.
pub(super) fn object(fields: Vec<(&str, Value, &str, bool)>) -> Value {
    let required: Vec<&str> = fields.iter().filter(|(.., required)| *required).map(|(name, ..)| *name).collect();
    let properties: Map<String, Value> = fields
        .into_iter()
        .map(|(name, mut shape, told, _)| {
            if let (Value::Object(shape), true) = (&mut shape, !told.is_empty()) {
                shape.insert("description".to_owned(), json!(told.trim()));
            }
            (name.to_owned(), shape)
        })
        .collect();
    let mut schema = json!({"type": "object", "properties": properties});
    if let (Value::Object(schema), false) = (&mut schema, required.is_empty()) {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}
