//! What earlier runs of a robot tell about the next one: which products it found, how many, and how fast.

use creel_types::{OrganizationId, RobotId};

use crate::{Store, StoreError, args};

/// Runs that are looked back at.
const RUNS_MAX: i64 = 5;
/// Addresses of products that are remembered.
pub const PRODUCTS_MAX: i64 = 10_000;

/// What is known of a robot from its last runs that went through their whole shop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RobotHistory {
    /// Canonical addresses of products, each once.
    pub products: Vec<String>,
    /// The most captures that one of the runs made.
    pub most_captures: Option<i64>,
    /// Pages fetched and captures made by all of them, and how long they took together.
    pub pages: i64,
    pub captures: i64,
    pub took_ms: i64,
}

impl Store {
    /// Runs of any end count: also one that reached its budget has found what it found.
    pub async fn robot_history(&self, organization: OrganizationId, robot: RobotId) -> Result<RobotHistory, StoreError> {
        let mut tx = self.database.begin_read().await?;
        let runs = tx
            .rows(
                "SELECT id, pages_fetched, extracted, started_at, ended_at, end_reason FROM runs
                 WHERE organization_id = $1 AND robot_id = $2 AND ended_at IS NOT NULL AND started_at IS NOT NULL
                 ORDER BY id DESC LIMIT $3",
                args![organization, robot, RUNS_MAX],
            )
            .await?;
        let mut history = RobotHistory::default();
        for run in &runs {
            history.pages += run.int("pages_fetched")?;
            history.captures += run.int("extracted")?;
            history.took_ms += run.time("ended_at")?.ms_since(run.time("started_at")?).max(0);
            if run.text("end_reason")? == "crawl_complete" {
                history.most_captures = history.most_captures.max(Some(run.int("extracted")?));
            }
        }
        let urls = tx
            .rows(
                "SELECT DISTINCT c.canonical_url FROM captures c WHERE c.deleted_at IS NULL AND c.run_id IN (
                     SELECT id FROM runs WHERE organization_id = $1 AND robot_id = $2 AND ended_at IS NOT NULL
                     ORDER BY id DESC LIMIT $3)
                 ORDER BY c.canonical_url LIMIT $4",
                args![organization, robot, RUNS_MAX, PRODUCTS_MAX],
            )
            .await?;
        history.products = urls.iter().map(|row| row.text("canonical_url")).collect::<Result<_, _>>()?;
        Ok(history)
    }
}
