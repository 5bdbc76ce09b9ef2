//! What became of each page of a run.

use creel_store::pages::PageRow;
use creel_types::{CaptureId, PageKind, PageOutcome, RunId, Time};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::Page,
    error::ToolError,
    input::{Id, Text, Whole, input},
    output::Rows,
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
    type Told = Rows<PageTold, AboutPages>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), asked.fields.as_ref())?;
        // The pages are the run's, and the run is the organization's.
        let found = scope.store.get_run(scope.organization, asked.run_id.get("run_id")?).await;
        let run = found.map_err(|error| ToolError::from(error).about("run_id"))?;
        let after = page.after::<After>()?.map(|after| (after.at, after.url));
        let rows = scope.store.list_pages(run.id, asked.outcome, after, page.rows()).await?;
        page.answer(
            &AboutPages { link: scope.link("runs", format!("{}/pages", run.id)) },
            rows,
            |row| format!("{} {}", row.at.0, row.url),
            |row| PageTold::of(scope, &row),
        )
    }
}

/// Where people see all of them.
#[derive(Serialize, ToSchema)]
pub(super) struct AboutPages {
    link: String,
}

/// What became of a page. One that became a capture is spoken of by the capture's page.
#[derive(Serialize, ToSchema)]
pub(super) struct PageTold {
    pub shop_url: String,
    pub kind: Option<PageKind>,
    pub outcome: PageOutcome,
    pub reason: Option<String>,
    pub status_code: Option<i64>,
    pub credits: i64,
    pub capture_id: Option<CaptureId>,
    pub link: Option<String>,
    pub at: Time,
}

impl PageTold {
    pub fn of(scope: &Scope, row: &PageRow) -> PageTold {
        PageTold {
            shop_url: row.url.clone(),
            kind: row.kind,
            outcome: row.outcome,
            reason: row.reason.clone(),
            status_code: row.status_code,
            credits: row.credits,
            capture_id: row.capture_id,
            link: row.capture_id.map(|id| scope.link("captures", id)),
            at: row.at,
        }
    }
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
