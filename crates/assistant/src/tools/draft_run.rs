//! A proposal of a run. Nothing is made: a person looks at it and confirms, and the rules of making runs then hold.

use creel_frontier::{PatternSet, Scope as HostScope};
use creel_types::{Action, RobotId, RobotProgram};
use futures::FutureExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use url::Url;

use super::{Scope, ToolError, ToolSpec, answer, object, read};

/// Start URLs of a proposal, which somebody must read.
const START_URLS_MAX: usize = 50;
const PATTERNS_MAX: usize = 50;

pub(super) const TOOL: ToolSpec = ToolSpec {
    name: "draft_run",
    title: "Draft a run",
    description: "Proposes a crawl with one robot; nothing starts. The person is shown the draft and confirms it.",
    is_draft: true,
    schema: || object(properties(), &["robot_id"]),
    call: |scope, asked| draft(scope, asked).boxed(),
};

/// What a run is drafted with; a schedule has it too.
pub(super) fn properties() -> Json {
    json!({
        "robot_id": {"type": "string"}, "name": {"type": "string"},
        "start_urls": {"type": "array", "items": {"type": "string"}, "description": "on the robot's host; its own start pages if left out"},
        "budget": {"type": "integer", "minimum": 1, "description": "most captures"},
        "discover": {"type": "boolean", "description": "false: fetch only the start URLs"},
        "include": {"type": "array", "items": {"type": "string"}}, "exclude": {"type": "array", "items": {"type": "string"}},
        "auto_enrich": {"type": "boolean"},
    })
}

/// A run as it would be asked for.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    pub(super) robot_id: RobotId,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    start_urls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) budget: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discover: Option<bool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    include: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    exclude: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_enrich: Option<bool>,
}

impl Asked {
    /// Whether it would be taken, with the robot's name and host.
    pub(super) async fn check(&self, scope: &Scope) -> Result<(String, RobotProgram), ToolError> {
        let found = scope.store.get_robot_with_program(scope.organization, self.robot_id).await;
        let (robot, program) = found.map_err(|error| ToolError::of(&error, "robot_id"))?;
        if self.budget.is_some_and(|budget| budget < 1) {
            return Err(ToolError::wrong("budget", "it is not at least 1"));
        }
        if self.start_urls.len() > START_URLS_MAX {
            return Err(ToolError::wrong("start_urls", format!("at most {START_URLS_MAX} are drafted")));
        }
        if self.include.len() + self.exclude.len() > PATTERNS_MAX {
            return Err(ToolError::wrong("include", format!("at most {PATTERNS_MAX} patterns are drafted")));
        }
        let host = HostScope::of_program(&program);
        for (at, text) in self.start_urls.iter().enumerate() {
            let field = format!("start_urls[{at}]");
            let url = Url::parse(text).map_err(|error| ToolError::wrong(&field, error.to_string()))?;
            if matches!(host.check(&url), Err(creel_frontier::OutOfScope::Scheme | creel_frontier::OutOfScope::ForeignHost))
            {
                return Err(ToolError::wrong(&field, format!("it is not on the robot's host, {}", program.host)));
            }
        }
        PatternSet::compile(&self.include, &self.exclude)
            .map_err(|error| ToolError::wrong(error.list().as_str(), error.to_string()))?;
        Ok((robot.name, program))
    }
}

async fn draft(scope: &Scope, asked: Json) -> Result<Json, ToolError> {
    let asked: Asked = read(asked)?;
    let (robot, program) = asked.check(scope).await?;
    let balance = scope.store.balance(scope.organization).await?;
    let most = asked.budget.map(|budget| budget.saturating_mul(Action::Extract.price().0));
    let warning = match most {
        Some(most) if most > balance.available.0 => {
            Some(format!("the balance, {} credits, ends before the budget", balance.available))
        }
        None => Some(format!(
            "without a budget it goes on until the shop is done or the balance of {} credits is",
            balance.available
        )),
        Some(_) => None,
    };
    Ok(answer::bounded(json!({
        "draft": {
            "kind": "run", "body": asked, "robot_name": robot, "host": program.host.to_string(), "credits_at_most": most,
        },
        "warning": warning,
        "says": "nothing was started: the person is shown this draft and confirms it",
    })))
}
