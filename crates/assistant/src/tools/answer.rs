//! How tools answer with pages of rows. What every page takes is read here: how many rows, from where on, which fields.

use serde_json::Value;

use super::{
    bounded::Row,
    error::ToolError,
    input::{Text, Whole},
    output::{Rows, Told, object},
};
/// Rows of a page where nothing is said, and at most.
pub const LIMIT_DEFAULT: usize = 10;
pub const LIMIT_MAX: usize = 50;

/// Fields that a row has whatever is chosen: what is spoken of, and where people see it.
const ALWAYS: [&str; 2] = ["id", "link"];

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
    pub fn answer<A: Told, T, R: Told>(
        &self,
        about: &A,
        mut found: Vec<T>,
        cursor: impl Fn(&T) -> String,
        row: impl Fn(T) -> R,
    ) -> Result<Rows<R, A>, ToolError> {
        let more = found.len() > self.limit;
        found.truncate(self.limit);
        let next = found.last().filter(|_| more).map(&cursor);
        let rows = found
            .into_iter()
            .map(|thing| Ok(Row { cursor: cursor(&thing), value: chosen(row(thing).json()?, self.fields)? }))
            .collect::<Result<Vec<_>, ToolError>>()?;
        Ok(Rows::new(object(about.json()?), rows, next))
    }

    /// The answer, of rows that are all there: a cursor is how many of them were told.
    pub fn part<A: Told, R: Told>(&self, about: &A, rows: Vec<R>) -> Result<Rows<R, A>, ToolError> {
        let from = self.after::<usize>()?.unwrap_or(0);
        let rows: Vec<(usize, R)> = (from + 1..).zip(rows.into_iter().skip(from)).take(self.limit + 1).collect();
        self.answer(about, rows, |(told, _)| told.to_string(), |(_, row)| row)
    }
}

/// The thing with the fields that were chosen, all where none was.
pub(super) fn chosen(thing: Value, fields: &[Text]) -> Result<Value, ToolError> {
    let (false, Value::Object(thing)) = (fields.is_empty(), &thing) else { return Ok(thing) };
    if let Some((at, unknown)) = fields.iter().enumerate().find(|(_, field)| !thing.contains_key(&field.0)) {
        let known: Vec<&str> = thing.keys().map(String::as_str).collect();
        let message = format!("{:?} is none of {}", unknown.0, known.join(", "));
        return Err(ToolError::field(format!("fields[{at}]"), message));
    }
    let is_chosen = |name: &str| ALWAYS.contains(&name) || fields.iter().any(|field| field.0 == name);
    let chosen = thing.iter().filter(|(name, _)| is_chosen(name));
    Ok(Value::Object(chosen.map(|(name, value)| (name.clone(), value.clone())).collect()))
}
