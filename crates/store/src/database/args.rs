//! Values in the form in which each engine's driver takes them.

use sqlx::{Arguments as _, postgres::PgArguments, sqlite::SqliteArguments};

use super::Value;
use crate::StoreError;

pub(super) fn sqlite(args: Vec<Value>) -> Result<SqliteArguments, StoreError> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(args.len(), 0);
    for value in args {
        match value {
            Value::Int(number) => arguments.add(number),
            Value::Text(text) => arguments.add(text),
        }
        .map_err(encode)?;
    }
    Ok(arguments)
}

pub(super) fn postgres(args: Vec<Value>) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    for value in args {
        match value {
            Value::Int(number) => arguments.add(number),
            Value::Text(text) => arguments.add(text),
        }
        .map_err(encode)?;
    }
    Ok(arguments)
}

/// A column of values as one array.
pub(super) fn add_array(
    arguments: &mut PgArguments,
    column: impl Iterator<Item = Value>,
    kind: super::Kind,
) -> Result<(), StoreError> {
    match kind {
        super::Kind::Int => arguments.add(
            column.map(|value| if let Value::Int(number) = value { number } else { None }).collect::<Vec<Option<i64>>>(),
        ),
        super::Kind::Text => arguments.add(
            column.map(|value| if let Value::Text(text) = value { text } else { None }).collect::<Vec<Option<String>>>(),
        ),
    }
    .map_err(encode)
}

fn encode(error: sqlx::error::BoxDynError) -> StoreError {
    StoreError::Database(sqlx::Error::Encode(error))
}
