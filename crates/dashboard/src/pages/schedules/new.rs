//! `/schedules/new?robot=`: a robot that runs by itself from now on.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    form::{Purpose, ScheduleForm},
    typed::Typed,
};
use crate::{
    Dashboard,
    form::Sent,
    member::Member,
    page::{go, render},
    pages::runs::choices::{no_robot, robot_choices},
    parts::Empty,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    robot: String,
}

#[derive(Template)]
#[template(path = "schedules/new.html")]
struct NewSchedulePage {
    shell: Shell,
    form: ScheduleForm,
    is_refused: bool,
    /// Instead of the form where there is no robot.
    empty: Option<Empty>,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let typed = Typed {
        robot: asked.robot,
        interval_amount: "1".to_owned(),
        interval_unit: "day".to_owned(),
        time_zone: creel_frontier::cadence::zone::UTC.to_owned(),
        discover: "true".to_owned(),
        ..Typed::default()
    };
    Ok(render(&page(&dashboard, &member, &typed, None).await?))
}

pub(crate) async fn submit(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Refusal> {
    member.check(&typed.form_token)?;
    let now = dashboard.store().clock.now();
    let made = match (typed.step.as_str(), typed.timetable(now).and_then(|_| typed.body())) {
        ("window", _) => None,
        (_, Err(refusal)) => Some(Err(refusal)),
        ("preview", Ok(_)) => None,
        (_, Ok(body)) => Some(dashboard.api.post(&member, "/v1/extract/schedules", &body).await),
    };
    match made {
        None => Ok(render(&page(&dashboard, &member, &typed, None).await?)),
        Some(Ok(made)) => {
            let id = made.get("id").and_then(Value::as_str).unwrap_or_default();
            Ok(go(&format!("{}/schedules/{id}?done=made", dashboard.base()), &[]))
        }
        Some(Err(refusal)) => {
            let page = page(&dashboard, &member, &typed, Some(&refusal)).await?;
            Ok(refusal.with(render(&page)))
        }
    }
}

async fn page(
    dashboard: &Dashboard,
    member: &Member,
    typed: &Typed,
    refusal: Option<&Refusal>,
) -> Result<NewSchedulePage, Refusal> {
    let shell = Shell::new(dashboard, member, Place::Schedules).await?;
    let robots = robot_choices(dashboard, member, &typed.robot).await?;
    let base = dashboard.base();
    let text = "A schedule runs a robot, and a robot needs the address of one product page of the shop.";
    let empty = no_robot(&base, &robots, text);
    let purpose = Purpose {
        action: format!("{base}/schedules/new"),
        form_token: shell.form_token.clone(),
        button: "Make schedule",
        cancel: format!("{base}/schedules"),
        robots: Some(robots),
        base,
    };
    let form = ScheduleForm::new(purpose, typed, refusal, dashboard.store().clock.now());
    Ok(NewSchedulePage { shell, form, is_refused: refusal.is_some(), empty })
}
