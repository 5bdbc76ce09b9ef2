//! One robot, with how well its captures are filled.

use creel_types::RobotId;
use serde_json::{Value, json};

use super::{
    answer::{about, json_of, linked},
    bounded,
    error::ToolError,
    input::{Id, input},
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

pub(super) struct GetRobot;

impl Tool for GetRobot {
    const NAME: &'static str = "get_robot";
    const TITLE: &'static str = "Show a robot";
    const DESCRIPTION: &'static str = "One robot with its newest runs.";
    type Asked = Asked;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Value, ToolError> {
        let found = scope.store.get_robot(scope.organization, asked.robot_id.get("robot_id")?).await;
        let robot = found.map_err(|error| ToolError::from(error).about("robot_id"))?;
        let runs = scope.store.list_runs(scope.organization, None, Some(robot.id), None, None, RUNS_TOLD).await?;
        let runs: Vec<Value> = runs
            .iter()
            .map(|run| {
                json!({"id": run.id, "link": scope.link("runs", run.id), "status": run.status,
                "end_reason": run.end_reason, "extracted": run.extracted, "created_at": run.created_at})
            })
            .collect();
        let mut told = about(json_of(&robot)?);
        told.insert("last_runs".to_owned(), json!(runs));
        Ok(bounded::whole(linked(scope.link("robots", robot.id), Value::Object(told))))
    }
}
