//! `/runs/{id}/pages?outcome=&cursor=`: every page that a run looked at, with what became of it and why; and the same counted, for
//! the run's own page.

use askama::{Template, filters::HtmlSafe};
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_store::{pages::PageRow, runs::RunView};
use creel_types::{PageOutcome, RunId, Time};
use serde::{Deserialize, Serialize};

use crate::{
    Dashboard,
    figures::{Number, When},
    form::{Choice, Field},
    member::Member,
    page::render,
    parts::{Badge, Curl, Empty, Pager, Tone},
    path::Id,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

const ROWS: usize = 100;
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

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    outcome: String,
    /// Where the page before ended: the instant of its last row in milliseconds, a space, and its address.
    #[serde(skip_serializing_if = "String::is_empty")]
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
    let limit = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut rows = store.list_pages(run.id, outcome, cursor(&asked.cursor), limit).await?;
    let next = (rows.len() > ROWS).then(|| rows.get(ROWS - 1)).flatten().map(|row| format!("{} {}", row.at.0, row.url));
    rows.truncate(ROWS);
    let base = dashboard.base();
    let way = |cursor: String| {
        let query = serde_html_form::to_string(Asked { cursor, ..asked.clone() }).unwrap_or_default();
        format!("{base}/runs/{id}/pages?{query}")
    };
    let now = store.clock.now();
    let mut choices = vec![Choice::new("", "Any outcome")];
    choices.extend(PageOutcome::ALL.iter().map(|outcome| Choice::new(outcome.as_str(), badge(*outcome).text())));
    let page = PagesPage {
        shell: Shell::new(&dashboard, &member, Place::Runs).await?,
        id,
        name: run.name,
        filter: Field::select("outcome", "Outcome", choices).holding(asked.outcome.as_str()),
        rows: rows.into_iter().map(|page| row(page, now)).collect(),
        pager: Pager { first: (!asked.cursor.is_empty()).then(|| way(String::new())), next: next.map(&way) },
        empty: match outcome {
            Some(_) => {
                Empty::new("No page ended this way", "Choose another outcome.").with(way_without(&base, id), "All pages")
            }
            None => Empty::new("No pages yet", "Pages stand here as soon as the run has looked at them."),
        },
        curl: Curl::get(
            &dashboard.access.settings().public_url,
            &format!("/v1/extract/runs/{id}/pages{}", api_query(&asked)),
        ),
    };
    Ok(render(&page))
}

fn api_query(asked: &Asked) -> String {
    if asked.outcome.is_empty() { String::new() } else { format!("?outcome={}", asked.outcome) }
}

fn way_without(base: &str, id: RunId) -> String {
    format!("{base}/runs/{id}/pages")
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
