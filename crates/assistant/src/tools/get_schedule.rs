//! One schedule, with what its runs are asked to do and when the next ones are.

use creel_types::ScheduleId;
use serde_json::{Value, json};

use super::{
    answer::{about, linked},
    bounded,
    error::ToolError,
    input::{Id, input},
    list_schedules,
    registry::Tool,
    scope::Scope,
};

/// Runs ahead that are told of.
const NEXT_RUNS: usize = 5;

input! {
    Asked {
        schedule_id: Id<ScheduleId>,
    }
}

pub(super) struct GetSchedule;

impl Tool for GetSchedule {
    const NAME: &'static str = "get_schedule";
    const TITLE: &'static str = "Show a schedule";
    const DESCRIPTION: &'static str = "One schedule with its settings and next runs.";
    type Asked = Asked;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Value, ToolError> {
        let found = scope.store.get_schedule(scope.organization, asked.schedule_id.get("schedule_id")?).await;
        let schedule = found.map_err(|error| ToolError::from(error).about("schedule_id"))?;
        let mut told = about(list_schedules::told(&schedule));
        told.insert("auto_enrich".to_owned(), json!(schedule.settings.auto_enrich));
        told.insert("discover".to_owned(), json!(schedule.settings.discover));
        told.insert("include".to_owned(), json!(schedule.settings.include));
        told.insert("exclude".to_owned(), json!(schedule.settings.exclude));
        told.insert("start_urls".to_owned(), json!(schedule.start_urls));
        told.insert("next_runs".to_owned(), json!(schedule.next_runs(scope.store.clock.now(), NEXT_RUNS)));
        Ok(bounded::whole(linked(scope.link("schedules", schedule.id), Value::Object(told))))
    }
}
