//! Schedules read: one with everything that it asks for, or many without what may be large.

use creel_types::{OrganizationId, RobotId, ScheduleId, ScheduleStatus};

use super::{Schedule, row::schedule};
use crate::{Store, StoreError, args, database::Tx, robots::LIST_ROWS_MAX};

pub(super) const VIEW: &str = "SELECT s.*, r.name AS robot_name FROM schedules s LEFT JOIN robots r ON r.id = s.robot_id";

/// Without what may be large, start URLs and patterns: for reading many at once, never for writing back.
pub(crate) const LIGHT_VIEW: &str = "SELECT s.id, s.organization_id, s.robot_id, s.name, s.interval_amount, s.interval_unit,
    s.starts_at, s.time_zone, s.windows, '[]' AS start_urls, '{\"discover\":true,\"max_depth\":null}' AS settings, s.budget,
    s.status, s.next_run_at, s.ticked_at, s.last_run_at, s.last_run_id, s.last_skipped_at, s.last_skip_reason, s.created_by,
    s.created_at, s.updated_at, r.name AS robot_name FROM schedules s LEFT JOIN robots r ON r.id = s.robot_id";

/// Which schedules; what is not given bounds nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct ScheduleFilter {
    pub status: Option<ScheduleStatus>,
    pub robot: Option<RobotId>,
}

impl Store {
    pub async fn get_schedule(&self, organization: OrganizationId, id: ScheduleId) -> Result<Schedule, StoreError> {
        let mut tx = self.database.begin_read().await?;
        get(&mut tx, organization, id).await
    }

    /// Newest first, without their start URLs and patterns.
    pub async fn list_schedules(
        &self,
        organization: OrganizationId,
        filter: ScheduleFilter,
        before: Option<ScheduleId>,
        limit: i64,
    ) -> Result<Vec<Schedule>, StoreError> {
        let sql = format!(
            "{LIGHT_VIEW} WHERE s.organization_id = $1 AND ($2 IS NULL OR s.status = $2) AND ($3 IS NULL OR s.robot_id = $3)
             AND ($4 IS NULL OR s.id < $4) ORDER BY s.id DESC LIMIT $5"
        );
        let status = filter.status.map(ScheduleStatus::as_str);
        let args = args![organization, status, filter.robot, before, limit.clamp(1, LIST_ROWS_MAX)];
        self.database.rows(&sql, args).await?.iter().map(schedule).collect()
    }
}

pub(super) async fn get(tx: &mut Tx, organization: OrganizationId, id: ScheduleId) -> Result<Schedule, StoreError> {
    let sql = format!("{VIEW} WHERE s.organization_id = $1 AND s.id = $2");
    let row = tx.row(&sql, args![organization, id]).await?;
    schedule(&row.ok_or_else(|| StoreError::NotFound { what: "schedule", id: id.to_string() })?)
}
