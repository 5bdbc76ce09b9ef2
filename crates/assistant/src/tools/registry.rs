//! All tools, and the one way to call one.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::{
    aggregate_captures::AggregateCaptures, bounded, compare_product::CompareProduct, count_items::CountItems,
    draft_run::DraftRun, draft_schedule::DraftSchedule, error::ToolError, error::ToolErrorCode, explain_page::ExplainPage,
    get_balance::GetBalance, get_capture::GetCapture, get_item::GetItem, get_robot::GetRobot, get_run::GetRun,
    get_schedule::GetSchedule, get_usage::GetUsage, input::Input, list_robot_builds::ListRobotBuilds,
    list_robots::ListRobots, list_run_pages::ListRunPages, list_runs::ListRuns, list_schedules::ListSchedules,
    list_statement::ListStatement, output::Output, price_changes::PriceChanges, scope::Scope,
    search_captures::SearchCaptures, search_items::SearchItems, visible,
};

/// Bytes of the arguments of one call.
pub const ARGUMENT_BYTES_MAX: usize = 64 * 1024;

/// A tool as a model is told of it. What it says is paid for with each message, so it is short.
#[derive(Clone, Debug)]
pub struct ToolSpec {
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    pub description: &'static str,
    /// JSON schema of the arguments.
    pub input_schema: Value,
    /// JSON schema of the answer, where it is no error.
    pub output_schema: Value,
    /// Whether it answers a draft that somebody has to confirm. No tool changes anything.
    pub draft: bool,
}

/// What a tool answered.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolAnswer {
    pub json: Value,
    pub is_error: bool,
    /// The pages of this installation that it speaks of, each once.
    pub links: Vec<String>,
}

/// One tool.
pub(super) trait Tool {
    const NAME: &'static str;
    const TITLE: &'static str;
    const DESCRIPTION: &'static str;
    const DRAFT: bool = false;
    type Asked: Input + Send;
    type Told: Output;

    fn answer(scope: &Scope, asked: Self::Asked) -> impl Future<Output = Result<Self::Told, ToolError>> + Send;
}

macro_rules! registry {
    ($($tool:ty),* $(,)?) => {
        static TOOLS: LazyLock<Vec<ToolSpec>> = LazyLock::new(|| vec![$(spec::<$tool>()),*]);

        async fn answer(scope: &Scope, name: &str, arguments: &str) -> Result<Value, ToolError> {
            match name {
                $(<$tool>::NAME => <$tool>::answer(scope, read(arguments)?).await.map(Output::into_json),)*
                _ => Err(unknown()),
            }
        }
    };
}

registry! {
    SearchCaptures, GetCapture, AggregateCaptures, CompareProduct, PriceChanges, SearchItems, GetItem, CountItems,
    ListRuns, GetRun, ListRunPages, ExplainPage, ListRobots, GetRobot, ListRobotBuilds, ListSchedules, GetSchedule,
    GetBalance, GetUsage, ListStatement, DraftRun, DraftSchedule,
}

fn spec<T: Tool>() -> ToolSpec {
    ToolSpec {
        name: T::NAME,
        title: T::TITLE,
        description: T::DESCRIPTION,
        input_schema: T::Asked::schema(),
        output_schema: T::Told::schema(),
        draft: T::DRAFT,
    }
}

fn unknown() -> ToolError {
    let names: Vec<&str> = list().iter().map(|tool| tool.name).collect();
    ToolError::new(ToolErrorCode::UnknownTool, format!("there is no such tool; there are {}", names.join(", ")))
}

/// All tools, in the order in which a model is told of them.
#[must_use]
pub fn list() -> &'static [ToolSpec] {
    &TOOLS
}

/// Calls a tool with arguments as a model wrote them. Nothing fails: what is wrong is an answer too.
pub async fn call(scope: &Scope, name: &str, arguments: &str) -> ToolAnswer {
    let answered = answer(scope, name, arguments).await;
    let is_error = answered.is_err();
    let json = answered.unwrap_or_else(|error| bounded::whole(error.json()));
    let json = visible::clean(json);
    let mut links = Vec::new();
    collect_links(&json, &mut links);
    ToolAnswer { json, is_error, links }
}

fn collect_links(value: &Value, links: &mut Vec<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|value| collect_links(value, links)),
        Value::Object(all) => {
            for (name, value) in all {
                match value.as_str().filter(|_| name == "link") {
                    Some(link) if !links.iter().any(|known| known == link) => links.push(link.to_owned()),
                    Some(_) => {}
                    None => collect_links(value, links),
                }
            }
        }
        _ => {}
    }
}

/// The arguments, strictly; nothing at all is as good as no argument.
fn read<T: Input>(arguments: &str) -> Result<T, ToolError> {
    if arguments.len() > ARGUMENT_BYTES_MAX {
        let message = format!("the arguments have {} bytes; at most {ARGUMENT_BYTES_MAX} are taken", arguments.len());
        return Err(ToolError::field("arguments", message));
    }
    let arguments = if arguments.trim().is_empty() { "{}" } else { arguments };
    let value: Value = serde_json::from_str(arguments)
        .map_err(|error| ToolError::new(ToolErrorCode::InvalidJson, format!("the arguments are not JSON: {error}")))?;
    let value = if value.is_null() { json!({}) } else { visible::clean(value) };
    parse(value)
}

/// A value as a type, with the field named that does not fit.
pub(super) fn parse<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, ToolError> {
    if !value.is_object() {
        return Err(ToolError::field("arguments", "the arguments are a JSON object"));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let (path, message) = (error.path().to_string(), error.inner().to_string());
        // Missing and unknown fields are reported at their parent, with the name in the message.
        let named = message.split('`').nth(1).filter(|_| message.contains("field `"));
        let field = match (path.as_str(), named) {
            ("." | "?", Some(name)) => name.to_owned(),
            (path, Some(name)) if !path.ends_with(name) => format!("{path}.{name}"),
            (path, _) => path.to_owned(),
        };
        ToolError::field(field, message)
    })
}
