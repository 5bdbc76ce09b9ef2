//! What somebody does to a schedule with one press: pause it, resume it, delete it.

use axum::{extract::State, response::Response};
use creel_types::ScheduleId;
use serde_json::json;

use crate::{
    Dashboard,
    form::{Sent, Signed},
    member::Member,
    page::go,
    path::Id,
    refusal::Refusal,
};

pub(crate) async fn pause(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ScheduleId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    press(&dashboard, &member, id, &sent, ("pause", "paused")).await
}

pub(crate) async fn resume(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ScheduleId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    press(&dashboard, &member, id, &sent, ("resume", "resumed")).await
}

/// One verb of the API, and back to the schedule with what was done.
async fn press(
    dashboard: &Dashboard,
    member: &Member,
    id: ScheduleId,
    sent: &Signed,
    (verb, done): (&str, &str),
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    dashboard.api.post(member, &format!("/v1/extract/schedules/{id}/{verb}"), &json!(null)).await?;
    Ok(go(&format!("{}/schedules/{id}?done={done}", dashboard.base()), &[]))
}

pub(crate) async fn delete(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ScheduleId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    dashboard.api.delete(&member, &format!("/v1/extract/schedules/{id}")).await?;
    Ok(go(&format!("{}/schedules?done=deleted", dashboard.base()), &[]))
}
