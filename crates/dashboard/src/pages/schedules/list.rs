//! `/schedules?status=&robot=&cursor=`: the schedules, the newest first.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_frontier::cadence::zone;
use creel_store::schedules::{Schedule, ScheduleFilter};
use creel_types::{RobotId, ScheduleId, ScheduleStatus, Time};
use serde::{Deserialize, Serialize};

use super::{badge, note, window};
use crate::{
    Dashboard,
    figures::When,
    form::{Choice, Field},
    member::Member,
    page::render,
    pages::runs::choices::robot_choices,
    parts::{Badge, Curl, Empty, Pager},
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

const ROWS: usize = 50;

/// What is asked for, as it stands in the address; what cannot be meant is left out of the list.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    status: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    robot: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    cursor: String,
    #[serde(skip_serializing)]
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
    let limit = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut schedules = store.list_schedules(member.organization, filter, before, limit).await?;
    let next = (schedules.len() > ROWS).then(|| schedules.get(ROWS - 1).map(|schedule| schedule.id)).flatten();
    schedules.truncate(ROWS);
    let now = store.clock.now();
    let is_filtered = !(asked.status.is_empty() && asked.robot.is_empty());
    let way = |cursor: String| {
        let query = serde_html_form::to_string(Asked { cursor, ..asked.clone() }).unwrap_or_default();
        format!("{base}/schedules?{query}")
    };
    let done = if asked.done == "deleted" { "The schedule is deleted. The runs that it made stay." } else { "" };
    let page = ListPage {
        shell: Shell::new(&dashboard, &member, Place::Schedules).await?.saying(done),
        filters: filters(&dashboard, &member, &asked).await?,
        is_filtered,
        rows: schedules.into_iter().map(|schedule| row(schedule, now)).collect(),
        pager: Pager { first: before.map(|_| way(String::new())), next: next.map(|next| way(next.to_string())) },
        empty: empty(&base, is_filtered),
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/extract/schedules{}", api_query(&asked))),
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

/// The same question as the API takes it.
fn api_query(asked: &Asked) -> String {
    let names = [("status", &asked.status), ("robot_id", &asked.robot)];
    let given: Vec<_> = names.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    if given.is_empty() {
        return String::new();
    }
    format!("?{}", serde_html_form::to_string(given).unwrap_or_default())
}

async fn filters(dashboard: &Dashboard, member: &Member, asked: &Asked) -> Result<Vec<Field>, Refusal> {
    let mut statuses = vec![Choice::new("", "Any status")];
    statuses.extend(ScheduleStatus::ALL.iter().map(|status| Choice::new(status.as_str(), badge(*status).text())));
    let mut robots = vec![Choice::new("", "Any robot")];
    robots.extend(robot_choices(dashboard, member, &asked.robot).await?);
    Ok(vec![
        Field::select("status", "Status", statuses).holding(asked.status.as_str()),
        Field::select("robot", "Robot", robots).holding(asked.robot.as_str()),
    ])
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
