//! Rows of values that a statement works on all at once, under the name `given`.
//!
//! PostgreSQL takes each column as one array; SQLite takes the rows as a list of values, filled up to a power of two, so that
//! few texts of statements are prepared and all of them are used again. Very many rows go in pieces. So a statement that is
//! given rows must do the same to them in pieces as at once.

use sqlx::postgres::PgArguments;

use super::{Value, args};
use crate::StoreError;

/// Rows that one statement on SQLite takes at most; a few thousand values stay far below its limit of 32,766.
const PIECE_ROWS_MAX: usize = 256;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Int,
    Text,
}

#[derive(Debug)]
pub struct Given {
    columns: &'static [(&'static str, Kind)],
    values: Vec<Value>,
}

impl Given {
    #[must_use]
    pub fn new(columns: &'static [(&'static str, Kind)]) -> Given {
        Given { columns, values: Vec::new() }
    }

    /// Adds a row: one value for each column, in their order. The first one is never missing.
    pub fn push(&mut self, row: Vec<Value>) {
        debug_assert_eq!(row.len(), self.columns.len());
        debug_assert!(!matches!(row[0], Value::Int(None) | Value::Text(None)));
        self.values.extend(row);
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() / self.columns.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// `a, b, c`
    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }

    /// `INSERT INTO table (a, b) SELECT a, b FROM given`, with what stands behind it.
    #[must_use]
    pub fn insert_into(&self, table: &str, behind: &str) -> String {
        let names = self.names();
        // The condition keeps SQLite from reading `ON CONFLICT` as part of a join.
        format!("INSERT INTO {table} ({names}) SELECT {names} FROM given WHERE true {behind}")
    }

    pub(super) fn postgres_sql(&self, sql: &str) -> String {
        let arrays: Vec<String> = (1..)
            .zip(self.columns)
            .map(|(at, (_, kind))| format!("${at}::{}[]", if *kind == Kind::Int { "bigint" } else { "text" }))
            .collect();
        format!("WITH given ({}) AS (SELECT * FROM UNNEST({})) {sql}", self.names(), arrays.join(", "))
    }

    pub(super) fn into_postgres_args(self) -> Result<PgArguments, StoreError> {
        let mut arguments = PgArguments::default();
        let width = self.columns.len();
        let mut columns: Vec<Vec<Value>> = (0..width).map(|_| Vec::with_capacity(self.values.len() / width)).collect();
        for (at, value) in self.values.into_iter().enumerate() {
            columns[at % width].push(value);
        }
        for (column, (_, kind)) in columns.into_iter().zip(self.columns) {
            args::add_array(&mut arguments, column.into_iter(), *kind)?;
        }
        Ok(arguments)
    }

    /// The statement for a piece of so many rows, of which those that only fill it up are left out again.
    fn sqlite_sql(&self, rows: usize, sql: &str) -> String {
        let row = format!("({})", vec!["?"; self.columns.len()].join(", "));
        let places = vec![row.as_str(); rows].join(", ");
        format!("WITH given ({}) AS (SELECT * FROM (VALUES {places}) WHERE column1 IS NOT NULL) {sql}", self.names())
    }

    /// Pieces of statement and values, in order: all rows in one, but where they are more than one may take. Each is filled up
    /// to a power of two with rows of nothing, so that few texts are prepared and a statement is sent once.
    pub(super) fn into_sqlite_pieces(self, sql: &str) -> Vec<(String, Vec<Value>)> {
        let width = self.columns.len();
        let mut left = self.len();
        let mut texts = Vec::new();
        while left > 0 {
            let rows = left.min(PIECE_ROWS_MAX);
            let places = rows.next_power_of_two();
            texts.push((rows * width, places * width, self.sqlite_sql(places, sql)));
            left -= rows;
        }
        let mut values = self.values.into_iter();
        texts
            .into_iter()
            .map(|(taken, places, text)| {
                let mut piece: Vec<Value> = values.by_ref().take(taken).collect();
                piece.resize(places, Value::Int(None));
                (text, piece)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;

    fn given(rows: i64) -> Given {
        let mut given = Given::new(&[("a", Kind::Int), ("b", Kind::Text)]);
        for at in 0..rows {
            given.push(args![at, at.to_string()]);
        }
        given
    }

    #[test]
    fn pieces_are_powers_of_two_and_hold_every_row_once_in_order() {
        for (rows, sizes) in [(0, vec![]), (1, vec![1]), (7, vec![8]), (256, vec![256]), (600, vec![256, 256, 128])] {
            let pieces = given(rows).into_sqlite_pieces("SELECT 1");
            assert_eq!(pieces.iter().map(|(_, values)| values.len() / 2).collect::<Vec<_>>(), sizes);
            let kept = pieces.into_iter().flat_map(|(_, values)| values).filter(|value| *value != Value::Int(None));
            assert_eq!(kept.collect::<Vec<_>>(), given(rows).values);
        }
    }

    #[test]
    fn the_same_statement_reads_for_both() {
        let sql = given(1).insert_into("t", "ON CONFLICT DO NOTHING");
        assert_eq!(
            given(2).postgres_sql(&sql),
            "WITH given (a, b) AS (SELECT * FROM UNNEST($1::bigint[], $2::text[])) \
             INSERT INTO t (a, b) SELECT a, b FROM given WHERE true ON CONFLICT DO NOTHING"
        );
        assert_eq!(
            given(2).into_sqlite_pieces(&sql)[0].0,
            "WITH given (a, b) AS (SELECT * FROM (VALUES (?, ?), (?, ?)) WHERE column1 IS NOT NULL) INSERT INTO t (a, b) SELECT a, b FROM given WHERE true ON CONFLICT DO NOTHING"
        );
    }
}
