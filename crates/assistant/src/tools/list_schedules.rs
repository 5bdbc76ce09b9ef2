//! Schedules, the newest first.

use creel_store::schedules::{Schedule, ScheduleFilter};
use creel_types::{Cadence, RobotId, RunId, ScheduleId, ScheduleStatus, SkipReason, Time, Window};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::Page,
    error::ToolError,
    input::{Id, Text, Whole, input},
    output::{Linked, Nothing, Rows},
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
    type Told = Rows<Linked<ScheduleRow>>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), asked.fields.as_ref())?;
        let filter = ScheduleFilter { status: asked.status, robot: scope.robot(asked.robot_id.as_ref()).await? };
        let schedules = scope.store.list_schedules(scope.organization, filter, page.after()?, page.rows()).await?;
        page.answer(
            &Nothing {},
            schedules,
            |schedule| schedule.id.to_string(),
            |schedule| Linked { link: scope.link("schedules", schedule.id), thing: ScheduleRow::of(&schedule) },
        )
    }
}

/// A schedule without what may be large.
#[derive(Serialize, ToSchema)]
#[schema(as = ToldSchedule)]
pub(super) struct ScheduleRow {
    id: ScheduleId,
    name: String,
    status: ScheduleStatus,
    robot_id: RobotId,
    robot_name: Option<String>,
    cadence: Cadence,
    starts_at: Time,
    time_zone: String,
    windows: Vec<Window>,
    budget: Option<i64>,
    next_run_at: Option<Time>,
    last_run_at: Option<Time>,
    last_run_id: Option<RunId>,
    last_skipped_at: Option<Time>,
    last_skip_reason: Option<SkipReason>,
    created_at: Time,
}

impl ScheduleRow {
    pub fn of(schedule: &Schedule) -> ScheduleRow {
        ScheduleRow {
            id: schedule.id,
            name: schedule.name.clone(),
            status: schedule.status,
            robot_id: schedule.robot,
            robot_name: schedule.robot_name.clone(),
            cadence: schedule.cadence,
            starts_at: schedule.starts_at,
            time_zone: schedule.time_zone.clone(),
            windows: schedule.windows.clone(),
            budget: schedule.budget,
            next_run_at: schedule.next_run_at,
            last_run_at: schedule.last_run_at,
            last_run_id: schedule.last_run,
            last_skipped_at: schedule.last_skipped_at,
            last_skip_reason: schedule.last_skip_reason,
            created_at: schedule.created_at,
        }
    }
}
