//! What became of each page of a run.

use creel_store::pages::PageRow;
use creel_types::{PageOutcome, RunId, Time};
use serde_json::{Value, json};

use super::{
    answer::{Page, about},
    error::ToolError,
    input::{Id, Text, Whole, input},
    registry::Tool,
    scope::Scope,
};

input! {
    Asked {
        run_id: Id<RunId>,
        outcome: Option<PageOutcome>,
        limit: Option<Whole>,
        cursor: Option<Text>,
        fields: Option<Vec<Text>>,
    }
}

pub(super) struct ListRunPages;

impl Tool for ListRunPages {
    const NAME: &'static str = "list_run_pages";
    const TITLE: &'static str = "List the pages of a run";
    const DESCRIPTION: &'static str = "Pages that a run fetched, in order, with outcome and reason.";
    type Asked = Asked;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Value, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), asked.fields.as_ref())?;
        // The pages are the run's, and the run is the organization's.
        let found = scope.store.get_run(scope.organization, asked.run_id.get("run_id")?).await;
        let run = found.map_err(|error| ToolError::from(error).about("run_id"))?;
        let after = page.after::<After>()?.map(|after| (after.at, after.url));
        let rows = scope.store.list_pages(run.id, asked.outcome, after, page.rows()).await?;
        page.answer(
            about(json!({"link": scope.link("runs", format!("{}/pages", run.id))})),
            rows,
            |row| format!("{} {}", row.at.0, row.url),
            |row| Ok(told(scope, &row)),
        )
    }
}

/// A page that became a capture is spoken of by the capture's page.
pub(super) fn told(scope: &Scope, row: &PageRow) -> Value {
    json!({
        "shop_url": row.url, "kind": row.kind, "outcome": row.outcome, "reason": row.reason,
        "status_code": row.status_code, "credits": row.credits, "capture_id": row.capture_id,
        "link": row.capture_id.map(|id| scope.link("captures", id)), "at": row.at,
    })
}

/// Where the page before ended: instant and address of its last row.
struct After {
    at: Time,
    url: String,
}

impl std::str::FromStr for After {
    type Err = ();

    fn from_str(text: &str) -> Result<After, ()> {
        let (at, url) = text.split_once(' ').ok_or(())?;
        Ok(After { at: Time(at.parse().map_err(|_| ())?), url: url.to_owned() })
    }
}
