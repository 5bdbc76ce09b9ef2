//! Debits by day. Entries stand in the order of time, so each day is a stretch of them; where the days end is searched for all days
//! at once.

use std::collections::{BTreeMap, BTreeSet};

use creel_types::{OrganizationId, Time, time::DAY_MS};

use super::{NO_DEBITS, Span, Spent, USAGE_ROWS_MAX, UsageRow, last_sequence_at, usage_row};
use crate::{
    Store, StoreError, args,
    database::{Given, Kind, Tx},
};

/// An entry as far as sums need it.
#[derive(Clone, Copy)]
struct Mark {
    at: Time,
    balance_after: i64,
}

pub(super) async fn by_day(tx: &mut Tx, span: Span) -> Result<Vec<UsageRow>, StoreError> {
    let mut marks = marks(tx, span, [span.after, span.after + 1, span.last].into()).await?;
    let known = |marks: &BTreeMap<i64, Mark>, sequence| {
        marks.get(&sequence).copied().ok_or_else(|| StoreError::corrupt("ledger_entries.sequence", sequence))
    };
    let first_day = known(&marks, span.after + 1)?.at.0.div_euclid(DAY_MS);
    let last_day = known(&marks, span.last)?.at.0.div_euclid(DAY_MS);
    let days: Vec<i64> = (first_day..=last_day).take(USAGE_ROWS_MAX).collect();
    let ends = ends(tx, span, &days, &mut marks).await?;
    let others = others(tx, span).await?;
    let mut rows = Vec::new();
    // Before the first entry there was nothing.
    let mut before = (span.after, marks.get(&span.after).map_or(0, |mark| mark.balance_after));
    for (day, end) in days.into_iter().zip(ends) {
        let after = (end, if end == span.after { before.1 } else { known(&marks, end)?.balance_after });
        let other = others.get(&day).copied().unwrap_or_default();
        let count = after.0 - before.0 - other.count;
        let credits = before.1 - after.1 + other.credits;
        if count > 0 {
            let key = Time(day * DAY_MS).day();
            rows.push(usage_row(Some(key), None, Spent { credits, count }));
        }
        before = after;
    }
    Ok(rows)
}

/// The last entry of each day, by halving for all of them at once; the marks that were seen are kept.
async fn ends(tx: &mut Tx, span: Span, days: &[i64], marks: &mut BTreeMap<i64, Mark>) -> Result<Vec<i64>, StoreError> {
    let mut ranges = vec![(span.after, span.last + 1); days.len()];
    loop {
        let middles = ranges.iter().filter(|(known, beyond)| beyond - known > 1).map(middle).collect::<BTreeSet<i64>>();
        if middles.is_empty() {
            return Ok(ranges.into_iter().map(|(known, _)| known).collect());
        }
        let unseen = middles.into_iter().filter(|sequence| !marks.contains_key(sequence)).collect();
        marks.extend(self::marks(tx, span, unseen).await?);
        for (range, day) in ranges.iter_mut().zip(days).filter(|(range, _)| range.1 - range.0 > 1) {
            let sequence = middle(range);
            let mark = marks.get(&sequence).ok_or_else(|| StoreError::corrupt("ledger_entries.sequence", sequence))?;
            if mark.at.0 < (day + 1) * DAY_MS { range.0 = sequence } else { range.1 = sequence }
        }
    }
}

fn middle((known, beyond): &(i64, i64)) -> i64 {
    known + (beyond - known) / 2
}

async fn marks(tx: &mut Tx, span: Span, sequences: BTreeSet<i64>) -> Result<BTreeMap<i64, Mark>, StoreError> {
    let mut given = Given::new(&[("organization_id", Kind::Text), ("sequence", Kind::Int)]);
    for sequence in sequences {
        given.push(args![span.organization, sequence]);
    }
    let sql = "SELECT e.sequence, e.at, e.balance_after FROM given CROSS JOIN ledger_entries e
               WHERE e.organization_id = given.organization_id AND e.sequence = given.sequence";
    let rows = tx.rows_given(given, sql).await?;
    let mark = |row: &crate::database::Row| {
        Ok((row.int("sequence")?, Mark { at: row.time("at")?, balance_after: row.int("balance_after")? }))
    };
    rows.iter().map(mark).collect()
}

/// What is no debit, by day: the sum of its amounts, and how many there are.
async fn others(tx: &mut Tx, span: Span) -> Result<BTreeMap<i64, Spent>, StoreError> {
    let sql = format!(
        "SELECT CAST(e.at / {DAY_MS} AS BIGINT) AS day, CAST(SUM(e.amount) AS BIGINT) AS credits, COUNT(*) AS count
         FROM ledger_entries e WHERE {NO_DEBITS}
         GROUP BY CAST(e.at / {DAY_MS} AS BIGINT)"
    );
    let rows = tx.rows(&sql, args![span.organization, span.after, span.last]).await?;
    let other =
        |row: &crate::database::Row| Ok((row.int("day")?, Spent { credits: row.int("credits")?, count: row.int("count")? }));
    rows.iter().map(other).collect()
}

impl Store {
    /// What was available at the end of each day from the day of `from` to the day of `to`, in UTC; of the last one, at the last
    /// entry.
    pub async fn balance_by_day(
        &self,
        organization: OrganizationId,
        from: Time,
        to: Time,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        let mut tx = self.database.begin_read().await?;
        let last = last_sequence_at(&mut tx, organization, to).await?;
        let span = Span { organization, after: 0, last };
        let days: Vec<i64> = (from.0.div_euclid(DAY_MS)..=to.0.div_euclid(DAY_MS)).take(USAGE_ROWS_MAX).collect();
        let mut marks = BTreeMap::new();
        let ends = ends(&mut tx, span, &days, &mut marks).await?;
        marks.extend(self::marks(&mut tx, span, ends.iter().copied().collect()).await?);
        let left = |end: &i64| marks.get(end).map_or(0, |mark| mark.balance_after);
        Ok(days.iter().zip(&ends).map(|(day, end)| (Time(day * DAY_MS).day(), left(end))).collect())
    }
}
