//! `/robots/builds` and `/robots/builds/{id}`: what learns shops, as it goes on, and what came of it.

use askama::{Template, filters::HtmlSafe};
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};
use creel_store::builds::{BuildStatus, RobotBuild};
use creel_types::{BuildId, OrganizationId, Time};
use serde::Deserialize;

use super::build_badge;
use crate::{
    Dashboard,
    figures::{When, lasting},
    list::{ROWS, query},
    live::{Part, follow},
    member::Member,
    page::render,
    parts::{Badge, Curl, Empty, Flag, Pager, Progress},
    path::Id,
    place::Place,
    refusal::{Refusal, sentence},
    shell::Shell,
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    cursor: String,
}

#[derive(Template)]
#[template(path = "robots/builds.html")]
struct BuildsPage {
    shell: Shell,
    table: Table,
    /// Where the table is followed; empty where nothing goes on.
    live: String,
    pager: Pager,
    empty: Empty,
    curl: Curl,
}

#[derive(Template)]
#[template(path = "robots/builds_table.html")]
struct Table {
    base: String,
    rows: Vec<Row>,
}

impl HtmlSafe for Table {}

struct Row {
    id: String,
    flag: String,
    url: String,
    badge: Badge,
    reason: String,
    robot: Option<String>,
    when: When,
    took: String,
}

impl Table {
    fn of(base: String, builds: Vec<RobotBuild>, now: Time) -> Table {
        let row = |build: RobotBuild| Row {
            id: build.id.to_string(),
            flag: Flag::of(&base, build.country_code).to_string(),
            badge: build_badge(build.status),
            reason: build.reason.as_deref().map(sentence).unwrap_or_default(),
            robot: build.robot_id.map(|id| id.to_string()),
            when: When::of(build.created_at, now),
            took: build.ended_at.map(|end| lasting(end.ms_since(build.created_at))).unwrap_or_default(),
            url: build.url,
        };
        let rows = builds.into_iter().map(row).collect();
        Table { base, rows }
    }
}

async fn builds(
    dashboard: &Dashboard,
    organization: OrganizationId,
    before: Option<BuildId>,
) -> Result<(Vec<RobotBuild>, Pager), Refusal> {
    let mut builds = dashboard.store().list_robot_builds(organization, before, ROWS.and_one_more()).await?;
    let here = format!("{}/robots/builds", dashboard.base());
    let pager = ROWS.turn(&mut builds, &here, before.is_none(), |build| build.id.to_string());
    Ok((builds, pager))
}

pub(crate) async fn list(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let base = dashboard.base();
    let before = asked.cursor.parse::<BuildId>().ok();
    let (builds, pager) = builds(&dashboard, member.organization, before).await?;
    let goes_on = before.is_none() && builds.iter().any(|build| build.ended_at.is_none());
    let page = BuildsPage {
        shell: Shell::new(&dashboard, &member, Place::RobotBuilds).await?,
        table: Table::of(base.clone(), builds, dashboard.store().clock.now()),
        live: if goes_on { format!("{base}/robots/builds/live") } else { String::new() },
        pager,
        empty: Empty::new("No builds yet", "A build looks at a shop and makes a robot for it. It is free.")
            .with(format!("{base}/robots/new"), "New robot"),
        curl: Curl::get(&dashboard.access.settings().public_url, "/v1/extract/robot-builds"),
    };
    Ok(render(&page))
}

/// `GET /robots/builds/live`: the first page of the list as it changes.
pub(crate) async fn live_list(State(dashboard): State<Dashboard>, member: Member, headers: HeaderMap) -> Response {
    follow(&dashboard, member, &headers, |dashboard, organization| {
        Box::pin(async move {
            let (builds, _) = builds(&dashboard, organization, None).await?;
            let is_last = builds.iter().all(|build| build.ended_at.is_some());
            let table = Table::of(dashboard.base(), builds, dashboard.store().clock.now());
            Ok(Part { html: table.render().map_err(|_| Refusal::internal())?, is_last })
        })
    })
}

#[derive(Template)]
#[template(path = "robots/build.html")]
struct BuildPage {
    shell: Shell,
    flag: String,
    host: String,
    url: String,
    country: &'static str,
    asked: When,
    state: Standing,
    live: String,
    curl: Curl,
}

/// How far it is, and where one goes on from there.
#[derive(Template)]
#[template(path = "robots/build_state.html")]
struct Standing {
    base: String,
    badge: Badge,
    said: String,
    progress: Option<Progress>,
    robot: Option<String>,
    /// The query of a form with the same address, where one should try again.
    again: String,
}

impl HtmlSafe for Standing {}

impl Standing {
    fn of(base: String, build: &RobotBuild) -> Standing {
        let said = match build.status {
            BuildStatus::Pending => "It waits until a worker is free. That takes a moment at most.".to_owned(),
            BuildStatus::Building => {
                "The shop is being looked at: its home page, its rules for crawlers, its site maps. This page follows.".to_owned()
            }
            BuildStatus::Completed => {
                "The robot is ready. A run crawls the shop with it: 2 credits for each product page that is captured, nothing for \
                 anything else."
                    .to_owned()
            }
            BuildStatus::Failed => build.reason.as_deref().map_or_else(|| "It failed.".to_owned(), sentence),
        };
        let again = query(&[("url", &build.url), ("country_code", build.country_code.as_str())]);
        Standing {
            base,
            badge: build_badge(build.status),
            said,
            progress: build
                .ended_at
                .is_none()
                .then(|| Progress { label: "The shop is being looked at".to_owned(), percent: None }),
            robot: build.robot_id.map(|id| id.to_string()),
            again: if build.status == BuildStatus::Failed { again } else { String::new() },
        }
    }
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<BuildId>,
) -> Result<Response, Refusal> {
    let (store, base) = (dashboard.store(), dashboard.base());
    let build = store.get_robot_build(member.organization, id).await?;
    let page = BuildPage {
        shell: Shell::new(&dashboard, &member, Place::RobotBuilds).await?,
        flag: Flag::of(&base, build.country_code).to_string(),
        country: build.country_code.name(),
        asked: When::of(build.created_at, store.clock.now()),
        live: if build.ended_at.is_some() { String::new() } else { format!("{base}/robots/builds/{id}/live") },
        state: Standing::of(base, &build),
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/extract/robot-builds/{id}")),
        host: build.host,
        url: build.url,
    };
    Ok(render(&page))
}

/// `GET /robots/builds/{id}/live`: how far it is, until it has ended.
pub(crate) async fn live(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<BuildId>,
    headers: HeaderMap,
) -> Response {
    follow(&dashboard, member, &headers, move |dashboard, organization| {
        Box::pin(async move {
            let build = dashboard.store().get_robot_build(organization, id).await?;
            let html = Standing::of(dashboard.base(), &build).render().map_err(|_| Refusal::internal())?;
            Ok(Part { html, is_last: build.ended_at.is_some() })
        })
    })
}
