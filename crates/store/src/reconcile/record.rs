//! How reconcilers fare, summed up over all processes. Written once in a while, and when one begins to fail or to work again.

use creel_types::Time;
use serde::Serialize;

use super::ReconcilerName;
use crate::{
    Store, StoreError, args,
    database::{Given, Kind, Row},
    retry,
};

/// What a process's passes came to since it last wrote them down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passes: u64,
    pub failures: u64,
    pub changed: u64,
    pub passed_at: Option<Time>,
    pub failed: Option<(Time, String)>,
}

impl Tally {
    /// Takes up what was tallied before.
    pub fn join(&mut self, before: Tally) {
        self.passes += before.passes;
        self.failures += before.failures;
        self.changed += before.changed;
        self.passed_at = self.passed_at.max(before.passed_at);
        self.failed = self.failed.take().or(before.failed);
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReconcilerRow {
    pub name: ReconcilerName,
    pub passes: i64,
    pub failures: i64,
    pub changed: i64,
    pub passed_at: Option<Time>,
    pub failed_at: Option<Time>,
    /// What the last failure said.
    pub error: Option<String>,
}

impl ReconcilerRow {
    /// Whether the last that is known of it is a failure.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.failed_at.is_some_and(|failed| self.passed_at.is_none_or(|passed| passed < failed))
    }
}

impl Store {
    /// Adds what this process did to what all of them did.
    pub async fn note_reconcilers(&self, tallies: Vec<(ReconcilerName, Tally)>) -> Result<(), StoreError> {
        let mut given = Given::new(&[
            ("name", Kind::Text),
            ("passes", Kind::Int),
            ("failures", Kind::Int),
            ("changed", Kind::Int),
            ("passed_at", Kind::Int),
            ("failed_at", Kind::Int),
            ("error", Kind::Text),
        ]);
        for (name, tally) in tallies {
            let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
            let failed_at = tally.failed.as_ref().map(|(at, _)| *at);
            let error = tally.failed.map(|(_, text)| retry::shortened(&text));
            let (passes, failures, changed) = (count(tally.passes), count(tally.failures), count(tally.changed));
            given.push(args![name.as_str(), passes, failures, changed, tally.passed_at, failed_at, error]);
        }
        let mut tx = self.database.begin().await?;
        // What another process wrote may be younger.
        tx.insert_given(
            "reconcilers",
            given,
            "ON CONFLICT (name) DO UPDATE SET passes = reconcilers.passes + excluded.passes,
             failures = reconcilers.failures + excluded.failures, changed = reconcilers.changed + excluded.changed,
             passed_at = CASE WHEN reconcilers.passed_at IS NULL OR excluded.passed_at > reconcilers.passed_at
                THEN excluded.passed_at ELSE reconcilers.passed_at END,
             error = CASE WHEN reconcilers.failed_at IS NULL OR excluded.failed_at > reconcilers.failed_at
                THEN excluded.error ELSE reconcilers.error END,
             failed_at = CASE WHEN reconcilers.failed_at IS NULL OR excluded.failed_at > reconcilers.failed_at
                THEN excluded.failed_at ELSE reconcilers.failed_at END",
        )
        .await?;
        tx.commit().await
    }

    /// All that ever ran on this database, by name.
    pub async fn list_reconcilers(&self) -> Result<Vec<ReconcilerRow>, StoreError> {
        self.database.rows("SELECT * FROM reconcilers ORDER BY name", args![]).await?.iter().map(reconciler).collect()
    }
}

fn reconciler(row: &Row) -> Result<ReconcilerRow, StoreError> {
    Ok(ReconcilerRow {
        name: row.parsed("name")?,
        passes: row.int("passes")?,
        failures: row.int("failures")?,
        changed: row.int("changed")?,
        passed_at: row.opt_time("passed_at")?,
        failed_at: row.opt_time("failed_at")?,
        error: row.opt_text("error")?,
    })
}
