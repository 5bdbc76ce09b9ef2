//! A row, read by column name; a value of an unexpected shape is an error, never a panic.

use std::str::FromStr;

use creel_types::Time;
use sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow};

use crate::StoreError;

#[derive(Debug)]
pub enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! get {
    ($row:expr, $column:expr) => {
        match $row {
            Row::Sqlite(row) => row.try_get($column),
            Row::Postgres(row) => row.try_get($column),
        }
    };
}

impl Row {
    pub fn int(&self, column: &str) -> Result<i64, StoreError> {
        Ok(get!(self, column)?)
    }

    pub fn opt_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        Ok(get!(self, column)?)
    }

    pub fn text(&self, column: &str) -> Result<String, StoreError> {
        Ok(get!(self, column)?)
    }

    pub fn opt_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        Ok(get!(self, column)?)
    }

    pub fn flag(&self, column: &str) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    pub fn time(&self, column: &str) -> Result<Time, StoreError> {
        Ok(Time(self.int(column)?))
    }

    pub fn credits(&self, column: &str) -> Result<creel_types::Credits, StoreError> {
        Ok(creel_types::Credits(self.int(column)?))
    }

    pub fn opt_time(&self, column: &str) -> Result<Option<Time>, StoreError> {
        Ok(self.opt_int(column)?.map(Time))
    }

    /// A text column read as whatever it must be: an id, a country, a word of a closed list.
    pub fn parsed<T: FromStr>(&self, column: &str) -> Result<T, StoreError> {
        let text = self.text(column)?;
        text.parse().map_err(|_| StoreError::corrupt(column, text))
    }

    pub fn opt_parsed<T: FromStr>(&self, column: &str) -> Result<Option<T>, StoreError> {
        match self.opt_text(column)? {
            None => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| StoreError::corrupt(column, text)),
        }
    }

    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        serde_json::from_str(&self.text(column)?).map_err(|error| StoreError::corrupt(column, error))
    }
}
