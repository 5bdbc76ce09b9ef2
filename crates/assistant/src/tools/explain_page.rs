//! Why an address was captured, or was not.

use futures::FutureExt;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use url::Url;

use creel_types::PageOutcome;

use super::{Scope, ToolError, ToolSpec, answer, list_run_pages, object, read};

pub(super) const TOOL: ToolSpec = ToolSpec {
    name: "explain_page",
    title: "Explain a page",
    description: "What became of one shop address in the newest runs, and why it was not captured if it was not.",
    is_draft: false,
    schema: || object(json!({"url": {"type": "string"}}), &["url"]),
    call: |scope, asked| explain(scope, asked).boxed(),
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    url: String,
}

async fn explain(scope: &Scope, asked: Json) -> Result<Json, ToolError> {
    let asked: Asked = read(asked)?;
    let url = Url::parse(asked.url.trim()).map_err(|error| ToolError::wrong("url", error.to_string()))?;
    let canonical = creel_frontier::canonical_url(&url);
    let mut found = scope.store.find_page(scope.organization, canonical.as_str()).await?;
    if found.is_empty() && canonical != url {
        found = scope.store.find_page(scope.organization, url.as_str()).await?;
    }
    let rows: Vec<Json> = found
        .iter()
        .map(|found| {
            let run = json!({"run": found.run_name, "run_link": format!("/runs/{}", found.run)});
            match &found.page {
                None => json!({"in": run, "meaning": "it waits in the run's queue"}),
                Some(page) => {
                    json!({"in": run, "page": list_run_pages::row(page), "meaning": meaning(page.outcome)})
                }
            }
        })
        .collect();
    let says = "no run of the last 200 came to this address: it was not linked from what they read, is excluded by a pattern, lies \
        outside the robot's scope, or the run ended before";
    let meaning = rows.is_empty().then_some(says);
    Ok(answer::bounded(json!({"url": canonical.as_str(), "rows": rows, "meaning": meaning})))
}

fn meaning(outcome: PageOutcome) -> &'static str {
    match outcome {
        PageOutcome::Captured => "it was captured: 2 credits",
        PageOutcome::Duplicate => "the run had this product already; free",
        PageOutcome::GateFailed => "it looked like a product and lacked what the reason says; free",
        PageOutcome::Discovery => "it is a page that leads to products, read for its links; free",
        PageOutcome::Blocked => "the shop refused it or asked for a human; free",
        PageOutcome::Error => "it could not be fetched, for the reason given; free",
        PageOutcome::Skipped => "it was not fetched, for the reason given; free",
    }
}
