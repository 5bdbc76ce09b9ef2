//! `/palette?q=`: what the palette offers for what somebody types: pages, robots, runs, captures of the organization.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_store::listing::{CaptureFilter, CaptureQuery, SearchText};
use serde::Deserialize;

use crate::{Dashboard, member::Member, page::render, place::Place, refusal::Refusal};

/// Rows of each kind.
const ROWS_MAX: usize = 5;
/// Robots and runs that are looked through, the newest.
const LOOKED_THROUGH_MAX: i64 = 200;

#[derive(Template)]
#[template(path = "palette.html")]
struct Found {
    rows: Vec<Row>,
}

struct Row {
    path: String,
    text: String,
    kind: &'static str,
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(Asked { q }): Query<Asked>,
) -> Result<Response, Refusal> {
    let words = q.trim().to_lowercase();
    let base = dashboard.base();
    let mut rows = actions(&base, &words);
    if !words.is_empty() {
        rows.extend(things(&dashboard, &member, &base, &words).await?);
    }
    Ok(render(&Found { rows }))
}

/// Pages, and what one begins most often.
fn actions(base: &str, words: &str) -> Vec<Row> {
    let begin = [
        ("/runs/new", "New run", "Start"),
        ("/robots/new", "New robot", "Start"),
        ("/schedules/new", "New schedule", "Start"),
        ("/enrichments/new", "New enrichment", "Start"),
    ];
    let pages = Place::all().map(|(path, text, group)| (path, text, if group.is_empty() { "Page" } else { group }));
    let all = begin.into_iter().chain(pages);
    let fits =
        |text: &str, kind: &str| words.split_whitespace().all(|word| format!("{kind} {text}").to_lowercase().contains(word));
    all.filter(|(_, text, kind)| fits(text, kind))
        .map(|(path, text, kind)| Row { path: format!("{base}{path}"), text: text.to_owned(), kind })
        .collect()
}

async fn things(dashboard: &Dashboard, member: &Member, base: &str, words: &str) -> Result<Vec<Row>, Refusal> {
    let (store, organization) = (dashboard.store(), member.organization);
    let mut rows = Vec::new();
    let robots = store.list_robots(organization, None, LOOKED_THROUGH_MAX).await?;
    let robots =
        robots.into_iter().filter(|robot| robot.name.to_lowercase().contains(words) || robot.host.as_str().contains(words));
    rows.extend(robots.take(ROWS_MAX).map(|robot| Row {
        path: format!("{base}/robots/{}", robot.id),
        text: robot.name,
        kind: "Robot",
    }));
    let runs = store.list_runs(organization, None, None, None, None, LOOKED_THROUGH_MAX).await?;
    let runs = runs.into_iter().filter(|run| run.name.to_lowercase().contains(words) || run.id.to_string() == words);
    rows.extend(runs.take(ROWS_MAX).map(|run| Row { path: format!("{base}/runs/{}", run.id), text: run.name, kind: "Run" }));
    let last_begun = format!("{words}*");
    if let Ok(q) = last_begun.parse::<SearchText>().or_else(|_| words.parse()) {
        let filter = CaptureFilter { q: Some(q), ..CaptureFilter::default() };
        let found = store.list_captures(organization, &CaptureQuery::newest(filter, ROWS_MAX)).await?;
        rows.extend(found.rows.into_iter().map(|capture| Row {
            path: format!("{base}/captures/{}", capture.id),
            text: capture.product.title,
            kind: "Capture",
        }));
    }
    Ok(rows)
}
