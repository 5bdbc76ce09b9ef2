//! `/runs/{id}`: one run: how far it is, what it has found and why every other page was free, and what can be done with it.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};
use creel_store::{
    listing::CaptureFilter,
    runs::{Run, RunView},
};
use creel_types::{EndReason, RunId, RunStatus};
use serde::Deserialize;

use super::{
    now::Now,
    pages::{Reasons, reasons},
    what::{enriched, links, lists},
};
use crate::{
    Dashboard,
    figures::When,
    form::Field,
    live::{Part, follow},
    member::Member,
    page::render,
    pages::captures::{Latest, latest},
    parts::{Confirm, Curl, Flag},
    path::Id,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

/// The newest captures of the run.
const LATEST: usize = 6;

#[derive(Template)]
#[template(path = "runs/show.html")]
struct RunPage {
    shell: Shell,
    id: RunId,
    name: String,
    host: String,
    flag: String,
    robot: Option<(String, String)>,
    schedule: Option<String>,
    started: When,
    now: Now,
    /// Where it is followed; empty once it has ended.
    live: String,
    has_captures: bool,
    can_enrich: bool,
    enrichments: bool,
    latest: Vec<Latest>,
    reasons: Reasons,
    settings: Settings,
    stop: Option<Confirm>,
    restart: Option<Field>,
    delete: Option<Confirm>,
    problem: String,
    curl: Curl,
}

/// What it was asked to do.
struct Settings {
    budget: String,
    discover: &'static str,
    enriched: &'static str,
    max_depth: String,
    lists: Vec<(&'static str, Vec<String>, usize)>,
}

/// What did not work just now, with what was typed.
pub(super) struct Trouble<'a> {
    pub(super) refusal: &'a Refusal,
    pub(super) budget: &'a str,
}

#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    done: String,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<RunId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    page(&dashboard, &member, id, &asked.done, None).await
}

pub(super) async fn page(
    dashboard: &Dashboard,
    member: &Member,
    id: RunId,
    done: &str,
    trouble: Option<Trouble<'_>>,
) -> Result<Response, Refusal> {
    let store = dashboard.store();
    let view = store.get_run_view(member.organization, id).await?;
    let run = store.get_run(member.organization, id).await?;
    let base = dashboard.base();
    let now = store.clock.now();
    let shell = Shell::new(dashboard, member, Place::Runs).await?.saying(said(done));
    let filter = CaptureFilter { run: Some(id), ..CaptureFilter::default() };
    let is_ended = view.status.is_ended();
    let token = shell.form_token.clone();
    let page = RunPage {
        id,
        name: view.name.clone(),
        host: run.host.to_string(),
        flag: Flag::of(&base, run.country).to_string(),
        robot: view.robot_name.clone().map(|name| (view.robot_id.to_string(), name)),
        schedule: view.schedule_id.map(|id| id.to_string()),
        started: When::of(view.started_at.unwrap_or(view.created_at), now),
        now: Now::of(&view, now),
        live: if is_ended { String::new() } else { format!("{base}/runs/{id}/live") },
        has_captures: view.extracted > 0,
        can_enrich: is_ended && view.extracted > 0,
        enrichments: !store.list_enrichments(member.organization, None, Some(id), None, 1).await?.is_empty(),
        latest: latest(dashboard, member, filter, LATEST).await?,
        reasons: reasons(dashboard, &view).await?,
        settings: settings(&run),
        stop: (!is_ended).then(|| stop(&base, &view, &token)),
        restart: can_restart(&view).then(|| restart(&view, trouble.as_ref())),
        delete: is_ended.then(|| delete(&base, &view, &token)),
        problem: trouble.map(|trouble| problem(trouble.refusal)).unwrap_or_default(),
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/extract/runs/{id}")),
        shell,
    };
    Ok(render(&page))
}

fn said(done: &str) -> &'static str {
    match done {
        "started" => "The run is made. It begins at once, or as soon as it is its turn.",
        "stopped" => "The run is stopped. What it captured is kept.",
        "restarted" => "The run goes on where it stopped, as soon as it is its turn.",
        _ => "",
    }
}

fn problem(refusal: &Refusal) -> String {
    if refusal.is_at("budget") { String::new() } else { refusal.message.clone() }
}

fn settings(run: &Run) -> Settings {
    Settings {
        budget: run.budget.map_or_else(|| "none".to_owned(), |budget| crate::figures::count(budget, "capture")),
        discover: links(&run.settings),
        enriched: enriched(&run.settings),
        max_depth: run.settings.max_depth.map(|depth| depth.to_string()).unwrap_or_default(),
        lists: lists(&run.start_urls, &run.settings),
    }
}

/// Any ended run but one whose crawl is complete.
fn can_restart(run: &RunView) -> bool {
    run.status.is_ended() && run.end_reason != Some(EndReason::CrawlComplete)
}

fn restart(run: &RunView, trouble: Option<&Trouble<'_>>) -> Field {
    let is_needed = run.end_reason == Some(EndReason::BudgetReached);
    let hint = if is_needed {
        format!("The new total, more than {}.", crate::figures::grouped(run.extracted))
    } else {
        "The new total of captures; empty: as before.".to_owned()
    };
    let field = Field::input("text", "budget", "Budget")
        .having("inputmode", "numeric")
        .hinting(hint)
        .holding(trouble.map_or("", |trouble| trouble.budget))
        .refused(trouble.map(|trouble| trouble.refusal));
    if is_needed { field.required() } else { field }
}

fn stop(base: &str, run: &RunView, form_token: &str) -> Confirm {
    Confirm {
        id: "stop".to_owned(),
        button: "Stop".to_owned(),
        question: format!("Stop {}?", run.name),
        text: "It ends at once. What it captured is kept, and it can be restarted where it stopped.".to_owned(),
        action: format!("{base}/runs/{}/stop", run.id),
        form_token: form_token.to_owned(),
        hidden: Vec::new(),
    }
}

fn delete(base: &str, run: &RunView, form_token: &str) -> Confirm {
    Confirm {
        id: "delete".to_owned(),
        button: "Delete".to_owned(),
        question: format!("Delete {} with its captures?", run.name),
        text:
            "The content of its captures and its record of pages are erased for good. What was debited stays in the ledger: \
               nothing is refunded."
                .to_owned(),
        action: format!("{base}/runs/{}/delete", run.id),
        form_token: form_token.to_owned(),
        hidden: Vec::new(),
    }
}

/// `GET /runs/{id}/live`: how far it is, until it has ended.
pub(crate) async fn live(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<RunId>,
    headers: HeaderMap,
) -> Response {
    follow(&dashboard, member, &headers, move |dashboard, organization| {
        Box::pin(async move {
            let run = dashboard.store().get_run_view(organization, id).await?;
            let html = Now::of(&run, dashboard.store().clock.now()).render().map_err(|_| Refusal::internal())?;
            Ok(Part { html, is_last: run.status.is_ended() && run.status != RunStatus::Restarting })
        })
    })
}
