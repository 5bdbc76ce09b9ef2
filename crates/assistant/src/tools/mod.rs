//! What a model, or somebody's own agent, may look at and draft: one tool a file.
//!
//! Every tool reads one organization's data, by construction: it is given a [`Scope`] and nothing else to ask with. Answers are
//! bounded, in rows and in bytes, and what shops wrote is in them as text in JSON: data, never instructions. No tool changes
//! anything; a draft is a proposal that a person confirms elsewhere.

mod aggregate_captures;
mod answer;
mod balance;
mod compare_product;
mod draft_run;
mod draft_schedule;
mod error;
mod explain_page;
mod filter;
mod get_capture;
mod list_robots;
mod list_run_pages;
mod list_runs;
mod list_schedules;
mod price_changes;
mod search_captures;
mod search_items;
mod statement;
#[cfg(test)]
mod tests;
mod usage;

use creel_store::Store;
use creel_types::OrganizationId;
use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

pub use answer::ANSWER_BYTES_MAX;
pub use error::ToolError;

/// Bytes of a call's arguments.
pub const ARGUMENTS_BYTES_MAX: usize = 64 * 1024;

/// Whose data a tool reads.
#[derive(Clone, Debug)]
pub struct Scope {
    pub store: Store,
    pub organization: OrganizationId,
}

/// A tool as a model or an agent is told of it.
pub struct ToolSpec {
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    pub description: &'static str,
    /// Whether it answers a proposal that a person must confirm.
    pub is_draft: bool,
    /// JSON schema of its arguments.
    pub schema: fn() -> Json,
    call: for<'a> fn(&'a Scope, Json) -> BoxFuture<'a, Result<Json, ToolError>>,
}

/// Every tool there is.
pub const ALL: &[ToolSpec] = &[
    search_captures::TOOL,
    get_capture::TOOL,
    aggregate_captures::TOOL,
    price_changes::TOOL,
    compare_product::TOOL,
    search_items::TOOL,
    list_robots::TOOL,
    list_runs::TOOL,
    list_run_pages::TOOL,
    explain_page::TOOL,
    list_schedules::TOOL,
    balance::TOOL,
    usage::TOOL,
    statement::TOOL,
    draft_run::TOOL,
    draft_schedule::TOOL,
];

/// What a tool answered.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolAnswer {
    /// The answer, or `{"error": …}`.
    pub json: Json,
    pub is_error: bool,
}

/// Calls a tool. What is wrong with the call is an answer that says so: whoever called can put it right.
pub async fn call(scope: &Scope, name: &str, arguments: &str) -> ToolAnswer {
    match answer(scope, name, arguments).await {
        Ok(json) => ToolAnswer { json: answer::clean(json), is_error: false },
        Err(error) => ToolAnswer { json: answer::clean(json!({"error": error})), is_error: true },
    }
}

async fn answer(scope: &Scope, name: &str, arguments: &str) -> Result<Json, ToolError> {
    let Some(tool) = ALL.iter().find(|tool| tool.name == name) else {
        let names: Vec<&str> = ALL.iter().map(|tool| tool.name).collect();
        return Err(ToolError::wrong("name", format!("there is no such tool; there are {}", names.join(", "))));
    };
    if arguments.len() > ARGUMENTS_BYTES_MAX {
        return Err(ToolError::wrong("arguments", format!("more than {ARGUMENTS_BYTES_MAX} bytes")));
    }
    let text = if arguments.trim().is_empty() { "{}" } else { arguments };
    let asked: Json =
        serde_json::from_str(text).map_err(|error| ToolError::wrong("arguments", format!("not JSON: {error}")))?;
    (tool.call)(scope, asked).await
}

/// The arguments of a tool, with the field named that is wrong.
fn read<T: DeserializeOwned>(asked: Json) -> Result<T, ToolError> {
    serde_path_to_error::deserialize(asked).map_err(|error| {
        let field = error.path().to_string();
        ToolError::wrong(if field == "." { "arguments" } else { &field }, error.inner().to_string())
    })
}

/// A schema of an object with these properties, some of them required.
fn object(properties: Json, required: &[&str]) -> Json {
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}
