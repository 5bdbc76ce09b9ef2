//! Runs: what was crawled, how it went, what it cost.

use creel_store::runs::RunView;
use creel_types::{RobotId, RunId, RunStatus, ScheduleId};
use futures::FutureExt;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Scope, ToolError, ToolSpec, answer, object, read};

pub(super) const TOOL: ToolSpec = ToolSpec {
    name: "list_runs",
    title: "Look at runs",
    description: "Crawls (runs), newest first, or one of them with how its pages ended and why.",
    is_draft: false,
    schema: || {
        object(
            json!({
                "id": {"type": "string", "description": "one run"},
                "status": {"type": "string", "enum": RunStatus::ALL.iter().map(|status| status.as_str()).collect::<Vec<_>>()},
                "robot_id": {"type": "string"}, "schedule_id": {"type": "string"},
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
    id: Option<RunId>,
    status: Option<RunStatus>,
    robot_id: Option<RobotId>,
    schedule_id: Option<ScheduleId>,
    limit: Option<usize>,
    cursor: Option<RunId>,
}

async fn list(scope: &Scope, asked: Json) -> Result<Json, ToolError> {
    let asked: Asked = read(asked)?;
    if let Some(id) = asked.id {
        let run = scope.store.get_run_view(scope.organization, id).await.map_err(|error| ToolError::of(&error, "id"))?;
        // Of a run that was found to be the organization's.
        let outcomes = scope.store.outcome_counts(id).await?;
        let outcomes: Vec<Json> = outcomes
            .iter()
            .map(|count| json!({"outcome": count.outcome, "reason": count.reason, "pages": count.count}))
            .collect();
        return Ok(answer::bounded(json!({"run": row(&run), "pages_by_outcome": outcomes})));
    }
    let Asked { status, robot_id, schedule_id, cursor, .. } = asked;
    answer::page(answer::limit(asked.limit)?, None, |limit| async move {
        let rows = i64::try_from(limit).unwrap_or(1) + 1;
        let mut runs = scope.store.list_runs(scope.organization, status, robot_id, schedule_id, cursor, rows).await?;
        let more = runs.len() > limit;
        runs.truncate(limit);
        let next = runs.last().filter(|_| more).map(|run| run.id.to_string());
        Ok((runs.iter().map(row).collect(), next))
    })
    .await
}

fn row(run: &RunView) -> Json {
    json!({
        "id": run.id, "link": format!("/runs/{}", run.id), "name": run.name, "status": run.status, "end_reason": run.end_reason,
        "error": run.error.as_ref().map(|error| &error.message), "robot_id": run.robot_id, "robot_name": run.robot_name,
        "captures": run.extracted, "duplicates": run.duplicates, "pages_fetched": run.pages_fetched,
        "pages_failed": run.pages_failed, "pages_blocked": run.pages_blocked, "in_queue": run.in_queue, "budget": run.budget,
        "credits_spent": run.credits_spent, "created_at": run.created_at, "ended_at": run.ended_at,
    })
}
