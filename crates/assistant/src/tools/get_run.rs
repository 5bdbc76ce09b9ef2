//! One run, with what became of its pages and why.

use creel_store::runs::RunView;
use creel_types::{PageOutcome, RunId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::ToolError,
    input::{Id, Text, input},
    output::{Linked, One},
    registry::Tool,
    scope::Scope,
};

/// Start pages and reasons that are told of.
const START_URLS_TOLD: usize = 5;
const REASONS_TOLD: usize = 15;

input! {
    Asked {
        run_id: Id<RunId>,
        fields: Option<Vec<Text>>,
    }
}

/// A run with its settings and what became of its pages.
#[derive(Serialize, ToSchema)]
pub(super) struct Whole {
    #[serde(flatten)]
    view: RunView,
    host: String,
    discover: bool,
    include: Vec<String>,
    exclude: Vec<String>,
    start_url_count: usize,
    first_start_urls: Vec<String>,
    pages: Vec<Outcome>,
}

/// How many pages ended one way for one reason.
#[derive(Serialize, ToSchema)]
struct Outcome {
    outcome: PageOutcome,
    reason: Option<String>,
    pages: i64,
    example_url: String,
}

pub(super) struct GetRun;

impl Tool for GetRun {
    const NAME: &'static str = "get_run";
    const TITLE: &'static str = "Show a run";
    const DESCRIPTION: &'static str = "One run: its settings, progress, and how often pages ended which way and why.";
    type Asked = Asked;
    type Told = One<Linked<Whole>>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let id = asked.run_id.get("run_id")?;
        let found = scope.store.get_run(scope.organization, id).await;
        let run = found.map_err(|error| ToolError::from(error).about("run_id"))?;
        let view = scope.store.get_run_view(scope.organization, id).await?;
        let outcomes = scope.store.outcome_counts(run.id).await?;
        let outcomes = outcomes.into_iter().take(REASONS_TOLD).map(|count| Outcome {
            outcome: count.outcome,
            reason: count.reason,
            pages: count.count,
            example_url: count.example,
        });
        let told = Whole {
            view,
            host: run.host.to_string(),
            discover: run.settings.discover,
            include: run.settings.include,
            exclude: run.settings.exclude,
            start_url_count: run.start_urls.len(),
            first_start_urls: run.start_urls.into_iter().take(START_URLS_TOLD).collect(),
            pages: outcomes.collect(),
        };
        One::chosen(&Linked { link: scope.link("runs", run.id), thing: told }, asked.fields.as_ref())
    }
}
