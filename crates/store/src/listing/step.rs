//! A wide range of one key in the order of another: the order is gone through in coarse steps, its blocks, and in each the range
//! is looked up, until the page is full. So what lies between is passed over by the block and not one by one.

use std::collections::BTreeSet;

use super::{
    select::{Conditions, List},
    sort::{Key, KeyValue, Position},
};
use crate::{
    StoreError,
    database::{Engine, Row, Tx},
};

impl List<'_> {
    /// First the blocks that the page is in, then the page.
    pub(super) async fn step(&self, tx: &mut Tx, range: Key) -> Result<Vec<Position>, StoreError> {
        let key = self.asked.sort.key();
        let (sql, args) = self.blocks_sql(range);
        let rows = tx.rows(&sql, args).await?;
        let blocks: BTreeSet<KeyValue> = rows.iter().map(|row| block(row, key)).collect::<Result<_, _>>()?;
        if blocks.is_empty() {
            return Ok(Vec::new());
        }
        let mut conditions = Conditions::default();
        let places: Vec<String> = blocks.into_iter().map(|block| conditions.value(block)).collect();
        conditions.all(format!("l.{} IN ({})", key.block_column(), places.join(", ")));
        self.wanted(&mut conditions);
        let (from, wanted, order) = (self.blocks_table(range), conditions.sql(), self.order("key"));
        let limit = self.limit(&mut conditions);
        let sql = format!(
            "WITH stepped AS MATERIALIZED (SELECT l.capture_id, l.{} AS key FROM {from} WHERE {wanted})
             SELECT capture_id, key FROM stepped {order} LIMIT {limit}",
            key.column()
        );
        self.rows(tx, &sql, conditions.into_args()).await
    }

    /// As many blocks as have the rows of a page between them: one row for each capture in them, in the order of the blocks. The
    /// last one may have more.
    fn blocks_sql(&self, range: Key) -> (String, Vec<crate::database::Value>) {
        let (key, asked) = (self.asked.sort.key(), self.asked);
        let column = key.block_column();
        let (extreme, further, from_there) = if asked.sort.descends() { ("MAX", "<", "<=") } else { ("MIN", ">", ">=") };
        let mut conditions = Conditions::default();
        let all = conditions.value(self.all);
        let begin = match asked.after {
            None => String::new(),
            Some(after) => format!("AND l.{column} {from_there} {}", conditions.value(after.block(key))),
        };
        let mut wanted = Conditions::with_values_of(conditions);
        self.wanted(&mut wanted);
        let is_wanted = wanted.sql();
        let limit = self.limit(&mut wanted);
        let table = self.blocks_table(range);
        // The order of the blocks must be the order of the answer: both databases go through them outside and look inside.
        let found = match self.engine {
            Engine::Sqlite => format!("CROSS JOIN {table} WHERE l.{column} = blocks.block AND {is_wanted}"),
            Engine::Postgres => format!(
                "CROSS JOIN LATERAL (SELECT 1 AS one FROM {table} WHERE l.{column} = blocks.block AND {is_wanted} OFFSET 0) found"
            ),
        };
        let sql = format!(
            "WITH RECURSIVE blocks (block) AS (
                SELECT (SELECT {extreme}(l.{column}) FROM {table} WHERE l.of_all = {all} {begin})
                UNION ALL
                SELECT (SELECT {extreme}(l.{column}) FROM {table} WHERE l.of_all = {all} AND l.{column} {further} blocks.block)
                FROM blocks WHERE blocks.block IS NOT NULL)
             SELECT blocks.block FROM blocks {found} LIMIT {limit}"
        );
        (sql, wanted.into_args())
    }

    fn wanted(&self, conditions: &mut Conditions) {
        conditions.add("l.of_all = ?", self.all);
        self.others(conditions);
        self.range(conditions, self.asked.sort.key());
        self.after(conditions);
        self.words_of_row(conditions);
    }

    fn blocks_table(&self, range: Key) -> String {
        let (key, range) = (self.asked.sort.key().column(), range.column());
        match self.engine {
            Engine::Sqlite => format!("listing l INDEXED BY listing_blocks_{key}_{range}"),
            Engine::Postgres => "listing l".to_owned(),
        }
    }
}

fn block(row: &Row, key: Key) -> Result<KeyValue, StoreError> {
    Ok(match key {
        Key::ExtractedAt | Key::MinPrice => KeyValue::Int(row.int("block")?),
        Key::Title => KeyValue::Text(row.text("block")?),
    })
}
