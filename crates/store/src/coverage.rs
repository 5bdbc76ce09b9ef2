//! How well a robot reads its shop: which fields the captures of its last run have.

use std::collections::BTreeMap;

use creel_types::{Field, OrganizationId, RobotId, RunId};
use serde::{Deserialize, de::IgnoredAny};

use crate::{Store, StoreError, args};

/// Captures that are looked at, the newest.
pub const COVERAGE_CAPTURES_MAX: i64 = 500;

/// Of the newest run that has ended with captures; nothing where no run has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    pub run: Option<RunId>,
    /// How many were looked at.
    pub captures: i64,
    /// For each field, how many of them have it.
    pub fields: Vec<(Field, i64)>,
}

/// As much of a capture's content as is needed.
#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    sources: BTreeMap<Field, IgnoredAny>,
}

impl Store {
    pub async fn robot_coverage(&self, organization: OrganizationId, robot: RobotId) -> Result<Coverage, StoreError> {
        let mut tx = self.database.begin_read().await?;
        let sql =
            "SELECT id FROM runs WHERE organization_id = $1 AND robot_id = $2 AND ended_at IS NOT NULL AND extracted > 0
                   AND deleted_at IS NULL ORDER BY id DESC LIMIT 1";
        let Some(row) = tx.row(sql, args![organization, robot]).await? else { return Ok(Coverage::default()) };
        let run: RunId = row.parsed("id")?;
        let sql = "SELECT content FROM captures WHERE run_id = $1 AND organization_id = $2 AND deleted_at IS NULL
                   ORDER BY id DESC LIMIT $3";
        let rows = tx.rows(sql, args![run, organization, COVERAGE_CAPTURES_MAX]).await?;
        let mut counts: BTreeMap<Field, i64> = Field::ALL.iter().map(|field| (*field, 0)).collect();
        for row in &rows {
            for field in row.json::<Content>("content")?.sources.into_keys() {
                *counts.entry(field).or_default() += 1;
            }
        }
        // In the order of the list of fields, which begins with what people look for first.
        let fields = Field::ALL.iter().map(|field| (*field, counts.get(field).copied().unwrap_or_default())).collect();
        Ok(Coverage { run: Some(run), captures: i64::try_from(rows.len()).unwrap_or(i64::MAX), fields })
    }
}
