//! `/`: the organization that one looks at, what it can spend, and where to go on.

use askama::Template;
use axum::{extract::State, response::Response};
use creel_store::access::sessions::Membership;
use creel_types::{OrganizationId, links::SIGN_IN_PATH};
use serde::Deserialize;

use crate::{
    Dashboard,
    form::Sent,
    page::{go, render},
    refusal::Refusal,
    session::{Session, Visit, check_form},
};

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    base: String,
    form_token: String,
    person: String,
    current: Option<Membership>,
    /// All of the person's, the current one among them.
    organizations: Vec<Membership>,
    /// With separators of thousands.
    available: String,
    held: String,
    spent: String,
    public_url: String,
}

impl HomePage {
    fn is_current(&self, organization: &Membership) -> bool {
        self.current.as_ref().is_some_and(|current| current.id == organization.id)
    }
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
        form_token: session.csrf_token(),
        person: holder.email.clone(),
        current: holder.organization.clone(),
        organizations: store.list_organizations_of(holder.person).await?,
        available: shown(balance.as_ref().map(|balance| balance.available.0)),
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

fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (4_990, "4,990"), (1_234_567, "1,234,567"), (-1_000, "−1,000")]
        {
            assert_eq!(grouped(number), text);
        }
    }
}
