//! `/runs/{id}/pages?outcome=&cursor=`: every page that a run looked at, with what became of it and why; and the same counted, for
//! the run's own page.

use askama::{Template, filters::HtmlSafe};
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_store::{pages::PageRow, runs::RunView};
use creel_types::{PageOutcome, RunId, Time};
use serde::Deserialize;

use crate::{
    Dashboard,
    figures::{Number, When},
    form::{Choice, Field},
    list::{Rows, query},
    member::Member,
    page::render,
    parts::{Badge, Curl, Empty, Pager, Tone},
    path::Id,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

const ROWS: Rows = Rows::of(100);
/// A run with more pages is not counted by reasons while somebody waits.
const COUNTED_MAX: i64 = 50_000;
/// Reasons that the run's page shows.
const REASONS_MAX: usize = 12;

fn badge(outcome: PageOutcome) -> Badge {
    let (tone, text) = match outcome {
        PageOutcome::Captured => (Tone::Good, "Captured"),
        PageOutcome::Duplicate => (Tone::Plain, "Duplicate"),
        PageOutcome::GateFailed => (Tone::Warn, "Not complete"),
        PageOutcome::Discovery => (Tone::Plain, "Discovery"),
        PageOutcome::Blocked => (Tone::Warn, "Blocked"),
        PageOutcome::Error => (Tone::Bad, "Error"),
        PageOutcome::Skipped => (Tone::Plain, "Skipped"),
    };
    Badge::new(tone, text)
}

/// How many pages ended which way for which reason.
#[derive(Template)]
#[template(path = "runs/reasons.html")]
pub(super) struct Reasons {
    base: String,
    id: RunId,
    rows: Vec<Reason>,
    rest: usize,
    is_too_long: bool,
}

impl HtmlSafe for Reasons {}

struct Reason {
    badge: Badge,
    outcome: PageOutcome,
    reason: String,
    count: Number,
    example: String,
}

pub(super) async fn reasons(dashboard: &Dashboard, run: &RunView) -> Result<Reasons, Refusal> {
    let (base, id) = (dashboard.base(), run.id);
    if run.pages_fetched > COUNTED_MAX {
        return Ok(Reasons { base, id, rows: Vec::new(), rest: 0, is_too_long: true });
    }
    let counts = dashboard.store().outcome_counts(id).await?;
    let rest = counts.len().saturating_sub(REASONS_MAX);
    let row = |count: creel_store::pages::OutcomeCount| Reason {
        badge: badge(count.outcome),
        outcome: count.outcome,
        reason: count.reason.unwrap_or_default(),
        count: Number::of(count.count),
        example: count.example,
    };
    Ok(Reasons { base, id, rows: counts.into_iter().take(REASONS_MAX).map(row).collect(), rest, is_too_long: false })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    outcome: String,
    /// Where the page before ended: the instant of its last row in milliseconds, a space, and its address.
    cursor: String,
}

#[derive(Template)]
#[template(path = "runs/pages.html")]
struct PagesPage {
    shell: Shell,
    id: RunId,
    name: String,
    filter: Field,
    rows: Vec<Row>,
    pager: Pager,
    empty: Empty,
    curl: Curl,
}

struct Row {
    url: String,
    badge: Badge,
    reason: String,
    status: String,
    credits: i64,
    capture: Option<String>,
    when: When,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<RunId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let store = dashboard.store();
    let run = store.get_run(member.organization, id).await?;
    let outcome = PageOutcome::parse(&asked.outcome);
    let mut rows = store.list_pages(run.id, outcome, cursor(&asked.cursor), ROWS.and_one_more()).await?;
    let (here, query) = (format!("{}/runs/{id}/pages", dashboard.base()), query(&[("outcome", &asked.outcome)]));
    let listed = format!("{here}{query}");
    let pager = ROWS.turn(&mut rows, &listed, asked.cursor.is_empty(), |row| format!("{} {}", row.at.0, row.url));
    let now = store.clock.now();
    let mut choices = vec![Choice::new("", "Any outcome")];
    choices.extend(PageOutcome::ALL.iter().map(|outcome| Choice::new(outcome.as_str(), badge(*outcome).text())));
    let page = PagesPage {
        shell: Shell::new(&dashboard, &member, Place::Runs).await?,
        id,
        name: run.name,
        filter: Field::select("outcome", "Outcome", choices).holding(asked.outcome.as_str()),
        rows: rows.into_iter().map(|page| row(page, now)).collect(),
        pager,
        empty: match outcome {
            Some(_) => Empty::new("No page ended this way", "Choose another outcome.").with(here, "All pages"),
            None => Empty::new("No pages yet", "Pages stand here as soon as the run has looked at them."),
        },
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/extract/runs/{id}/pages{query}")),
    };
    Ok(render(&page))
}

fn cursor(text: &str) -> Option<(Time, String)> {
    let (at, url) = text.split_once(' ')?;
    Some((Time(at.parse().ok()?), url.to_owned()))
}

fn row(page: PageRow, now: Time) -> Row {
    Row {
        url: page.url,
        badge: badge(page.outcome),
        reason: page.reason.unwrap_or_default(),
        status: page.status_code.map(|code| code.to_string()).unwrap_or_default(),
        credits: page.credits,
        capture: page.capture_id.map(|id| id.to_string()),
        when: When::of(page.at, now),
    }
}
