//! Runs, the newest first.

use creel_store::runs::RunView;
use creel_types::{RobotId, RunStatus, ScheduleId};

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
    type Told = Rows<Linked<RunView>>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), asked.fields.as_ref())?;
        let robot = scope.robot(asked.robot_id.as_ref()).await?;
        let schedule = scope.schedule(asked.schedule_id.as_ref()).await?;
        let (of, before) = (scope.organization, page.after()?);
        let runs = scope.store.list_runs(of, asked.status, robot, schedule, before, page.rows()).await?;
        let told = |run: RunView| Linked { link: scope.link("runs", run.id), thing: run };
        page.answer(&Nothing {}, runs, |run| run.id.to_string(), told)
    }
}
