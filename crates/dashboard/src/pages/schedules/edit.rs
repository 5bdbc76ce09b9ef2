//! `/schedules/{id}/edit`: changes a schedule. What somebody else changed meanwhile is told and not written over.

use askama::Template;
use axum::{extract::State, response::Response};
use creel_store::schedules::Schedule;
use creel_types::ScheduleId;
use serde_json::Value;

use super::{
    form::{Purpose, ScheduleForm},
    typed::Typed,
};
use crate::{
    Dashboard,
    api::etag,
    form::Sent,
    member::Member,
    page::{go, render},
    path::Id,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

#[derive(Template)]
#[template(path = "schedules/edit.html")]
struct EditPage {
    shell: Shell,
    id: ScheduleId,
    name: String,
    form: ScheduleForm,
    is_refused: bool,
    /// It is another now than the form began with.
    is_other: bool,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ScheduleId>,
) -> Result<Response, Refusal> {
    let schedule = dashboard.store().get_schedule(member.organization, id).await?;
    Ok(render(&page(&dashboard, &member, &schedule, &Typed::of(&schedule), None).await?))
}

pub(crate) async fn submit(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ScheduleId>,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Refusal> {
    member.check(&typed.form_token)?;
    let now = dashboard.store().clock.now();
    let changed = match (typed.step.as_str(), typed.timetable(now).and_then(|_| typed.changes())) {
        ("window", _) => None,
        (_, Err(refusal)) => Some(Err(refusal)),
        ("preview", Ok(_)) => None,
        (_, Ok(body)) => {
            let (path, etag) = (format!("/v1/extract/schedules/{id}"), etag(&typed.edition));
            Some(dashboard.api.patch(&member, &path, Some(&etag), &Value::Object(body)).await)
        }
    };
    if let Some(Ok(_)) = changed {
        return Ok(go(&format!("{}/schedules/{id}?done=changed", dashboard.base()), &[]));
    }
    let refusal = changed.and_then(Result::err);
    let schedule = dashboard.store().get_schedule(member.organization, id).await?;
    let page = page(&dashboard, &member, &schedule, &typed, refusal.as_ref()).await?;
    Ok(match &refusal {
        Some(refusal) => refusal.with(render(&page)),
        None => render(&page),
    })
}

async fn page(
    dashboard: &Dashboard,
    member: &Member,
    schedule: &Schedule,
    typed: &Typed,
    refusal: Option<&Refusal>,
) -> Result<EditPage, Refusal> {
    let shell = Shell::new(dashboard, member, Place::Schedules).await?;
    let base = dashboard.base();
    let is_other = refusal.is_some_and(|refusal| refusal.is_at("If-Match"));
    let purpose = Purpose {
        action: format!("{base}/schedules/{}/edit", schedule.id),
        form_token: shell.form_token.clone(),
        button: "Save",
        cancel: format!("{base}/schedules/{}", schedule.id),
        robots: None,
        base,
    };
    let form = ScheduleForm::new(purpose, typed, refusal, dashboard.store().clock.now());
    let name = schedule.name.clone();
    Ok(EditPage { shell, id: schedule.id, name, form, is_refused: refusal.is_some(), is_other })
}
