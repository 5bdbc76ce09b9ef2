//! One schedule, with what its runs are asked to do and when the next ones are.

use creel_types::{ScheduleId, Time};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::ToolError,
    input::{Id, input},
    list_schedules::ScheduleRow,
    output::{Linked, One},
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

/// A schedule with what its runs are asked to do.
#[derive(Serialize, ToSchema)]
pub(super) struct Whole {
    #[serde(flatten)]
    row: ScheduleRow,
    auto_enrich: bool,
    discover: bool,
    include: Vec<String>,
    exclude: Vec<String>,
    start_urls: Vec<String>,
    next_runs: Vec<Time>,
}

pub(super) struct GetSchedule;

impl Tool for GetSchedule {
    const NAME: &'static str = "get_schedule";
    const TITLE: &'static str = "Show a schedule";
    const DESCRIPTION: &'static str = "One schedule with its settings and next runs.";
    type Asked = Asked;
    type Told = One<Linked<Whole>>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let found = scope.store.get_schedule(scope.organization, asked.schedule_id.get("schedule_id")?).await;
        let schedule = found.map_err(|error| ToolError::from(error).about("schedule_id"))?;
        let told = Whole {
            row: ScheduleRow::of(&schedule),
            auto_enrich: schedule.settings.auto_enrich,
            discover: schedule.settings.discover,
            next_runs: schedule.next_runs(scope.store.clock.now(), NEXT_RUNS),
            include: schedule.settings.include,
            exclude: schedule.settings.exclude,
            start_urls: schedule.start_urls,
        };
        One::of(&Linked { link: scope.link("schedules", schedule.id), thing: told })
    }
}
