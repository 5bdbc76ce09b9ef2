//! `/`: the organization that one looks at: what it can spend, what runs, what was captured last, what needs attention.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use creel_types::OrganizationId;
use serde::Deserialize;

use crate::{
    Dashboard,
    area::Area,
    figures::Number,
    form::Sent,
    member::Member,
    page::{Message, go, render},
    place::Place,
    refusal::Refusal,
    session::{Visit, check_form},
    shell::Shell,
};

pub(crate) fn area() -> Area {
    Area::new().page("/", get(show)).route("/organization", post(switch))
}

#[derive(Template)]
#[template(path = "overview/overview.html")]
struct OverviewPage {
    shell: Shell,
    held: Number,
    spent: Number,
}

pub(crate) async fn show(State(dashboard): State<Dashboard>, visit: Visit) -> Result<Response, Refusal> {
    let Some(session) = visit.session else { return Err(Refusal::sign_in("/")) };
    let person = session.holder.email.clone();
    match Member::of(session, visit.caller) {
        Some(member) => Ok(render(&page(&dashboard, &member).await?)),
        None => Ok(no_organization(&dashboard, &person)),
    }
}

fn no_organization(dashboard: &Dashboard, person: &str) -> Response {
    let text = format!(
        "You are signed in and not a member of an organization at present. Ask an admin or owner for an invitation to {person}."
    );
    Message::new(dashboard, "No organization", &text).into_response()
}

async fn page(dashboard: &Dashboard, member: &Member) -> Result<OverviewPage, Refusal> {
    let balance = dashboard.store().balance(member.organization).await?;
    Ok(OverviewPage {
        shell: Shell::with_balance(dashboard, member, Place::Overview, &balance).await?,
        held: Number::of(balance.held.0),
        spent: Number::of(balance.cycle.spent.0),
    })
}

#[derive(Deserialize)]
pub(crate) struct Switch {
    #[serde(default)]
    form_token: String,
    organization_id: OrganizationId,
}

/// `POST /organization`: looks at another one from now on.
pub(crate) async fn switch(
    State(dashboard): State<Dashboard>,
    visit: Visit,
    Sent(sent): Sent<Switch>,
) -> Result<Response, Refusal> {
    let Some(session) = &visit.session else { return Err(Refusal::sign_in("/")) };
    check_form(session, &sent.form_token)?;
    dashboard.access.switch_organization(&session.holder, sent.organization_id).await?;
    Ok(go(&format!("{}/", dashboard.base()), &[]))
}
