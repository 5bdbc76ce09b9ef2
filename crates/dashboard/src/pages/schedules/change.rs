//! What somebody does to a schedule with one press: pause it, resume it, delete it.

use axum::{extract::State, response::Response};
use creel_types::ScheduleId;
use serde::Deserialize;
use serde_json::json;

use crate::{Dashboard, form::Sent, member::Member, page::go, path::Id, refusal::Refusal};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Signed {
    form_token: String,
}

pub(crate) async fn pause(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ScheduleId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    dashboard.api.post(&member, &format!("/v1/extract/schedules/{id}/pause"), &json!(null)).await?;
    Ok(go(&format!("{}/schedules/{id}?done=paused", dashboard.base()), &[]))
}

pub(crate) async fn resume(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ScheduleId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    dashboard.api.post(&member, &format!("/v1/extract/schedules/{id}/resume"), &json!(null)).await?;
    Ok(go(&format!("{}/schedules/{id}?done=resumed", dashboard.base()), &[]))
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
