//! Schedules: what runs when.

use creel_store::schedules::{Schedule, ScheduleFilter};
use creel_types::{RobotId, ScheduleId, ScheduleStatus};
use futures::FutureExt;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Scope, ToolError, ToolSpec, answer, object, read};

pub(super) const TOOL: ToolSpec = ToolSpec {
    name: "list_schedules",
    title: "Look at schedules",
    description: "Cadences that make runs: status, next and last run, and why a tick was skipped.",
    is_draft: false,
    schema: || {
        object(
            json!({
                "status": {"type": "string", "enum": ScheduleStatus::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>()},
                "robot_id": {"type": "string"},
                "limit": {"type": "integer", "minimum": 1, "maximum": 50}, "cursor": {"type": "string"},
            }),
            &[],
        )
    },
    call: |scope, asked| list(scope, asked).boxed(),
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    status: Option<ScheduleStatus>,
    robot_id: Option<RobotId>,
    limit: Option<usize>,
    cursor: Option<ScheduleId>,
}

async fn list(scope: &Scope, asked: Json) -> Result<Json, ToolError> {
    let asked: Asked = read(asked)?;
    let Asked { status, robot_id, cursor, .. } = asked;
    answer::page(answer::limit(asked.limit)?, None, |limit| async move {
        let rows = i64::try_from(limit).unwrap_or(1) + 1;
        let filter = ScheduleFilter { status, robot: robot_id };
        let mut schedules = scope.store.list_schedules(scope.organization, filter, cursor, rows).await?;
        let more = schedules.len() > limit;
        schedules.truncate(limit);
        let next = schedules.last().filter(|_| more).map(|schedule| schedule.id.to_string());
        Ok((schedules.iter().map(row).collect(), next))
    })
    .await
}

fn row(schedule: &Schedule) -> Json {
    json!({
        "id": schedule.id, "link": format!("/schedules/{}", schedule.id), "name": schedule.name, "status": schedule.status,
        "robot_id": schedule.robot, "robot_name": schedule.robot_name, "cadence": schedule.cadence,
        "time_zone": schedule.time_zone, "budget": schedule.budget, "next_run_at": schedule.next_run_at,
        "last_run_at": schedule.last_run_at, "last_run_link": schedule.last_run.map(|run| format!("/runs/{run}")),
        "last_skipped_at": schedule.last_skipped_at, "last_skip_reason": schedule.last_skip_reason,
    })
}
