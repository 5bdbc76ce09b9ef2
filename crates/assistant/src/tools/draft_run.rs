//! A run that somebody may confirm: checked as the API checks it, and not made.

use creel_store::asked::run::NewRunBody;
use creel_types::{Action, RunStatus, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{
    bounded::ANSWER_BYTES_MAX,
    error::ToolError,
    input::{Input, object},
    output::One,
    registry::{Tool, parse},
    scope::Scope,
};

/// Bytes of a draft's body: it must be told whole.
const BODY_BYTES_MAX: usize = ANSWER_BYTES_MAX / 2;

/// The body as it was written, read as the API reads it.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Asked(Map<String, Value>);

impl Input for Asked {
    fn schema() -> Value {
        let text = || json!({"type": "string"});
        let texts = || json!({"type": "array", "items": {"type": "string"}});
        object(vec![
            ("robot_id", json!({"type": "string", "format": "uuid"}), "", true),
            ("name", text(), "", false),
            ("start_urls", texts(), "Pages on the robot's host; its own start pages where left out.", false),
            (
                "start_urls_from",
                json!({"type": "object"}),
                "{filter: fields as in search_captures}: captured products.",
                false,
            ),
            ("discover", json!({"type": "boolean"}), "false fetches only the start URLs.", false),
            ("budget", json!({"type": "integer"}), "Captures at most.", false),
            ("include", texts(), "URL globs with *, or re:REGEX.", false),
            ("exclude", texts(), "", false),
            ("max_depth", json!({"type": "integer"}), "", false),
            ("auto_enrich", json!({"type": "boolean"}), "", false),
        ])
    }
}

pub(super) struct DraftRun;

impl Tool for DraftRun {
    const NAME: &'static str = "draft_run";
    const TITLE: &'static str = "Draft a run";
    const DESCRIPTION: &'static str = "Checks a run and answers it as a draft. Nothing is created: a person confirms it.";
    const DRAFT: bool = true;
    type Asked = Asked;
    type Told = One<Draft>;

    async fn answer(scope: &Scope, Asked(body): Asked) -> Result<Self::Told, ToolError> {
        let body = told_whole(body)?;
        let asked: NewRunBody = parse(Value::Object(body.clone()))?;
        let found = scope.store.get_robot_with_program(scope.organization, asked.robot_id).await;
        let (robot, program) = found.map_err(|error| ToolError::from(error).about("robot_id"))?;
        let has_own_urls =
            body.get("start_urls").or(body.get("urls")).and_then(Value::as_array).is_some_and(|urls| !urls.is_empty());
        let asked = asked.with_captured(&scope.store, scope.organization, &program).await?;
        let new = asked.checked(&program, scope.by.clone(), None)?;
        let mut warnings = warnings(scope, new.budget, new.settings.auto_enrich).await?;
        let open = [RunStatus::Running, RunStatus::Starting, RunStatus::Pending];
        let runs = scope.store.list_runs(scope.organization, None, Some(robot.id), None, None, 1).await?;
        if runs.first().is_some_and(|run| open.contains(&run.status)) {
            warnings.push("the robot's last run has not ended yet".to_owned());
        }
        if new.budget.is_none() && new.settings.discover {
            warnings.push("without a budget it goes on until the crawl is complete or credits run out".to_owned());
        }
        let pages = if has_own_urls || body.contains_key("start_urls_from") {
            format!("from {} start pages", new.start_urls.len())
        } else {
            "from the robot's own start pages".to_owned()
        };
        let links = if new.settings.discover { "following links" } else { "without following links" };
        let summary = format!("A run on {} {pages}, {links}, {}.", program.host, cost(new.budget, new.settings.auto_enrich));
        let (endpoint, link) = ("POST /v1/extract/runs", scope.link("runs", "new"));
        Draft { kind: "run", created: false, summary, warnings, endpoint, link, next_runs: None, body: Value::Null }
            .with(body)
    }
}

/// The body as the API takes it, whole or not at all: what is missing of it would not be seen by whoever confirms.
pub(super) fn told_whole(mut body: Map<String, Value>) -> Result<Map<String, Value>, ToolError> {
    body.retain(|_, value| !value.is_null());
    let bytes = json!(body).to_string().len();
    if bytes > BODY_BYTES_MAX {
        let message = format!(
            "this draft has {bytes} bytes, at most {BODY_BYTES_MAX} can be drafted: use fewer start URLs or a filter"
        );
        return Err(ToolError::field("start_urls", message));
    }
    Ok(with_numbers(body))
}

/// Numbers that a model wrote as texts.
fn with_numbers(mut body: Map<String, Value>) -> Map<String, Value> {
    for name in ["budget", "max_depth"] {
        let number = body.get(name).and_then(Value::as_str).and_then(|text| text.trim().parse::<i64>().ok());
        if let Some(number) = number {
            body.insert(name.to_owned(), json!(number));
        }
    }
    body
}

/// What it costs at most.
pub(super) fn cost(budget: Option<i64>, auto_enrich: bool) -> String {
    let price = price_of_one(auto_enrich);
    match budget {
        Some(budget) => format!("at most {budget} captures, {} credits", budget.saturating_mul(price)),
        None => format!("{price} credits for each capture"),
    }
}

pub(super) async fn warnings(scope: &Scope, budget: Option<i64>, auto_enrich: bool) -> Result<Vec<String>, ToolError> {
    let (spendable, price) = (scope.store.spendable(scope.organization).await?, Action::Extract.price());
    let all = budget.unwrap_or(1).saturating_mul(price_of_one(auto_enrich));
    let warning = if spendable < price {
        Some(format!("{spendable} credits are left, and one capture costs {price}"))
    } else if spendable.0 < all {
        Some(format!("{spendable} credits are left, and the whole budget costs {all}"))
    } else {
        None
    };
    Ok(warning.into_iter().collect())
}

fn price_of_one(auto_enrich: bool) -> i64 {
    Action::Extract.price().0 + if auto_enrich { Action::Enrich.price().0 } else { 0 }
}

/// What is proposed, for a person to confirm.
#[derive(Serialize, ToSchema)]
pub(super) struct Draft {
    pub kind: &'static str,
    /// Never: a tool makes nothing.
    pub created: bool,
    pub summary: String,
    pub warnings: Vec<String>,
    pub endpoint: &'static str,
    pub link: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_runs: Option<Vec<Time>>,
    /// What the endpoint is sent.
    #[schema(value_type = Object)]
    pub body: Value,
}

impl Draft {
    /// The body is told whole: it was found to fit.
    pub fn with(self, body: Map<String, Value>) -> Result<One<Draft>, ToolError> {
        One::with_whole(&self, "body", Value::Object(body))
    }
}
