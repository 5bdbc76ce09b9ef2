//! Pages of one run with what became of each.

use creel_store::pages::PageRow;
use creel_types::{PageOutcome, RunId, Time};
use futures::FutureExt;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Scope, ToolError, ToolSpec, answer, object, read};

pub(super) const TOOL: ToolSpec = ToolSpec {
    name: "list_run_pages",
    title: "Look at a run's pages",
    description: "The pages of one run, in the order they were done, with outcome and reason.",
    is_draft: false,
    schema: || {
        object(
            json!({
                "run_id": {"type": "string"},
                "outcome": {"type": "string", "enum": PageOutcome::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>()},
                "limit": {"type": "integer", "minimum": 1, "maximum": 50}, "cursor": {"type": "string"},
            }),
            &["run_id"],
        )
    },
    call: |scope, asked| list(scope, asked).boxed(),
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    run_id: RunId,
    outcome: Option<PageOutcome>,
    limit: Option<usize>,
    cursor: Option<String>,
}

async fn list(scope: &Scope, asked: Json) -> Result<Json, ToolError> {
    let asked: Asked = read(asked)?;
    let run = scope.store.get_run(scope.organization, asked.run_id).await;
    let run = run.map_err(|error| ToolError::of(&error, "run_id"))?.id;
    let after = asked.cursor.as_deref().map(position).transpose()?;
    answer::page(answer::limit(asked.limit)?, None, |limit| {
        let after = after.clone();
        async move {
            let rows = i64::try_from(limit).unwrap_or(1) + 1;
            let mut pages = scope.store.list_pages(run, asked.outcome, after, rows).await?;
            let more = pages.len() > limit;
            pages.truncate(limit);
            let next = pages.last().filter(|_| more).map(|page| format!("{} {}", page.at.0, page.url));
            Ok((pages.iter().map(row).collect(), next))
        }
    })
    .await
}

fn position(cursor: &str) -> Result<(Time, String), ToolError> {
    let parsed = cursor.split_once(' ').and_then(|(at, url)| Some((Time(at.parse().ok()?), url.to_owned())));
    parsed.ok_or_else(|| ToolError::wrong("cursor", "it is no next_cursor of this tool"))
}

pub(super) fn row(page: &PageRow) -> Json {
    json!({
        "shop_url": page.url, "kind": page.kind, "outcome": page.outcome, "reason": page.reason,
        "status_code": page.status_code, "credits": page.credits, "at": page.at,
        "link": page.capture_id.map(|capture| format!("/captures/{capture}")),
    })
}
