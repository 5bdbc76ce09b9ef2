//! What somebody does to a robot: give it another name, delete it.

use axum::{extract::State, response::Response};
use creel_types::RobotId;
use serde::Deserialize;
use serde_json::json;

use super::show::{self, Trouble};
use crate::{Dashboard, api::etag, form::Sent, member::Member, page::go, path::Id, refusal::Refusal};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Rename {
    form_token: String,
    /// Of the robot as the form showed it.
    edition: String,
    name: String,
}

/// `POST /robots/{id}`: what somebody else wrote meanwhile is shown and not written over.
pub(crate) async fn rename(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<RobotId>,
    Sent(sent): Sent<Rename>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let etag = etag(&sent.edition);
    let body = json!({"name": sent.name.trim()});
    match dashboard.api.patch(&member, &format!("/v1/extract/robots/{id}"), Some(&etag), &body).await {
        Ok(_) => Ok(go(&format!("{}/robots/{id}?done=renamed", dashboard.base()), &[])),
        Err(refusal) => {
            let trouble = Trouble { refusal: &refusal, name: Some(&sent.name) };
            let page = show::page(&dashboard, &member, id, "", Some(trouble)).await?;
            Ok(refusal.with(page))
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Delete {
    form_token: String,
    /// `delete` where the question said that schedules go with it.
    schedules: String,
}

pub(crate) async fn delete(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<RobotId>,
    Sent(sent): Sent<Delete>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let with = if sent.schedules == "delete" { "?schedules=delete" } else { "" };
    match dashboard.api.delete(&member, &format!("/v1/extract/robots/{id}{with}")).await {
        Ok(_) => Ok(go(&format!("{}/robots?done=deleted", dashboard.base()), &[])),
        Err(refusal) if refusal.status == axum::http::StatusCode::NOT_FOUND => Err(refusal),
        Err(refusal) => {
            let trouble = Trouble { refusal: &refusal, name: None };
            let page = show::page(&dashboard, &member, id, "", Some(trouble)).await?;
            Ok(refusal.with(page))
        }
    }
}
