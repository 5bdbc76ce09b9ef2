//! A schedule that somebody may confirm: checked as the API checks it, and not made.

use creel_frontier::Timetable;
use creel_store::asked::schedule::NewScheduleBody;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    draft_run::{Draft, cost, told_whole, warnings},
    error::ToolError,
    input::{Input, object},
    output::One,
    registry::{Tool, parse},
    scope::Scope,
};

/// Runs ahead that are told of.
const NEXT_RUNS: usize = 3;

/// The body as it was written, read as the API reads it.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Asked(Map<String, Value>);

impl Input for Asked {
    fn schema() -> Value {
        let text = || json!({"type": "string"});
        let texts = || json!({"type": "array", "items": {"type": "string"}});
        let cadence = json!({
            "type": "object", "required": ["interval_amount", "interval_unit"],
            "properties": {
                "interval_amount": {"type": "integer"},
                "interval_unit": {"type": "string", "enum": ["hour", "day", "week", "month"]},
            },
        });
        object(vec![
            ("robot_id", json!({"type": "string", "format": "uuid"}), "", true),
            ("cadence", cadence, "", true),
            ("name", text(), "", false),
            ("starts_at", json!({"type": "string", "format": "date-time"}), "", false),
            ("time_zone", text(), "IANA name.", false),
            (
                "windows",
                json!({"type": "array", "items": {"type": "object"}}),
                "[{days:[mon],from:\"22:00\",to:\"06:00\"}]",
                false,
            ),
            ("start_urls", texts(), "", false),
            ("discover", json!({"type": "boolean"}), "", false),
            ("budget", json!({"type": "integer"}), "", false),
            ("include", texts(), "", false),
            ("exclude", texts(), "", false),
            ("auto_enrich", json!({"type": "boolean"}), "", false),
        ])
    }
}

pub(super) struct DraftSchedule;

impl Tool for DraftSchedule {
    const NAME: &'static str = "draft_schedule";
    const TITLE: &'static str = "Draft a schedule";
    const DESCRIPTION: &'static str =
        "Checks a schedule and answers it as a draft; fields as in draft_run. Nothing is created.";
    const DRAFT: bool = true;
    type Asked = Asked;
    type Told = One<Draft>;

    async fn answer(scope: &Scope, Asked(body): Asked) -> Result<Self::Told, ToolError> {
        let body = told_whole(body)?;
        let id = body.get("robot_id").and_then(Value::as_str).unwrap_or_default();
        let asked: NewScheduleBody = parse(Value::Object(body.clone()))?;
        let robot = id.trim().parse().map_err(|_| ToolError::not_found("robot_id"))?;
        let found = scope.store.get_robot_with_program(scope.organization, robot).await;
        let (_, program) = found.map_err(|error| ToolError::from(error).about("robot_id"))?;
        let now = scope.store.clock.now();
        let new = asked.checked(&program, now)?;
        let timetable = Timetable::new(new.cadence, new.starts_at.unwrap_or(now), &new.time_zone, &new.windows)
            .map_err(|error| ToolError::field(error.field(), error.to_string()))?;
        let next = timetable.next(now, NEXT_RUNS);
        let (host, cost) = (&program.host, cost(new.budget, new.settings.auto_enrich));
        let every = format!("every {} {}", new.cadence.interval_amount, new.cadence.interval_unit);
        let summary = format!("A schedule on {host}, {every} ({}); each run: {cost}.", new.time_zone);
        let (endpoint, link) = ("POST /v1/extract/schedules", scope.link("schedules", "new"));
        let (warnings, next_runs) = (warnings(scope, new.budget, new.settings.auto_enrich).await?, Some(next));
        Draft { kind: "schedule", created: false, summary, warnings, endpoint, link, next_runs, body: Value::Null }
            .with(body)
    }
}
