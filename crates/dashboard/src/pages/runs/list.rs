//! `/runs?status=&robot=&schedule=&cursor=`: runs, the newest first. While one of them goes on, the table follows.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};
use creel_store::runs::RunView;
use creel_types::{OrganizationId, RobotId, RunId, RunStatus, ScheduleId, Time};
use serde::Deserialize;

use super::{badge, choices::by_status_and_robot};
use crate::{
    Dashboard,
    figures::{Number, When, lasting},
    form::{Choice, Field},
    list::{ROWS, query},
    live::{Part, follow},
    member::Member,
    page::render,
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
    robot: String,
    schedule: String,
    cursor: String,
    done: String,
}

impl Asked {
    /// The filters that are set.
    fn query(&self) -> String {
        query(&[("status", &self.status), ("robot", &self.robot), ("schedule", &self.schedule)])
    }

    /// The same question as the API takes it.
    fn api_query(&self) -> String {
        query(&[("status", &self.status), ("robot_id", &self.robot), ("schedule_id", &self.schedule)])
    }
}

#[derive(Template)]
#[template(path = "runs/list.html")]
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

/// The rows, as they are now.
#[derive(Template)]
#[template(path = "runs/table.html")]
pub(crate) struct Table {
    base: String,
    pub(crate) rows: Vec<Row>,
}

impl askama::filters::HtmlSafe for Table {}

pub(crate) struct Row {
    id: String,
    name: String,
    badge: Badge,
    robot: Option<(String, String)>,
    started: When,
    took: String,
    extracted: Number,
    pages: Number,
    credits: Number,
}

impl Table {
    pub(crate) fn of(base: String, runs: Vec<RunView>, now: Time) -> Table {
        Table { base, rows: runs.into_iter().map(|run| row(run, now)).collect() }
    }
}

fn row(run: RunView, now: Time) -> Row {
    let took = match (run.started_at, run.ended_at) {
        (Some(start), Some(end)) => lasting(end.ms_since(start)),
        (Some(start), None) if run.status == RunStatus::Running => lasting(now.ms_since(start)),
        _ => String::new(),
    };
    Row {
        id: run.id.to_string(),
        badge: badge(run.status),
        robot: run.robot_name.map(|name| (run.robot_id.to_string(), name)),
        started: When::of(run.started_at.unwrap_or(run.created_at), now),
        took,
        extracted: Number::of(run.extracted),
        pages: Number::of(run.pages_fetched),
        credits: Number::of(run.credits_spent.0),
        name: run.name,
    }
}

/// One page of the list, and the ways to others.
async fn runs(dashboard: &Dashboard, organization: OrganizationId, asked: &Asked) -> Result<(Vec<RunView>, Pager), Refusal> {
    let (status, robot) = (RunStatus::parse(&asked.status), asked.robot.parse::<RobotId>().ok());
    let schedule = asked.schedule.parse::<ScheduleId>().ok();
    let before = asked.cursor.parse::<RunId>().ok();
    let limit = ROWS.and_one_more();
    let mut runs = dashboard.store().list_runs(organization, status, robot, schedule, before, limit).await?;
    let here = format!("{}/runs{}", dashboard.base(), asked.query());
    let pager = ROWS.turn(&mut runs, &here, asked.cursor.is_empty(), |run| run.id.to_string());
    Ok((runs, pager))
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let shell = Shell::new(&dashboard, &member, Place::Runs).await?;
    let (runs, pager) = runs(&dashboard, member.organization, &asked).await?;
    let goes_on = asked.cursor.is_empty() && runs.iter().any(|run| !run.status.is_ended());
    let base = dashboard.base();
    let query = asked.query();
    let is_filtered = !query.is_empty();
    let page = ListPage {
        filters: filters(&dashboard, &member, &asked).await?,
        is_filtered,
        table: Table::of(base.clone(), runs, dashboard.store().clock.now()),
        live: if goes_on { format!("{base}/runs/live{query}") } else { String::new() },
        pager,
        empty: empty(&base, is_filtered),
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/extract/runs{}", asked.api_query())),
        shell: shell.saying(if asked.done == "deleted" { "The run and its captures are deleted." } else { "" }),
    };
    Ok(render(&page))
}

async fn filters(dashboard: &Dashboard, member: &Member, asked: &Asked) -> Result<Vec<Field>, Refusal> {
    let statuses = RunStatus::ALL.iter().map(|status| Choice::new(status.as_str(), badge(*status).text()));
    by_status_and_robot(dashboard, member, statuses, (&asked.status, &asked.robot)).await
}

fn empty(base: &str, is_filtered: bool) -> Empty {
    if is_filtered {
        return Empty::new("No run fits", "No run has this status and robot. Take a filter away to see more.")
            .with(format!("{base}/runs"), "All runs");
    }
    let text = "A run crawls a shop with one of your robots and makes one capture of each product page.";
    Empty::new("No runs yet", text)
        .with(format!("{base}/runs/new"), "New run")
        .with(format!("{base}/robots/new"), "New robot")
}

/// `GET /runs/live`: the first page of the list as it changes.
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
            let (runs, _) = runs(&dashboard, organization, &asked).await?;
            let is_last = runs.iter().all(|run| run.status.is_ended());
            let table = Table::of(dashboard.base(), runs, dashboard.store().clock.now());
            Ok(Part { html: table.render().map_err(|_| Refusal::internal())?, is_last })
        })
    })
}
