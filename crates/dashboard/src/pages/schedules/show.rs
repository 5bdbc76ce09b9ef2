//! `/schedules/{id}`: one schedule: whether it sleeps and what will wake it, when it runs next, and the runs that it made.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_store::schedules::Schedule;
use creel_types::{ScheduleId, ScheduleStatus, SkipReason};
use serde::Deserialize;

use super::{
    badge, note,
    times::{TIMES, Times},
    window,
};
use crate::{
    Dashboard,
    figures::{When, count},
    member::Member,
    page::render,
    pages::runs::{
        Table,
        what::{enriched, links, lists},
    },
    parts::{Badge, Confirm, Curl},
    path::Id,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

/// The newest runs that it made.
const RUNS: i64 = 10;

#[derive(Template)]
#[template(path = "schedules/show.html")]
struct SchedulePage {
    shell: Shell,
    id: ScheduleId,
    name: String,
    badge: Badge,
    note: &'static str,
    needs_credits: bool,
    is_paused: bool,
    robot: Option<(String, String)>,
    cadence: String,
    windows: Vec<String>,
    time_zone: String,
    created: When,
    created_by: String,
    times: Times,
    skipped: Option<(When, &'static str)>,
    runs: Table,
    settings: Vec<(&'static str, String)>,
    lists: Vec<(&'static str, Vec<String>, usize)>,
    delete: Confirm,
    curl: Curl,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    done: String,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ScheduleId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (store, base) = (dashboard.store(), dashboard.base());
    let schedule = store.get_schedule(member.organization, id).await?;
    let now = store.clock.now();
    let shell = Shell::new(&dashboard, &member, Place::Schedules).await?.saying(said(&asked.done));
    let runs = store.list_runs(member.organization, None, None, Some(id), None, RUNS).await?;
    let page = SchedulePage {
        id,
        badge: badge(schedule.status),
        note: note(schedule.status),
        needs_credits: schedule.status == ScheduleStatus::PausedNoCredits,
        is_paused: schedule.status == ScheduleStatus::Paused,
        robot: schedule.robot_name.clone().map(|name| (schedule.robot.to_string(), name)),
        cadence: schedule.cadence.to_string(),
        windows: schedule.windows.iter().map(window).collect(),
        time_zone: schedule.time_zone.clone(),
        created: When::of(schedule.created_at, now),
        created_by: schedule.created_by.clone(),
        times: Times::of(&schedule.next_runs(now, TIMES), &schedule.time_zone, now),
        skipped: schedule.last_skipped_at.zip(schedule.last_skip_reason).map(|(at, why)| (When::of(at, now), skip(why))),
        runs: Table::of(base.clone(), runs, now),
        settings: settings(&schedule),
        lists: lists(&schedule.start_urls, &schedule.settings),
        delete: delete(&base, &schedule, &shell.form_token),
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/extract/schedules/{id}")),
        name: schedule.name,
        shell,
    };
    Ok(render(&page))
}

fn said(done: &str) -> &'static str {
    match done {
        "made" => "The schedule is made.",
        "changed" => "The schedule is changed.",
        "paused" => "The schedule is paused. A run that goes on is not stopped.",
        "resumed" => "The schedule is resumed.",
        _ => "",
    }
}

fn skip(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::StillRunning => "the run before had not ended",
        SkipReason::RobotNotReady => "the robot was not ready",
        SkipReason::RobotGone => "its robot is gone",
        SkipReason::Failed => "it could not be read; whoever operates this installation finds out more in the log",
    }
}

fn settings(schedule: &Schedule) -> Vec<(&'static str, String)> {
    let budget = schedule.budget.map_or_else(|| "none".to_owned(), |budget| count(budget, "capture"));
    let start = if schedule.start_urls.is_empty() { "the robot's own" } else { "those below" };
    vec![
        ("Budget of each run", budget),
        ("Links", links(&schedule.settings).to_owned()),
        ("Captures are enriched", enriched(&schedule.settings).to_owned()),
        ("Start pages", start.to_owned()),
    ]
}

fn delete(base: &str, schedule: &Schedule, form_token: &str) -> Confirm {
    Confirm {
        id: "delete".to_owned(),
        button: "Delete".to_owned(),
        question: format!("Delete the schedule {}?", schedule.name),
        text: "It makes no more runs. The runs that it made stay with their captures, also one that goes on.".to_owned(),
        action: format!("{base}/schedules/{}/delete", schedule.id),
        form_token: form_token.to_owned(),
        hidden: Vec::new(),
    }
}
