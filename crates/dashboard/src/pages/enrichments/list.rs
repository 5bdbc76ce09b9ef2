//! `/enrichments?status=&run=&cursor=`: enrichments, the newest first. While one of them goes on, the table follows.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};
use creel_store::enrichments::EnrichmentView;
use creel_types::{EnrichmentId, OrganizationId, RunId, RunStatus, Time};
use serde::Deserialize;

use crate::{
    Dashboard,
    figures::{Number, When},
    form::{Choice, Field},
    list::{ROWS, query},
    live::{Part, follow},
    member::Member,
    page::render,
    pages::runs::{badge, choices::run_choices},
    parts::{Badge, Curl, Empty, Pager},
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

/// What is asked for, as it stands in the address; what cannot be meant is left out of the list.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    status: String,
    run: String,
    cursor: String,
}

impl Asked {
    fn query(&self) -> String {
        query(&[("status", &self.status), ("run", &self.run)])
    }

    /// The same question as the API takes it.
    fn api_query(&self) -> String {
        query(&[("status", &self.status), ("run_id", &self.run)])
    }
}

#[derive(Template)]
#[template(path = "enrichments/list.html")]
struct ListPage {
    shell: Shell,
    filters: Vec<Field>,
    is_filtered: bool,
    table: Table,
    /// Where the table is followed; empty where nothing goes on.
    live: String,
    pager: Pager,
    empty: Empty,
    curl: Curl,
}

#[derive(Template)]
#[template(path = "enrichments/table.html")]
struct Table {
    base: String,
    rows: Vec<Row>,
}

impl askama::filters::HtmlSafe for Table {}

struct Row {
    id: String,
    name: String,
    badge: Badge,
    progress: String,
    processed: Number,
    failed: Number,
    already: Number,
    credits: Number,
    made: When,
}

impl Table {
    fn of(base: String, enrichments: Vec<EnrichmentView>, now: Time) -> Table {
        Table { base, rows: enrichments.into_iter().map(|enrichment| row(enrichment, now)).collect() }
    }
}

fn row(enrichment: EnrichmentView, now: Time) -> Row {
    Row {
        id: enrichment.id.to_string(),
        badge: badge(enrichment.status),
        progress: super::now::progress(&enrichment),
        processed: Number::of(enrichment.processed),
        failed: Number::of(enrichment.failed),
        already: Number::of(enrichment.already_enriched),
        credits: Number::of(enrichment.credits_spent.0),
        made: When::of(enrichment.created_at, now),
        name: enrichment.name,
    }
}

async fn enrichments(
    dashboard: &Dashboard,
    organization: OrganizationId,
    asked: &Asked,
) -> Result<(Vec<EnrichmentView>, Pager), Refusal> {
    let (status, run) = (RunStatus::parse(&asked.status), asked.run.parse::<RunId>().ok());
    let before = asked.cursor.parse::<EnrichmentId>().ok();
    let mut rows = dashboard.store().list_enrichments(organization, status, run, before, ROWS.and_one_more()).await?;
    let here = format!("{}/enrichments{}", dashboard.base(), asked.query());
    let pager = ROWS.turn(&mut rows, &here, asked.cursor.is_empty(), |row| row.id.to_string());
    Ok((rows, pager))
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (rows, pager) = enrichments(&dashboard, member.organization, &asked).await?;
    let goes_on = asked.cursor.is_empty() && rows.iter().any(|row| !row.status.is_ended());
    let (base, query) = (dashboard.base(), asked.query());
    let api = format!("/v1/enrich/enrichments{}", asked.api_query());
    let page = ListPage {
        filters: filters(&dashboard, &member, &asked).await?,
        is_filtered: !query.is_empty(),
        empty: empty(&base, !query.is_empty()),
        live: if goes_on { format!("{base}/enrichments/live{query}") } else { String::new() },
        table: Table::of(base, rows, dashboard.store().clock.now()),
        pager,
        curl: Curl::get(&dashboard.access.settings().public_url, &api),
        shell: Shell::new(&dashboard, &member, Place::Enrichments).await?,
    };
    Ok(render(&page))
}

async fn filters(dashboard: &Dashboard, member: &Member, asked: &Asked) -> Result<Vec<Field>, Refusal> {
    let statuses = RunStatus::ALL.iter().map(|status| Choice::new(status.as_str(), badge(*status).text()));
    let statuses = std::iter::once(Choice::new("", "Any status")).chain(statuses).collect();
    let mut runs = vec![Choice::new("", "Any run, or none")];
    runs.extend(run_choices(dashboard, member, &asked.run).await?);
    Ok(vec![
        Field::select("status", "Status", statuses).holding(&*asked.status),
        Field::select("run", "Run", runs).holding(&*asked.run),
    ])
}

fn empty(base: &str, is_filtered: bool) -> Empty {
    if is_filtered {
        return Empty::new("No enrichment fits", "No enrichment has this status and run. Take a filter away to see more.")
            .with(format!("{base}/enrichments"), "All enrichments");
    }
    let text = "An enrichment makes an item of each capture: category, brand, attributes and sizes in the same words for every \
                shop. Choose a run or captures to begin.";
    Empty::new("No enrichments yet", text)
        .with(format!("{base}/enrichments/new"), "New enrichment")
        .with(format!("{base}/captures"), "Captures")
}

/// `GET /enrichments/live`: the first page of the list as it changes.
pub(crate) async fn live(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let asked = Asked { cursor: String::new(), ..asked };
    follow(&dashboard, member, &headers, move |dashboard, organization| {
        let asked = asked.clone();
        Box::pin(async move {
            let (rows, _) = enrichments(&dashboard, organization, &asked).await?;
            let is_last = rows.iter().all(|row| row.status.is_ended());
            let table = Table::of(dashboard.base(), rows, dashboard.store().clock.now());
            Ok(Part { html: table.render().map_err(|_| Refusal::internal())?, is_last })
        })
    })
}
