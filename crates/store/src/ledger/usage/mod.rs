//! What credits were spent on: sums of debits by day, action, run, robot or key. None of them reads the debits one by one, however
//! many there are: an entry knows the balance behind it and its place in the row, so what was debited between two entries, and how
//! often, follows from those two and from the few entries between them that are no debits; and a run knows what it spent.

mod days;
mod origins;

use creel_types::{Credits, OrganizationId, Time, words};
use serde::Serialize;
use utoipa::ToSchema;

use super::past::last_sequence_at;
use crate::{Store, StoreError, args, database::Tx};

/// Rows of one answer; what is beyond is the smallest part of it.
pub const USAGE_ROWS_MAX: usize = 1_000;

words! {
    UsageGroup {
        /// A day in UTC.
        Day = "day",
        Action = "action",
        Run = "run",
        Robot = "robot",
        ApiKey = "api_key",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsageRow {
    /// The day (2026-01-31), the action (`extract`, `enrich`, `assistant`) or the id; null for what has none.
    pub key: Option<String>,
    /// The name of the run, robot or key; null where there is none or it was deleted.
    pub name: Option<String>,
    pub credits: Credits,
    /// Captures stored, captures enriched, messages answered.
    pub count: i64,
}

/// A stretch of an organization's ledger: the entries behind `after` up to `last`.
#[derive(Clone, Copy, Debug)]
struct Span {
    organization: OrganizationId,
    after: i64,
    last: i64,
}

/// What was debited, and how often.
#[derive(Clone, Copy, Debug, Default)]
struct Spent {
    credits: i64,
    count: i64,
}

impl Store {
    /// Debits from `from` on and before `to`: days in their order, everything else by credits, the most first.
    pub async fn usage(
        &self,
        organization: OrganizationId,
        group: UsageGroup,
        from: Time,
        to: Time,
    ) -> Result<Vec<UsageRow>, StoreError> {
        let mut tx = self.database.begin_read().await?;
        let after = last_sequence_at(&mut tx, organization, from.plus_ms(-1)).await?;
        let last = last_sequence_at(&mut tx, organization, to.plus_ms(-1)).await?;
        let span = Span { organization, after, last };
        if last <= after {
            return Ok(Vec::new());
        }
        let mut rows = match group {
            UsageGroup::Day => return days::by_day(&mut tx, span).await,
            UsageGroup::Action => by_action(&mut tx, span).await?,
            UsageGroup::Run | UsageGroup::Robot | UsageGroup::ApiKey => {
                let window = origins::Window { from, to, now: self.clock.now() };
                origins::by_origin(&mut tx, span, group, window).await?
            }
        };
        rows.sort_by(|a, b| b.credits.cmp(&a.credits).then_with(|| a.key.cmp(&b.key)));
        rows.truncate(USAGE_ROWS_MAX);
        Ok(rows)
    }
}

/// What was debited from `from` on for anything but runs of schedules.
pub(super) async fn spent_without_schedule(
    tx: &mut Tx,
    organization: OrganizationId,
    from: Time,
    now: Time,
) -> Result<Credits, StoreError> {
    let after = last_sequence_at(tx, organization, from.plus_ms(-1)).await?;
    let last = last_sequence_at(tx, organization, Time(i64::MAX)).await?;
    let span = Span { organization, after, last };
    let window = origins::Window { from, to: Time(i64::MAX), now };
    let scheduled = origins::spent_by_schedules(tx, span, window).await?;
    Ok(Credits(total(tx, span).await?.credits - scheduled.credits))
}

/// The few entries of the span that are no debits. The plus keeps planners off the index of sequences, by which they would read
/// every debit between them.
const NO_DEBITS: &str = "e.organization_id = $1 AND e.kind <> 'debit' AND +e.sequence > $2 AND +e.sequence <= $3";

/// All debits of the span.
async fn total(tx: &mut Tx, span: Span) -> Result<Spent, StoreError> {
    let row = tx
        .row(
            &format!(
                "SELECT CAST(COALESCE((SELECT a.balance_after FROM ledger_entries a WHERE a.organization_id = $1 AND a.sequence = $2), 0)
             - COALESCE((SELECT b.balance_after FROM ledger_entries b WHERE b.organization_id = $1 AND b.sequence = $3), 0)
             + COALESCE(SUM(e.amount), 0) AS BIGINT) AS credits, COUNT(*) AS others
             FROM ledger_entries e WHERE {NO_DEBITS}"
            ),
            args![span.organization, span.after, span.last],
        )
        .await?
        .ok_or_else(|| StoreError::corrupt("ledger_entries", "a sum without a row"))?;
    Ok(Spent { credits: row.int("credits")?, count: span.last - span.after - row.int("others")? })
}

/// Captures are what is left of the total without all else.
async fn by_action(tx: &mut Tx, span: Span) -> Result<Vec<UsageRow>, StoreError> {
    let all = total(tx, span).await?;
    let others = tx
        .rows(
            "SELECT reference_type, CAST(SUM(-amount) AS BIGINT) AS credits, COUNT(*) AS count FROM ledger_entries
             WHERE organization_id = $1 AND sequence > $2 AND sequence <= $3 AND kind = 'debit' AND reference_type <> 'capture'
             GROUP BY reference_type",
            args![span.organization, span.after, span.last],
        )
        .await?;
    let mut rows = Vec::new();
    for row in &others {
        let spent = Spent { credits: row.int("credits")?, count: row.int("count")? };
        rows.push(usage_row(Some(action(&row.text("reference_type")?)), None, spent));
    }
    rows.extend(rest(all, &rows).map(|spent| usage_row(Some(action("capture")), None, spent)));
    Ok(rows)
}

/// What the rows leave of all.
fn rest(all: Spent, rows: &[UsageRow]) -> Option<Spent> {
    let credits = all.credits - rows.iter().map(|row| row.credits.0).sum::<i64>();
    let count = all.count - rows.iter().map(|row| row.count).sum::<i64>();
    (count > 0).then_some(Spent { credits, count })
}

fn usage_row(key: Option<String>, name: Option<String>, spent: Spent) -> UsageRow {
    UsageRow { key, name, credits: Credits(spent.credits), count: spent.count }
}

/// What a debit's reference says about what was done.
fn action(reference: &str) -> String {
    match reference {
        "capture" => "extract",
        "item" => "enrich",
        "message" => "assistant",
        other => other,
    }
    .to_owned()
}
