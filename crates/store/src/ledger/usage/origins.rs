//! Debits by run, and by the robot or key behind it. A run or enrichment that began and ended in the window spent there all that it
//! spent; only of one that reaches beyond are the debits read. What none of them spent is the rest of the total.

use std::collections::BTreeMap;

use creel_types::Time;

use super::{Span, Spent, UsageGroup, UsageRow, rest, total, usage_row};
use crate::{
    StoreError, args,
    database::{Row, Tx},
};

#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) from: Time,
    pub(super) to: Time,
    /// A run that goes on has spent until now.
    pub(super) now: Time,
}

/// What spends credits, one debit for each thing that it makes.
struct Spender {
    table: &'static str,
    /// Where it counts what it made.
    made: &'static str,
    things: &'static str,
    /// Which of the things `c` the spender `u` made.
    of: &'static str,
    reference: &'static str,
}

const SPENDERS: [Spender; 3] = [
    Spender { table: "runs", made: "extracted", things: "captures", of: "c.run_id = u.id", reference: "capture" },
    Spender { table: "enrichments", made: "processed", things: "items", of: "c.enrichment_id = u.id", reference: "item" },
    Spender { table: "messages", made: "debits", things: "messages", of: "c.id = u.id", reference: "message" },
];

/// What a message has in place of a run, robot or schedule. Not a bare NULL, by which PostgreSQL does not group.
const NO_ORIGIN: &str = "CAST(NULL AS TEXT)";

/// Whether a run is wholly within the window, by the instants $2 to $4.
const INSIDE: &str = "u.created_at >= $2 AND COALESCE(u.ended_at, $4) < $3";

/// Debits of the runs that schedules made.
pub(super) async fn spent_by_schedules(tx: &mut Tx, span: Span, window: Window) -> Result<Spent, StoreError> {
    let mut all = Spent::default();
    for row in &found(tx, span, window, |spender| {
        (if spender.table == "messages" { NO_ORIGIN } else { "u.schedule_id" }, "NULL", "")
    })
    .await?
    {
        if row.opt_text("key")?.is_some() {
            all.credits += row.int("credits")?;
            all.count += row.int("count")?;
        }
    }
    Ok(all)
}

pub(super) async fn by_origin(
    tx: &mut Tx,
    span: Span,
    group: UsageGroup,
    window: Window,
) -> Result<Vec<UsageRow>, StoreError> {
    let found = found(tx, span, window, |spender| columns(group, spender)).await?;
    let mut origins: BTreeMap<String, (Option<String>, Spent)> = BTreeMap::new();
    for row in &found {
        let Some(key) = row.opt_text("key")? else { continue };
        let (name, spent) = origins.entry(key).or_default();
        *name = row.opt_text("name")?;
        spent.credits += row.int("credits")?;
        spent.count += row.int("count")?;
    }
    let mut rows: Vec<UsageRow> =
        origins.into_iter().map(|(key, (name, spent))| usage_row(Some(key), name, spent)).collect();
    let all = total(tx, span).await?;
    rows.extend(rest(all, &rows).map(|spent| usage_row(None, None, spent)));
    Ok(rows)
}

/// Sums by a column of runs and enrichments: of those within the window, then of those that reach beyond.
async fn found(
    tx: &mut Tx,
    span: Span,
    Window { from, to, now }: Window,
    columns: impl Fn(&Spender) -> (&'static str, &'static str, &'static str),
) -> Result<Vec<Row>, StoreError> {
    let organization = span.organization;
    let mut found = Vec::new();
    for spender in &SPENDERS {
        let Spender { table, made, things, of, reference } = spender;
        let (key, name, named) = columns(spender);
        let whole = format!(
            "SELECT {key} AS key, {name} AS name, CAST(SUM(u.credits_spent) AS BIGINT) AS credits,
             CAST(SUM(u.{made}) AS BIGINT) AS count FROM {table} u {named}
             WHERE u.organization_id = $1 AND u.{made} > 0 AND {INSIDE} GROUP BY {key}"
        );
        // In this order: those that reach beyond are few, the ledger is long.
        let partly = format!(
            "SELECT {key} AS key, {name} AS name, CAST(SUM(-e.amount) AS BIGINT) AS credits, COUNT(*) AS count
             FROM {table} u {named} CROSS JOIN {things} c CROSS JOIN ledger_entries e
             WHERE {of} AND e.organization_id = u.organization_id
                AND e.kind = 'debit' AND e.reference_type = '{reference}' AND e.reference_id = c.id
                AND u.organization_id = $1 AND u.{made} > 0 AND NOT ({INSIDE})
                AND u.created_at < $3 AND COALESCE(u.ended_at, $4) >= $2 AND e.sequence > $5 AND e.sequence <= $6 GROUP BY {key}"
        );
        found.extend(tx.rows(&whole, args![organization, from, to, now]).await?);
        found.extend(tx.rows(&partly, args![organization, from, to, now, span.after, span.last]).await?);
    }
    Ok(found)
}

/// What is grouped by, the name of such a thing, and where the name stands. An enrichment of a run is the run's.
fn columns(group: UsageGroup, spender: &Spender) -> (&'static str, &'static str, &'static str) {
    match group {
        UsageGroup::Robot | UsageGroup::Run if spender.table == "messages" => (NO_ORIGIN, "NULL", ""),
        UsageGroup::Robot => ("u.robot_id", "MIN(r.name)", "LEFT JOIN robots r ON r.id = u.robot_id"),
        UsageGroup::ApiKey => ("u.api_key_id", "MIN(k.name)", "LEFT JOIN api_keys k ON k.id = u.api_key_id"),
        _ if spender.table == "enrichments" => ("u.run_id", "MIN(r.name)", "LEFT JOIN runs r ON r.id = u.run_id"),
        UsageGroup::Run | UsageGroup::Day | UsageGroup::Action => ("u.id", "MIN(u.name)", ""),
    }
}
