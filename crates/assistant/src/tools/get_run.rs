//! One run, with what became of its pages and why.

use creel_types::RunId;
use serde_json::{Value, json};

use super::{
    answer::{about, json_of, linked},
    bounded,
    error::ToolError,
    input::{Id, input},
    registry::Tool,
    scope::Scope,
};

/// Start pages and reasons that are told of.
const START_URLS_TOLD: usize = 5;
const REASONS_TOLD: usize = 15;

input! {
    Asked {
        run_id: Id<RunId>,
    }
}

pub(super) struct GetRun;

impl Tool for GetRun {
    const NAME: &'static str = "get_run";
    const TITLE: &'static str = "Show a run";
    const DESCRIPTION: &'static str = "One run: its settings, progress, and how often pages ended which way and why.";
    type Asked = Asked;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Value, ToolError> {
        let id = asked.run_id.get("run_id")?;
        let found = scope.store.get_run(scope.organization, id).await;
        let run = found.map_err(|error| ToolError::from(error).about("run_id"))?;
        let view = scope.store.get_run_view(scope.organization, id).await?;
        let outcomes = scope.store.outcome_counts(run.id).await?;
        let outcomes = outcomes.iter().take(REASONS_TOLD).map(|count| {
            json!({"outcome": count.outcome, "reason": count.reason, "pages": count.count, "example_url": count.example})
        });
        let outcomes: Vec<Value> = outcomes.collect();
        let mut told = about(json_of(&view)?);
        told.insert("host".to_owned(), json!(run.host.as_str()));
        told.insert("discover".to_owned(), json!(run.settings.discover));
        told.insert("include".to_owned(), json!(run.settings.include));
        told.insert("exclude".to_owned(), json!(run.settings.exclude));
        told.insert("start_url_count".to_owned(), json!(run.start_urls.len()));
        told.insert("first_start_urls".to_owned(), json!(run.start_urls.iter().take(START_URLS_TOLD).collect::<Vec<_>>()));
        told.insert("pages".to_owned(), json!(outcomes));
        Ok(bounded::whole(linked(scope.link("runs", run.id), Value::Object(told))))
    }
}
