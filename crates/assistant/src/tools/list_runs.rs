//! Runs, the newest first.

use creel_types::{RobotId, RunStatus, ScheduleId};
use serde_json::{Map, Value};

use super::{
    answer::{Page, json_of, linked},
    error::ToolError,
    input::{Id, Text, Whole, input},
    registry::Tool,
    scope::Scope,
};

input! {
    Asked {
        status: Option<RunStatus>,
        robot_id: Option<Id<RobotId>>,
        schedule_id: Option<Id<ScheduleId>>,
        limit: Option<Whole>,
        cursor: Option<Text>,
        fields: Option<Vec<Text>>,
    }
}

pub(super) struct ListRuns;

impl Tool for ListRuns {
    const NAME: &'static str = "list_runs";
    const TITLE: &'static str = "List runs";
    const DESCRIPTION: &'static str = "Crawls, newest first, with what they captured, failed and spent.";
    type Asked = Asked;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Value, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), asked.fields.as_ref())?;
        let robot = scope.robot(asked.robot_id.as_ref()).await?;
        let schedule = scope.schedule(asked.schedule_id.as_ref()).await?;
        let (of, before) = (scope.organization, page.after()?);
        let runs = scope.store.list_runs(of, asked.status, robot, schedule, before, page.rows()).await?;
        page.answer(Map::new(), runs, |run| run.id.to_string(), |run| Ok(linked(scope.link("runs", run.id), json_of(&run)?)))
    }
}
