//! Schedules, the newest first.

use creel_store::schedules::{Schedule, ScheduleFilter};
use creel_types::{RobotId, ScheduleStatus};
use serde_json::{Map, Value, json};

use super::{
    answer::{Page, linked},
    error::ToolError,
    input::{Id, Text, Whole, input},
    registry::Tool,
    scope::Scope,
};

input! {
    Asked {
        status: Option<ScheduleStatus>,
        robot_id: Option<Id<RobotId>>,
        limit: Option<Whole>,
        cursor: Option<Text>,
        fields: Option<Vec<Text>>,
    }
}

pub(super) struct ListSchedules;

impl Tool for ListSchedules {
    const NAME: &'static str = "list_schedules";
    const TITLE: &'static str = "List schedules";
    const DESCRIPTION: &'static str = "Schedules that make runs, with cadence, status and next run.";
    type Asked = Asked;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Value, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), asked.fields.as_ref())?;
        let filter = ScheduleFilter { status: asked.status, robot: scope.robot(asked.robot_id.as_ref()).await? };
        let schedules = scope.store.list_schedules(scope.organization, filter, page.after()?, page.rows()).await?;
        page.answer(
            Map::new(),
            schedules,
            |schedule| schedule.id.to_string(),
            |schedule| Ok(linked(scope.link("schedules", schedule.id), told(&schedule))),
        )
    }
}

/// A schedule without what may be large.
pub(super) fn told(schedule: &Schedule) -> Value {
    json!({
        "id": schedule.id, "name": schedule.name, "status": schedule.status, "robot_id": schedule.robot,
        "robot_name": schedule.robot_name, "cadence": schedule.cadence, "starts_at": schedule.starts_at,
        "time_zone": schedule.time_zone, "windows": schedule.windows, "budget": schedule.budget,
        "next_run_at": schedule.next_run_at, "last_run_at": schedule.last_run_at, "last_run_id": schedule.last_run,
        "last_skipped_at": schedule.last_skipped_at, "last_skip_reason": schedule.last_skip_reason,
        "created_at": schedule.created_at,
    })
}
