//! Runs as they are shown: with their robot's name, what waits and how far they are; one, and lists.

use creel_types::{Credits, EndReason, OrganizationId, RobotId, RunError, RunId, RunStatus, ScheduleId, Time};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Run, run};
use crate::{Store, StoreError, args, database::Row, robots::LIST_ROWS_MAX};

/// A run as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunView {
    pub id: RunId,
    pub name: String,
    pub status: RunStatus,
    pub end_reason: Option<EndReason>,
    pub error: Option<RunError>,
    pub robot_id: RobotId,
    /// Null once the robot was deleted.
    pub robot_name: Option<String>,
    pub schedule_id: Option<ScheduleId>,
    pub budget: Option<i64>,
    pub extracted: i64,
    pub duplicates: i64,
    pub in_queue: i64,
    pub pages_fetched: i64,
    pub pages_failed: i64,
    pub pages_blocked: i64,
    pub credits_spent: Credits,
    pub health: Option<String>,
    pub auto_enrich: bool,
    pub created_at: Time,
    pub started_at: Option<Time>,
    pub ended_at: Option<Time>,
    pub progress: Option<f64>,
}

const VIEW: &str = "SELECT u.*, r.name AS robot_name,
    (SELECT COUNT(*) FROM pages p WHERE p.run_id = u.id AND p.state = 'queued')
    + (SELECT COUNT(*) FROM pages p WHERE p.run_id = u.id AND p.state = 'leased') AS in_queue
    FROM runs u LEFT JOIN robots r ON r.id = u.robot_id";

impl Store {
    pub async fn get_run_view(&self, organization: OrganizationId, id: RunId) -> Result<RunView, StoreError> {
        let sql = format!("{VIEW} WHERE u.deleted_at IS NULL AND u.organization_id = $1 AND u.id = $2");
        let row = self.database.row(&sql, args![organization, id]).await?;
        view(&row.ok_or_else(|| StoreError::NotFound { what: "run", id: id.to_string() })?)
    }

    /// Newest first.
    pub async fn list_runs(
        &self,
        organization: OrganizationId,
        status: Option<RunStatus>,
        robot: Option<RobotId>,
        schedule: Option<ScheduleId>,
        before: Option<RunId>,
        limit: i64,
    ) -> Result<Vec<RunView>, StoreError> {
        // What is not asked for does not stand in the question, so that an index answers what is.
        let of = |is_given: bool, column: &str, place: usize| match is_given {
            true => format!("{column} = ${place}"),
            false => format!("${place} IS NULL"),
        };
        let sql = format!(
            "{VIEW} WHERE u.deleted_at IS NULL AND u.organization_id = $1 AND {} AND {} AND {}
             AND ($5 IS NULL OR u.id < $5) ORDER BY u.id DESC LIMIT $6",
            of(status.is_some(), "u.status", 2),
            of(robot.is_some(), "u.robot_id", 3),
            of(schedule.is_some(), "u.schedule_id", 4),
        );
        let args =
            args![organization, status.map(RunStatus::as_str), robot, schedule, before, limit.clamp(1, LIST_ROWS_MAX)];
        self.database.rows(&sql, args).await?.iter().map(view).collect()
    }

    /// The newest run of each robot on a page of the list of robots; robots without runs have none.
    pub async fn list_last_runs(
        &self,
        organization: OrganizationId,
        before: Option<RobotId>,
        limit: i64,
    ) -> Result<Vec<RunView>, StoreError> {
        let sql = format!(
            "{VIEW} WHERE u.organization_id = $1 AND u.id IN (
                 SELECT (SELECT MAX(n.id) FROM runs n WHERE n.organization_id = $1 AND n.robot_id = o.id AND n.deleted_at IS NULL)
                 FROM robots o WHERE o.organization_id = $1 AND ($2 IS NULL OR o.id < $2) ORDER BY o.id DESC LIMIT $3)"
        );
        let args = args![organization, before, limit.clamp(1, LIST_ROWS_MAX)];
        self.database.rows(&sql, args).await?.iter().map(view).collect()
    }
}

fn view(row: &Row) -> Result<RunView, StoreError> {
    let run = run(row)?;
    let in_queue = row.int("in_queue")?;
    Ok(RunView {
        id: run.id,
        name: run.name.clone(),
        status: run.status,
        end_reason: run.end_reason,
        robot_id: run.robot,
        robot_name: row.opt_text("robot_name")?,
        schedule_id: run.schedule,
        budget: run.budget,
        extracted: run.extracted,
        duplicates: run.duplicates,
        in_queue: if run.status.is_ended() { 0 } else { in_queue },
        pages_fetched: run.pages_fetched,
        pages_failed: run.pages_failed,
        pages_blocked: run.pages_blocked,
        credits_spent: run.credits_spent,
        health: None,
        auto_enrich: run.settings.auto_enrich,
        created_at: run.created_at,
        started_at: run.started_at,
        ended_at: run.ended_at,
        progress: progress(&run, in_queue),
        error: run.error,
    })
}

/// The larger of the shares of budget and of known pages that are done; null before anything is known.
#[expect(clippy::cast_precision_loss, reason = "a share shown to people, not an amount")]
fn progress(run: &Run, in_queue: i64) -> Option<f64> {
    if run.status == RunStatus::Completed {
        return Some(1.0);
    }
    let pages = (run.pages_fetched + in_queue > 0).then(|| run.pages_fetched as f64 / (run.pages_fetched + in_queue) as f64);
    let budget = run.budget.filter(|budget| *budget > 0).map(|budget| run.extracted as f64 / budget as f64);
    let share = match (pages, budget) {
        (None, None) => return None,
        (a, b) => a.unwrap_or(0.0).max(b.unwrap_or(0.0)),
    };
    Some((share * 1000.0).round() / 1000.0)
}
