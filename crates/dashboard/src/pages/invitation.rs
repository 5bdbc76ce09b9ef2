//! `/invitation`: what one is invited to, and joining: as who one is, or as somebody new.

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use creel_access::Joining;
use creel_store::access::invitations::Invited;
use creel_types::links::{INVITATION_PATH, SIGN_IN_PATH};
use serde::Deserialize;

use crate::{
    Dashboard,
    form::{Field, FormPage, LinkQuery, Sent},
    page::{Message, go},
    refusal::Refusal,
    session::{Session, Visit, begin, check_form},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Acceptance {
    token: String,
    form_token: String,
    name: String,
    password: String,
}

/// The form of whoever can accept at once; `None` where they sign in first.
fn page(dashboard: &Dashboard, invited: &Invited, session: Option<&Session>, sent: &Acceptance) -> Option<FormPage> {
    let title = format!("Join {}", invited.organization_name);
    let page =
        FormPage::new(dashboard.base(), title, INVITATION_PATH, "Join").saying(said(invited)).hiding("token", &sent.token);
    match session {
        Some(session) => {
            let who = format!("You are signed in as {}, and join as that.", session.holder.email);
            Some(page.saying(who).hiding("form_token", session.csrf_token()))
        }
        None if invited.has_account => None,
        None => Some(
            page.with(Field::text("name", "Your name", "name").holding(&sent.name))
                .with(Field::new_password().hinting("At least 12 letters. With it you sign in from now on.")),
        ),
    }
}

fn said(invited: &Invited) -> String {
    let Invited { organization_name, email, role, invited_by, .. } = invited;
    format!("{invited_by} invites {email} to {organization_name}, with the role {role}.")
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    visit: Visit,
    Query(LinkQuery { token }): Query<LinkQuery>,
) -> Result<Response, Refusal> {
    let invited = dashboard.access.invited(&token).await?;
    let sent = Acceptance { token, ..Acceptance::default() };
    Ok(page(&dashboard, &invited, visit.session.as_ref(), &sent)
        .map_or_else(|| sign_in_first(&dashboard, &invited, &sent.token), |page| page.show()))
}

fn sign_in_first(dashboard: &Dashboard, invited: &Invited, token: &str) -> Response {
    let text = format!("{} There is an account with this address: sign in to accept.", said(invited));
    Message::new(dashboard, &format!("Join {}", invited.organization_name), &text)
        .with_link(&format!("{SIGN_IN_PATH}?invitation={token}"), "Sign in and accept")
        .into_response()
}

pub(crate) async fn submit(
    State(dashboard): State<Dashboard>,
    visit: Visit,
    Sent(sent): Sent<Acceptance>,
) -> Result<Response, Refusal> {
    let invited = dashboard.access.invited(&sent.token).await?;
    let Some(page) = page(&dashboard, &invited, visit.session.as_ref(), &sent) else {
        return Ok(sign_in_first(&dashboard, &invited, &sent.token));
    };
    let joining = match &visit.session {
        Some(session) => {
            check_form(session, &sent.form_token)?;
            Joining::SignedIn(&session.holder)
        }
        None => Joining::New { name: &sent.name, password: &sent.password },
    };
    match dashboard.access.accept_invitation(&sent.token, joining, &visit.caller).await {
        Ok((_, Some(signed_in))) => Ok(begin(&dashboard, &signed_in, "/")),
        Ok((_, None)) => Ok(go(&format!("{}/", dashboard.base()), &[])),
        Err(error) => Ok(page.refuse(&error.into())),
    }
}
