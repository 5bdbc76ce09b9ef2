//! One robot, with how well its captures are filled.

use creel_store::runs::RunView;
use creel_types::{EndReason, Robot, RobotId, RunId, RunStatus, Time};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::ToolError,
    input::{Id, input},
    output::{Linked, One},
    registry::Tool,
    scope::Scope,
};

/// Runs of the robot that are told of.
const RUNS_TOLD: i64 = 3;

input! {
    Asked {
        robot_id: Id<RobotId>,
    }
}

/// A robot with its newest runs.
#[derive(Serialize, ToSchema)]
pub(super) struct Whole {
    #[serde(flatten)]
    robot: Robot,
    last_runs: Vec<LastRun>,
}

#[derive(Serialize, ToSchema)]
struct LastRun {
    id: RunId,
    link: String,
    status: RunStatus,
    end_reason: Option<EndReason>,
    extracted: i64,
    created_at: Time,
}

pub(super) struct GetRobot;

impl Tool for GetRobot {
    const NAME: &'static str = "get_robot";
    const TITLE: &'static str = "Show a robot";
    const DESCRIPTION: &'static str = "One robot with its newest runs.";
    type Asked = Asked;
    type Told = One<Linked<Whole>>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let found = scope.store.get_robot(scope.organization, asked.robot_id.get("robot_id")?).await;
        let robot = found.map_err(|error| ToolError::from(error).about("robot_id"))?;
        let runs = scope.store.list_runs(scope.organization, None, Some(robot.id), None, None, RUNS_TOLD).await?;
        let last_run = |run: RunView| LastRun {
            id: run.id,
            link: scope.link("runs", run.id),
            status: run.status,
            end_reason: run.end_reason,
            extracted: run.extracted,
            created_at: run.created_at,
        };
        let link = scope.link("robots", robot.id);
        One::of(&Linked { link, thing: Whole { robot, last_runs: runs.into_iter().map(last_run).collect() } })
    }
}
