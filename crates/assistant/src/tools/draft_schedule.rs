//! A proposal of a schedule. Nothing is made: a person looks at it and confirms, and the rules of making schedules then hold.

use creel_frontier::{Timetable, cadence::zone};
use creel_types::{Cadence, IntervalUnit, Time};
use futures::FutureExt;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Scope, ToolError, ToolSpec, answer, draft_run, object, read};

pub(super) const TOOL: ToolSpec = ToolSpec {
    name: "draft_schedule",
    title: "Draft a schedule",
    description: "Proposes runs at a cadence; nothing is made. The person is shown the draft and confirms it.",
    is_draft: true,
    schema,
    call: |scope, asked| draft(scope, asked).boxed(),
};

fn schema() -> Json {
    let mut properties = draft_run::properties();
    let units: Vec<&str> = IntervalUnit::ALL.iter().map(|unit| unit.as_str()).collect();
    properties["cadence"] = json!({
        "type": "object", "additionalProperties": false, "required": ["interval_amount", "interval_unit"],
        "properties": {"interval_amount": {"type": "integer", "minimum": 1}, "interval_unit": {"type": "string", "enum": units}},
    });
    properties["starts_at"] = json!({"type": "string", "description": "first run, RFC 3339"});
    properties["time_zone"] = json!({"type": "string", "description": "IANA name"});
    object(properties, &["robot_id", "cadence"])
}

#[derive(Deserialize)]
struct When {
    cadence: Cadence,
    starts_at: Option<Time>,
    time_zone: Option<String>,
}

async fn draft(scope: &Scope, asked: Json) -> Result<Json, ToolError> {
    let when: When = read(asked.clone())?;
    let mut what = asked.clone();
    if let Some(fields) = what.as_object_mut() {
        for name in ["cadence", "starts_at", "time_zone"] {
            fields.shift_remove(name);
        }
    }
    let what: draft_run::Asked = read(what)?;
    let (robot, program) = what.check(scope).await?;
    let zone_name = when.time_zone.as_deref().unwrap_or(zone::UTC);
    if zone::find(zone_name).is_none() {
        return Err(ToolError::wrong("time_zone", format!("{zone_name:?} is no time zone of the IANA database")));
    }
    let starts_at = when.starts_at.unwrap_or_else(|| scope.store.clock.now());
    Timetable::new(when.cadence, starts_at, zone_name, &[])
        .map_err(|error| ToolError::wrong("cadence", error.to_string()))?;
    Ok(answer::bounded(json!({
        "draft": {"kind": "schedule", "body": asked, "robot_name": robot, "host": program.host.to_string()},
        "says": "nothing was made: the person is shown this draft and confirms it",
    })))
}
