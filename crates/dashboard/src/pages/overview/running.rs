//! Runs that go on or wait for their turn, as they are now.

use askama::Template;
use creel_store::runs::RunView;
use creel_types::{OrganizationId, RunStatus};

use crate::{
    Dashboard,
    figures::{Number, lasting},
    parts::Progress,
    refusal::Refusal,
};

/// Of each status.
const ROWS_MAX: i64 = 6;

#[derive(Template)]
#[template(path = "overview/running.html")]
pub(super) struct Running {
    base: String,
    rows: Vec<Row>,
}

impl askama::filters::HtmlSafe for Running {}

struct Row {
    id: String,
    name: String,
    extracted: Number,
    pages: Number,
    credits: Number,
    /// How long it has gone on, or that it waits.
    since: String,
    progress: Option<Progress>,
}

pub(super) async fn running(dashboard: &Dashboard, organization: OrganizationId) -> Result<Running, Refusal> {
    let store = dashboard.store();
    let mut runs = Vec::new();
    for status in [RunStatus::Running, RunStatus::Starting, RunStatus::Restarting, RunStatus::Pending] {
        runs.extend(store.list_runs(organization, Some(status), None, None, None, ROWS_MAX).await?);
    }
    let now = store.clock.now();
    let row = |run: RunView| Row {
        extracted: Number::of(run.extracted),
        pages: Number::of(run.pages_fetched),
        credits: Number::of(run.credits_spent.0),
        since: match run.started_at.filter(|_| run.status == RunStatus::Running) {
            Some(at) => format!("for {}", lasting(now.ms_since(at))),
            None => "waits for its turn".to_owned(),
        },
        progress: (run.status == RunStatus::Running).then(|| progress(&run)),
        id: run.id.to_string(),
        name: run.name,
    };
    Ok(Running { base: dashboard.base(), rows: runs.into_iter().take(6).map(row).collect() })
}

#[expect(clippy::cast_possible_truncation, reason = "a share between 0 and 1 becomes percent")]
fn progress(run: &RunView) -> Progress {
    let percent = run.progress.map(|share| (share * 100.0) as i64);
    Progress { label: format!("Progress of {}", run.name), percent }
}
