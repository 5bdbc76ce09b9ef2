//! `/robots?cursor=`: the robots, the newest first, each with its shop and its last run.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_store::runs::RunView;
use creel_types::{Robot, RobotId, Time};
use serde::Deserialize;

use super::badge;
use crate::{
    Dashboard,
    figures::{Number, When},
    list::ROWS,
    member::Member,
    page::render,
    parts::{Badge, Curl, Empty, Flag, Pager},
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    cursor: String,
    done: String,
}

#[derive(Template)]
#[template(path = "robots/list.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<Row>,
    pager: Pager,
    empty: Empty,
    curl: Curl,
}

struct Row {
    id: String,
    name: String,
    flag: String,
    host: String,
    platform: String,
    badge: Badge,
    completeness: String,
    last: Option<Last>,
}

/// The robot's newest run.
struct Last {
    id: String,
    badge: Badge,
    when: When,
    extracted: Number,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (store, base) = (dashboard.store(), dashboard.base());
    let before = asked.cursor.parse::<RobotId>().ok();
    let mut robots = store.list_robots(member.organization, before, ROWS.and_one_more()).await?;
    let pager = ROWS.turn(&mut robots, &format!("{base}/robots"), before.is_none(), |robot| robot.id.to_string());
    let runs = store.list_last_runs(member.organization, before, ROWS.and_one_more()).await?;
    let now = store.clock.now();
    let last = |robot: &Robot| runs.iter().find(|run| run.robot_id == robot.id).map(|run| last(run, now));
    let done = if asked.done == "deleted" { "The robot is deleted. Its runs and captures stay." } else { "" };
    let page = ListPage {
        shell: Shell::new(&dashboard, &member, Place::Robots).await?.saying(done),
        rows: robots.into_iter().map(|robot| row(&base, last(&robot), robot)).collect(),
        pager,
        empty: Empty::new(
            "No robots yet",
            "A robot knows one shop in one country. Paste the address of any product page of the shop to make one.",
        )
        .with(format!("{base}/robots/new"), "New robot"),
        curl: Curl::get(&dashboard.access.settings().public_url, "/v1/extract/robots"),
    };
    Ok(render(&page))
}

fn row(base: &str, last: Option<Last>, robot: Robot) -> Row {
    Row {
        id: robot.id.to_string(),
        flag: Flag::of(base, robot.country_code).to_string(),
        host: robot.host.to_string(),
        platform: robot.platform.unwrap_or_default(),
        badge: badge(robot.status),
        completeness: robot.completeness.map(percent).unwrap_or_default(),
        last,
        name: robot.name,
    }
}

fn last(run: &RunView, now: Time) -> Last {
    Last {
        id: run.id.to_string(),
        badge: crate::pages::runs::badge(run.status),
        when: When::of(run.started_at.unwrap_or(run.created_at), now),
        extracted: Number::of(run.extracted),
    }
}

/// A share between 0 and 1; rounded down, so that 100 % is all.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", (share * 100.0).floor())
}
