//! `/`: the organization that one looks at, what it can spend, and where to go on.

use askama::Template;
use axum::{extract::State, response::Response};
use creel_store::access::sessions::Membership;
use creel_types::{OrganizationId, links::SIGN_IN_PATH};
use serde::Deserialize;

use crate::{
    Dashboard,
    bar::Bar,
    figures::grouped,
    form::Sent,
    page::{go, render},
    refusal::Refusal,
    session::{Session, Visit, check_form},
};

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    base: String,
    bar: Bar,
    person: String,
    current: Option<Membership>,
    /// With separators of thousands.
    available: String,
    held: String,
    spent: String,
    public_url: String,
}

pub(crate) async fn show(State(dashboard): State<Dashboard>, visit: Visit) -> Result<Response, Refusal> {
    match &visit.session {
        Some(session) => Ok(render(&page(&dashboard, session).await?)),
        None => Ok(go(&format!("{}{SIGN_IN_PATH}", dashboard.base()), &[])),
    }
}

async fn page(dashboard: &Dashboard, session: &Session) -> Result<HomePage, Refusal> {
    let (store, holder) = (dashboard.store(), &session.holder);
    let balance = match &holder.organization {
        Some(organization) => Some(store.balance(organization.id).await?),
        None => None,
    };
    let shown = |credits: Option<i64>| grouped(credits.unwrap_or(0));
    Ok(HomePage {
        base: dashboard.base(),
        bar: Bar::new(dashboard, session, balance.as_ref(), "/").await?,
        person: holder.email.clone(),
        current: holder.organization.clone(),
        available: dashboard.shown_credits(balance.as_ref()),
        held: shown(balance.as_ref().map(|balance| balance.held.0)),
        spent: shown(balance.as_ref().map(|balance| balance.cycle.spent.0)),
        public_url: dashboard.access.settings().public_url.clone(),
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
    let Some(session) = &visit.session else { return Ok(go(&format!("{}{SIGN_IN_PATH}", dashboard.base()), &[])) };
    check_form(session, &sent.form_token)?;
    dashboard.access.switch_organization(&session.holder, sent.organization_id).await?;
    Ok(go(&format!("{}/", dashboard.base()), &[]))
}
