//! `/settings`: what the organization is called, its id, and the way out of it.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_store::organizations::Organization;
use serde::Deserialize;
use serde_json::json;

use super::{Looked, said, shown};
use crate::{
    Dashboard,
    api::etag,
    figures::When,
    form::{Field, Sent, Signed, problem},
    member::Member,
    page::{go, render},
    parts::{Confirm, Copy, Curl},
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

const SAID: [(&str, &str); 1] = [("renamed", "The organization has its new name.")];

#[derive(Template)]
#[template(path = "settings/organization.html")]
struct OrganizationPage {
    shell: Shell,
    problem: String,
    name: String,
    field: Field,
    /// Tells this state from others, so that nobody's change is overwritten unseen.
    etag: String,
    id: Copy,
    made: When,
    your_role: &'static str,
    leave: Confirm,
    curl: Curl,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(looked): Query<Looked>,
) -> Result<Response, Refusal> {
    Ok(render(&page(&dashboard, &member, &looked.done, None, None).await?))
}

/// The page, with what was typed and why it was refused.
async fn page(
    dashboard: &Dashboard,
    member: &Member,
    done: &str,
    typed: Option<&str>,
    refusal: Option<&Refusal>,
) -> Result<OrganizationPage, Refusal> {
    let shell = Shell::new(dashboard, member, Place::Organization).await?.saying(said(done, &SAID));
    let organization = dashboard.store().get_organization(member.organization).await?;
    let etag = etag(organization.edition());
    let Organization { id, name, created_at } = organization;
    let field = Field::text("name", "Name", "organization").having("maxlength", "100");
    Ok(OrganizationPage {
        problem: problem(refusal, &["name"]),
        field: field.holding(typed.unwrap_or(&name)).refused(refusal),
        etag,
        id: Copy::new(id.to_string()),
        made: When::of(created_at, dashboard.store().clock.now()),
        your_role: super::role_name(member.role),
        leave: Confirm {
            id: "leave".to_owned(),
            button: "Leave the organization".to_owned(),
            question: format!("Leave {name}?"),
            text:
                "You see nothing of it from then on. To come back you need an invitation. Keys that you made stay and go on \
                   working: revoke them first if they should not."
                    .to_owned(),
            action: format!("{}/settings/leave", shell.base),
            form_token: shell.form_token.clone(),
            hidden: Vec::new(),
        },
        curl: Curl::get(&dashboard.access.settings().public_url, "/v1/organization"),
        name,
        shell,
    })
}

#[derive(Deserialize)]
pub(crate) struct Renamed {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    etag: String,
    #[serde(default)]
    name: String,
}

pub(crate) async fn rename(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(sent): Sent<Renamed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let etag = Some(sent.etag.as_str()).filter(|etag| !etag.is_empty());
    match dashboard.api.patch(&member, "/v1/organization", etag, &json!({"name": sent.name})).await {
        Ok(_) => Ok(go(&format!("{}/settings?done=renamed", dashboard.base()), &[])),
        Err(refusal) => refused(&dashboard, &member, Some(&sent.name), refusal).await,
    }
}

/// `POST /settings/leave`: nothing of it is seen any more.
pub(crate) async fn leave(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let path = format!("/v1/members/{}", member.session.holder.person);
    match dashboard.api.delete(&member, &path).await {
        Ok(_) => Ok(go(&format!("{}/", dashboard.base()), &[])),
        Err(refusal) => refused(&dashboard, &member, None, refusal).await,
    }
}

async fn refused(
    dashboard: &Dashboard,
    member: &Member,
    typed: Option<&str>,
    refusal: Refusal,
) -> Result<Response, Refusal> {
    let refusal = shown(refusal)?;
    Ok(refusal.with(render(&page(dashboard, member, "", typed, Some(&refusal)).await?)))
}
