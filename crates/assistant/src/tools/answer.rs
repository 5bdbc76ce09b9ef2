//! How tools answer: pages of rows, or one thing. What every page takes is read here: how many rows, from where on, which fields.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    bounded::{self, Row},
    error::ToolError,
    input::{Text, Whole},
};

/// Rows of a page where nothing is said, and at most.
pub const LIMIT_DEFAULT: usize = 10;
pub const LIMIT_MAX: usize = 50;

/// Fields that a row has whatever is chosen: what is spoken of, and where people see it.
const ALWAYS: [&str; 2] = ["id", "link"];

pub(super) fn json_of(value: impl Serialize) -> Result<Value, ToolError> {
    serde_json::to_value(value).map_err(|error| {
        tracing::error!(%error, "an answer cannot be written");
        ToolError::new(super::ToolErrorCode::Internal, "something went wrong here; it was logged")
    })
}

/// The page that is asked for.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub limit: usize,
    cursor: Option<&'a str>,
    fields: &'a [Text],
}

impl<'a> Page<'a> {
    pub fn of(limit: Option<Whole>, cursor: Option<&'a Text>, fields: Option<&'a Vec<Text>>) -> Result<Page<'a>, ToolError> {
        let limit = match limit {
            None => LIMIT_DEFAULT,
            Some(Whole(asked)) => usize::try_from(asked)
                .ok()
                .filter(|limit| (1..=LIMIT_MAX).contains(limit))
                .ok_or_else(|| ToolError::field("limit", format!("{asked} is not between 1 and {LIMIT_MAX}")))?,
        };
        let cursor = cursor.map(|text| text.0.as_str()).filter(|text| !text.is_empty());
        Ok(Page { limit, cursor, fields: fields.map_or(&[], Vec::as_slice) })
    }

    /// Where the page begins, as an earlier one said.
    pub fn after<T: std::str::FromStr>(&self) -> Result<Option<T>, ToolError> {
        let wrong = |_| ToolError::field("cursor", "not a cursor; take next_cursor of the page before as it is");
        self.cursor.map(|text| text.parse().map_err(|_| ()).map_err(wrong)).transpose()
    }

    /// Rows to ask for: the one too many says that there are more.
    pub fn rows(&self) -> i64 {
        i64::try_from(self.limit + 1).unwrap_or(i64::MAX)
    }

    /// The answer, of rows that were asked for with one too many.
    pub fn answer<T>(
        &self,
        about: Map<String, Value>,
        mut found: Vec<T>,
        cursor: impl Fn(&T) -> String,
        row: impl Fn(T) -> Result<Value, ToolError>,
    ) -> Result<Value, ToolError> {
        let more = found.len() > self.limit;
        found.truncate(self.limit);
        let next = found.last().filter(|_| more).map(&cursor);
        let rows = found
            .into_iter()
            .map(|thing| Ok(Row { cursor: cursor(&thing), value: self.chosen(row(thing)?)? }))
            .collect::<Result<Vec<_>, ToolError>>()?;
        Ok(bounded::page(about, rows, next))
    }

    /// The answer, of rows that are all there: a cursor is how many of them were told.
    pub fn part(&self, about: Map<String, Value>, rows: Vec<Value>) -> Result<Value, ToolError> {
        let from = self.after::<usize>()?.unwrap_or(0);
        let rows: Vec<(usize, Value)> = (from + 1..).zip(rows.into_iter().skip(from)).take(self.limit + 1).collect();
        self.answer(about, rows, |(told, _)| told.to_string(), |(_, row)| Ok(row))
    }

    /// The row with the fields that were chosen.
    fn chosen(&self, row: Value) -> Result<Value, ToolError> {
        let (false, Value::Object(row)) = (self.fields.is_empty(), &row) else { return Ok(row) };
        if let Some((at, unknown)) = self.fields.iter().enumerate().find(|(_, field)| !row.contains_key(&field.0)) {
            let known: Vec<&str> = row.keys().map(String::as_str).collect();
            let message = format!("{:?} is none of {}", unknown.0, known.join(", "));
            return Err(ToolError::field(format!("fields[{at}]"), message));
        }
        let is_chosen = |name: &str| ALWAYS.contains(&name) || self.fields.iter().any(|field| field.0 == name);
        let chosen = row.iter().filter(|(name, _)| is_chosen(name));
        Ok(Value::Object(chosen.map(|(name, value)| (name.clone(), value.clone())).collect()))
    }
}

/// `{name: value, …}` for what stands beside the rows.
pub(super) fn about(value: Value) -> Map<String, Value> {
    if let Value::Object(map) = value { map } else { Map::new() }
}

/// A thing with its link in front.
pub(super) fn linked(link: Value, thing: Value) -> Value {
    let mut whole = about(json!({"link": link}));
    whole.extend(about(thing));
    Value::Object(whole)
}

/// A thing of the API without what a model has no use for or must not show as a link: addresses of shops are called so, and
/// those of pictures are left out.
pub(super) fn renamed(mut thing: Value) -> Value {
    if let Value::Object(map) = &mut thing {
        for name in ["canonical_url", "image_url", "images", "media", "sources"] {
            map.shift_remove(name);
        }
        if let Some(url) = map.shift_remove("url") {
            map.insert("shop_url".to_owned(), url);
        }
        // Names that come from outside are data too, and no field of ours is called by them.
        if let Some(Value::Object(custom)) = map.shift_remove("custom") {
            let custom: Vec<Value> =
                custom.into_iter().map(|(name, value)| json!({"name": name, "value": value.to_string()})).collect();
            map.insert("custom".to_owned(), Value::Array(custom));
        }
        if let Some(Value::Array(skus)) = map.get_mut("skus") {
            for sku in skus.iter_mut().filter_map(Value::as_object_mut) {
                sku.shift_remove("image_url");
            }
        }
    }
    thing
}
