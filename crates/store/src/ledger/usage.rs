//! What credits were spent on: sums of debits by day, action, run, robot or key.

use creel_types::{Credits, OrganizationId, Time, time::DAY_MS, words};
use serde::Serialize;
use utoipa::ToSchema;

use super::{entries::ENTRIES_WITH_RUNS, past::last_sequence_at};
use crate::{Store, StoreError, args};

/// Rows of one answer; what is beyond is the smallest part of it.
pub const USAGE_ROWS_MAX: i64 = 1_000;

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

impl UsageGroup {
    /// What is grouped by, the name of such a thing, and where both stand: days and actions are in the entries alone.
    fn columns(self) -> (String, &'static str, String) {
        let runs_with = |join: &str| format!("{ENTRIES_WITH_RUNS} {join}");
        match self {
            UsageGroup::Day => (format!("CAST(e.at / {DAY_MS} AS BIGINT)"), "NULL", "ledger_entries e".to_owned()),
            UsageGroup::Action => ("e.reference_type".to_owned(), "NULL", "ledger_entries e".to_owned()),
            UsageGroup::Run => ("u.id".to_owned(), "MIN(u.name)", runs_with("")),
            UsageGroup::Robot => {
                ("u.robot_id".to_owned(), "MIN(r.name)", runs_with("LEFT JOIN robots r ON r.id = u.robot_id"))
            }
            UsageGroup::ApiKey => {
                ("u.api_key_id".to_owned(), "MIN(k.name)", runs_with("LEFT JOIN api_keys k ON k.id = u.api_key_id"))
            }
        }
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
        let (key, name, from) = group.columns();
        let order = if group == UsageGroup::Day { "key" } else { "credits DESC, key" };
        let sql = format!(
            "SELECT {key} AS key, {name} AS name, CAST(SUM(-e.amount) AS BIGINT) AS credits, COUNT(*) AS count
             FROM {from}
             WHERE e.organization_id = $1 AND e.sequence > $2 AND e.sequence <= $3 AND e.kind = 'debit'
             GROUP BY {key} ORDER BY {order} LIMIT $4"
        );
        let rows = tx.rows(&sql, args![organization, after, last, USAGE_ROWS_MAX]).await?;
        rows.iter()
            .map(|row| {
                let key = match group {
                    UsageGroup::Day => row.opt_int("key")?.map(day),
                    UsageGroup::Action => row.opt_text("key")?.map(|kind| action(&kind)),
                    _ => row.opt_text("key")?,
                };
                Ok(UsageRow { key, name: row.opt_text("name")?, credits: row.credits("credits")?, count: row.int("count")? })
            })
            .collect()
    }
}

/// The day of so many days since 1970.
fn day(number: i64) -> String {
    Time(number * DAY_MS).to_string()[..10].to_owned()
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
