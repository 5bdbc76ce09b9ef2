//! `/robots/{id}`: one robot: its shop, how well it reads it, what it runs on, and what was done with it.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_store::{listing::CaptureFilter, robots, schedules::ScheduleFilter};
use creel_types::{Robot, RobotId, RobotProgram};
use serde::Deserialize;

use super::{badge, coverage::Bars, list::percent};
use crate::{
    Dashboard,
    figures::{When, count, grouped},
    form::Field,
    member::Member,
    page::render,
    pages::{
        captures::{Latest, latest},
        runs::Table,
        schedules::{self, Line},
    },
    parts::{Badge, Confirm, Copy, Curl, Flag},
    path::Id,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

/// The newest of each that the page shows.
const RUNS: i64 = 6;
const CAPTURES: usize = 6;
/// Schedules that the page names; a robot with more shows how many there are.
const SCHEDULES_MAX: i64 = 21;
const SCHEDULES_SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "robots/show.html")]
struct RobotPage {
    shell: Shell,
    id: RobotId,
    title: String,
    flag: String,
    robot: Robot,
    badge: Badge,
    facts: Vec<(&'static str, String)>,
    created: When,
    coverage: Bars,
    runs: Table,
    schedules: Vec<Line>,
    latest: Vec<Latest>,
    name: Field,
    edition: String,
    problem: String,
    program: Copy,
    delete: Confirm,
    curl: Curl,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    done: String,
}

/// What did not work just now, with the name that was typed where it was a name.
pub(super) struct Trouble<'a> {
    pub(super) refusal: &'a Refusal,
    pub(super) name: Option<&'a str>,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<RobotId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    page(&dashboard, &member, id, &asked.done, None).await
}

pub(super) async fn page(
    dashboard: &Dashboard,
    member: &Member,
    id: RobotId,
    done: &str,
    trouble: Option<Trouble<'_>>,
) -> Result<Response, Refusal> {
    let (store, base, organization) = (dashboard.store(), dashboard.base(), member.organization);
    let (robot, program) = store.get_robot_with_program(organization, id).await?;
    let now = store.clock.now();
    let shell = Shell::new(dashboard, member, Place::Robots).await?.saying(said(done));
    let runs = store.list_runs(organization, None, Some(id), None, None, RUNS).await?;
    let of_robot = ScheduleFilter { robot: Some(id), ..ScheduleFilter::default() };
    let mut schedules = store.list_schedules(organization, of_robot, None, SCHEDULES_MAX).await?;
    let has_more_schedules = schedules.len() > SCHEDULES_SHOWN;
    let delete = delete(&base, &robot, schedules.len(), has_more_schedules, &shell.form_token);
    schedules.truncate(SCHEDULES_SHOWN);
    let filter = CaptureFilter { robot: Some(id), ..CaptureFilter::default() };
    let page = RobotPage {
        id,
        title: robot.name.clone(),
        flag: Flag::of(&base, robot.country_code).to_string(),
        badge: badge(robot.status),
        facts: facts(&robot, &program),
        created: When::of(robot.created_at, now),
        coverage: Bars::of(base.clone(), &store.robot_coverage(organization, id).await?),
        runs: Table::of(base.clone(), runs, now),
        schedules: schedules.iter().map(|schedule| schedules::line(schedule, now)).collect(),
        latest: latest(dashboard, member, filter, CAPTURES).await?,
        name: name_field(&robot, trouble.as_ref()),
        edition: robots::edition(&robot).to_string(),
        problem: trouble.map(|trouble| problem(trouble.refusal)).unwrap_or_default(),
        program: Copy::new(serde_json::to_string_pretty(&program).unwrap_or_default()),
        delete,
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/extract/robots/{id}")),
        robot,
        shell,
    };
    Ok(render(&page))
}

fn said(done: &str) -> &'static str {
    match done {
        "known" => "You have a robot for this shop and country already: here it is.",
        "renamed" => "The name is changed.",
        _ => "",
    }
}

fn problem(refusal: &Refusal) -> String {
    if refusal.is_at("name") { String::new() } else { refusal.message.clone() }
}

fn name_field(robot: &Robot, trouble: Option<&Trouble<'_>>) -> Field {
    let typed = trouble.and_then(|trouble| trouble.name).unwrap_or(&robot.name);
    Field::input("text", "name", "Name")
        .holding(typed)
        .having("maxlength", "200")
        .required()
        .refused(trouble.map(|trouble| trouble.refusal))
}

fn facts(robot: &Robot, program: &RobotProgram) -> Vec<(&'static str, String)> {
    let patterns = program.product_url_patterns.len();
    let known = |value: Option<String>| value.unwrap_or_else(|| "not known yet".to_owned());
    vec![
        ("Platform", known(robot.platform.clone())),
        ("Currency", known(robot.currency.map(|currency| currency.as_str().to_owned()))),
        ("Language", known(robot.language.clone())),
        ("Completeness", known(robot.completeness.map(percent))),
        ("Needs a browser", if robot.needs_rendering { "yes" } else { "no" }.to_owned()),
        ("Patterns of product pages", if patterns == 0 { "the general rules".to_owned() } else { grouped_count(patterns) }),
        ("Version", robot.version.to_string()),
    ]
}

fn grouped_count(number: usize) -> String {
    grouped(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Its schedules go with it, which is said before.
fn delete(base: &str, robot: &Robot, schedules: usize, has_more: bool, form_token: &str) -> Confirm {
    let stays = "Its runs and captures stay. It can be made again from any page of the shop.";
    let many = if has_more {
        "all its schedules".to_owned()
    } else {
        count(i64::try_from(schedules).unwrap_or(i64::MAX), "schedule")
    };
    let (text, hidden) = match schedules {
        0 => (stays.to_owned(), Vec::new()),
        _ => (format!("This deletes {many} with it. {stays}"), vec![("schedules", "delete".to_owned())]),
    };
    Confirm {
        id: "delete".to_owned(),
        button: "Delete".to_owned(),
        question: format!("Delete the robot {}?", robot.name),
        text,
        action: format!("{base}/robots/{}/delete", robot.id),
        form_token: form_token.to_owned(),
        hidden,
    }
}
