//! `/enrichments/{id}?outcome=&after=`: one enrichment: how far it is, what it is about, and what became of each capture.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};
use creel_store::enrichments::EnrichmentView;
use creel_types::{EnrichOutcome, EnrichmentId};
use serde::Deserialize;
use serde_json::Value;

use super::{
    now::{Now, can_restart},
    outcomes::{Row, choices, row},
};
use crate::{
    Dashboard,
    figures::{When, count},
    form::Field,
    list::{ROWS, query},
    live::{Part, follow},
    member::Member,
    page::render,
    parts::{Confirm, Curl, Pager},
    path::Id,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

#[derive(Template)]
#[template(path = "enrichments/show.html")]
struct EnrichmentPage {
    shell: Shell,
    id: EnrichmentId,
    name: String,
    made: When,
    now: Now,
    /// Where it is followed; empty once it has ended.
    live: String,
    has_items: bool,
    about: Vec<(String, String)>,
    run: Option<(String, String)>,
    outcome: Field,
    rows: Vec<Row>,
    is_filtered: bool,
    pager: Pager,
    stop: Option<Confirm>,
    can_restart: bool,
    problem: String,
    curl: Curl,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    outcome: String,
    cursor: String,
    done: String,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<EnrichmentId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    page(&dashboard, &member, id, &asked, None).await
}

pub(super) async fn page(
    dashboard: &Dashboard,
    member: &Member,
    id: EnrichmentId,
    asked: &Asked,
    refusal: Option<&Refusal>,
) -> Result<Response, Refusal> {
    let (store, base) = (dashboard.store(), dashboard.base());
    let view = store.get_enrichment(member.organization, id).await?;
    let outcome = EnrichOutcome::parse(&asked.outcome);
    let after = asked.cursor.parse().ok();
    let mut captures = store.list_enrichment_captures(member.organization, id, outcome, after, ROWS.and_one_more()).await?;
    let here = format!("{base}/enrichments/{id}{}", query(&[("outcome", &asked.outcome)]));
    let pager = ROWS.turn(&mut captures, &here, after.is_none(), |capture| capture.position.to_string());
    let now = store.clock.now();
    let is_ended = view.status.is_ended();
    let shell = Shell::new(dashboard, member, Place::Enrichments).await?.saying(said(&asked.done));
    Ok(render(&EnrichmentPage {
        id,
        name: view.name.clone(),
        made: When::of(view.created_at, now),
        now: Now::of(&view, now),
        live: if is_ended { String::new() } else { format!("{base}/enrichments/{id}/live") },
        has_items: view.processed > 0,
        about: about(&view),
        run: run(dashboard, member, &view).await,
        outcome: Field::select("outcome", "Outcome", choices()).holding(&*asked.outcome),
        rows: captures.into_iter().map(row).collect(),
        is_filtered: outcome.is_some(),
        pager,
        stop: (!is_ended).then(|| stop(&base, &view, &shell.form_token)),
        can_restart: can_restart(&view),
        problem: refusal.map(|refusal| refusal.message.clone()).unwrap_or_default(),
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/enrich/enrichments/{id}")),
        shell,
    }))
}

fn said(done: &str) -> &'static str {
    match done {
        "made" => "The enrichment is made. It begins at once.",
        "stopped" => "The enrichment is stopped. The items that it made are kept.",
        "restarted" => "The enrichment goes on where it stopped.",
        _ => "",
    }
}

/// What it was asked for, in words; the run has its own way.
fn about(view: &EnrichmentView) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut about = Vec::new();
    if let Some(captures) = view.scope.get("capture_ids").and_then(Value::as_i64) {
        about.push(("Captures".to_owned(), format!("{}, chosen one by one", count(captures, "capture"))));
    }
    if let Some(import) = view.scope.get("import_id") {
        about.push(("Import".to_owned(), text(import)));
    }
    match view.scope.get("filter").and_then(Value::as_object) {
        Some(filter) if filter.is_empty() => {
            about.push(("Captures".to_owned(), "All that there were when it was made".to_owned()));
        }
        Some(filter) => about.extend(filter.iter().map(|(name, value)| (filter_name(name), text(value)))),
        None => {}
    }
    let again = if view.again { "They get another one, debited anew" } else { "They are passed over, free" };
    about.push(("Captures that have an item".to_owned(), again.to_owned()));
    about.push(("Version of the rules".to_owned(), view.version.to_string()));
    about
}

/// A filter as its form calls it.
fn filter_name(name: &str) -> String {
    match name {
        "q" => "Search",
        "store" => "Store",
        "brand" => "Brand",
        "robot_id" => "Robot",
        "run_id" => "Run",
        "import_id" => "Import",
        "available" => "In stock",
        "currency" => "Currency",
        "min_price" => "Price from",
        "max_price" => "Price to",
        "from" => "Captured from",
        "to" => "Captured before",
        other => other,
    }
    .to_owned()
}

async fn run(dashboard: &Dashboard, member: &Member, view: &EnrichmentView) -> Option<(String, String)> {
    let run = dashboard.store().get_run_view(member.organization, view.run_id?).await.ok()?;
    Some((run.id.to_string(), run.name))
}

fn stop(base: &str, view: &EnrichmentView, form_token: &str) -> Confirm {
    Confirm {
        id: "stop".to_owned(),
        button: "Stop".to_owned(),
        question: format!("Stop {}?", view.name),
        text: "It ends at once. Its items are kept, and it can be restarted where it stopped.".to_owned(),
        action: format!("{base}/enrichments/{}/stop", view.id),
        form_token: form_token.to_owned(),
        hidden: Vec::new(),
    }
}

/// `GET /enrichments/{id}/live`: how far it is, until it has ended.
pub(crate) async fn live(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<EnrichmentId>,
    headers: HeaderMap,
) -> Response {
    follow(&dashboard, member, &headers, move |dashboard, organization| {
        Box::pin(async move {
            let view = dashboard.store().get_enrichment(organization, id).await?;
            let html = Now::of(&view, dashboard.store().clock.now()).render().map_err(|_| Refusal::internal())?;
            Ok(Part { html, is_last: view.status.is_ended() })
        })
    })
}
