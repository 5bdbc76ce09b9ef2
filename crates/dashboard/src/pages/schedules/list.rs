//! `/schedules?status=&robot=&cursor=`: the schedules, the newest first.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_frontier::cadence::zone;
use creel_store::schedules::{Schedule, ScheduleFilter};
use creel_types::{RobotId, ScheduleId, ScheduleStatus, Time};
use serde::Deserialize;

use super::{badge, note, window};
use crate::{
    Dashboard,
    figures::When,
    form::{Choice, Field},
    list::{ROWS, query},
    member::Member,
    page::render,
    pages::runs::choices::by_status_and_robot,
    parts::{Badge, Curl, Empty, Pager},
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

/// What is asked for, as it stands in the address; what cannot be meant is left out of the list.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    status: String,
    robot: String,
    cursor: String,
    done: String,
}

#[derive(Template)]
#[template(path = "schedules/list.html")]
struct ListPage {
    shell: Shell,
    filters: Vec<Field>,
    is_filtered: bool,
    rows: Vec<Row>,
    pager: Pager,
    empty: Empty,
    curl: Curl,
}

struct Row {
    id: String,
    name: String,
    badge: Badge,
    note: &'static str,
    robot: Option<(String, String)>,
    cadence: String,
    windows: String,
    next: Option<(String, When)>,
    last: Option<(String, When)>,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (store, base) = (dashboard.store(), dashboard.base());
    let filter = ScheduleFilter { status: ScheduleStatus::parse(&asked.status), robot: asked.robot.parse::<RobotId>().ok() };
    let before = asked.cursor.parse::<ScheduleId>().ok();
    let mut schedules = store.list_schedules(member.organization, filter, before, ROWS.and_one_more()).await?;
    let here = format!("{base}/schedules{}", query(&[("status", &asked.status), ("robot", &asked.robot)]));
    let pager = ROWS.turn(&mut schedules, &here, before.is_none(), |schedule| schedule.id.to_string());
    let now = store.clock.now();
    let is_filtered = !(asked.status.is_empty() && asked.robot.is_empty());
    let same = query(&[("status", &asked.status), ("robot_id", &asked.robot)]);
    let done = if asked.done == "deleted" { "The schedule is deleted. The runs that it made stay." } else { "" };
    let page = ListPage {
        shell: Shell::new(&dashboard, &member, Place::Schedules).await?.saying(done),
        filters: filters(&dashboard, &member, &asked).await?,
        is_filtered,
        rows: schedules.into_iter().map(|schedule| row(schedule, now)).collect(),
        pager,
        empty: empty(&base, is_filtered),
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/extract/schedules{same}")),
    };
    Ok(render(&page))
}

fn row(schedule: Schedule, now: Time) -> Row {
    let spelled = |at: Time| zone::spelled(at, &schedule.time_zone).unwrap_or_default();
    Row {
        id: schedule.id.to_string(),
        badge: badge(schedule.status),
        note: note(schedule.status),
        robot: schedule.robot_name.clone().map(|name| (schedule.robot.to_string(), name)),
        cadence: schedule.cadence.to_string(),
        windows: schedule.windows.iter().map(window).collect::<Vec<_>>().join("; "),
        next: schedule.next_run_at.map(|at| (spelled(at), When::of(at, now))),
        last: schedule.last_run.zip(schedule.last_run_at).map(|(run, at)| (run.to_string(), When::of(at, now))),
        name: schedule.name,
    }
}

async fn filters(dashboard: &Dashboard, member: &Member, asked: &Asked) -> Result<Vec<Field>, Refusal> {
    let statuses = ScheduleStatus::ALL.iter().map(|status| Choice::new(status.as_str(), badge(*status).text()));
    by_status_and_robot(dashboard, member, statuses, (&asked.status, &asked.robot)).await
}

fn empty(base: &str, is_filtered: bool) -> Empty {
    if is_filtered {
        return Empty::new("No schedule fits", "No schedule has this status and robot. Take a filter away to see more.")
            .with(format!("{base}/schedules"), "All schedules");
    }
    let text = "A schedule runs a robot every so many hours, days, weeks or months, by the clocks of any time zone.";
    Empty::new("No schedules yet", text)
        .with(format!("{base}/schedules/new"), "New schedule")
        .with(format!("{base}/robots"), "Look at robots")
}
