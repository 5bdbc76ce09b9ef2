//! What somebody does to a run: stop it, take it up again, delete it.

use axum::{extract::State, response::Response};
use creel_types::RunId;
use serde::Deserialize;
use serde_json::json;

use super::show::{self, Trouble};
use crate::{
    Dashboard,
    form::{Sent, Signed},
    member::Member,
    page::go,
    path::Id,
    refusal::Refusal,
    typed::whole_number,
};

pub(crate) async fn stop(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<RunId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    dashboard.api.post(&member, &format!("/v1/extract/runs/{id}/stop"), &json!(null)).await?;
    Ok(go(&format!("{}/runs/{id}?done=stopped", dashboard.base()), &[]))
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct Restart {
    form_token: String,
    /// The new total; empty for the one before.
    pub(crate) budget: String,
}

pub(crate) async fn restart(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<RunId>,
    Sent(sent): Sent<Restart>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let body = match sent.budget.trim() {
        "" => Ok(json!({})),
        text => whole_number("budget", text).map(|budget| json!({ "budget": budget })),
    };
    let done = match body {
        Ok(body) => dashboard.api.post(&member, &format!("/v1/extract/runs/{id}/restart"), &body).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(go(&format!("{}/runs/{id}?done=restarted", dashboard.base()), &[])),
        Err(refusal) => {
            let trouble = Trouble { refusal: &refusal, budget: &sent.budget };
            let page = show::page(&dashboard, &member, id, "", Some(trouble)).await?;
            Ok(refusal.with(page))
        }
    }
}

pub(crate) async fn delete(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<RunId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    dashboard.api.delete(&member, &format!("/v1/extract/runs/{id}")).await?;
    Ok(go(&format!("{}/runs?done=deleted", dashboard.base()), &[]))
}
