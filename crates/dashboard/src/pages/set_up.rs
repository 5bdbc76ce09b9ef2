//! `/set-up`: the first owner, by the link that the first start prints.

use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_access::SignUpForm;
use creel_store::access::links::LinkKind;
use creel_types::links::SET_UP_PATH;
use serde::Deserialize;

use super::good_link;
use crate::{
    Dashboard,
    form::{Field, FormPage, LinkQuery, Sent},
    refusal::Refusal,
    session::{Visit, begin},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct FirstOwner {
    token: String,
    email: String,
    name: String,
    organization: String,
    password: String,
}

fn page(dashboard: &Dashboard, sent: &FirstOwner) -> FormPage {
    FormPage::new(dashboard.base(), "Set up Creel", SET_UP_PATH, "Create the owner's account")
        .saying("Nobody can sign in yet. Whoever fills this in owns the installation's organization and can invite others.")
        .hiding("token", &sent.token)
        .with(Field::text("name", "Your name", "name").holding(&sent.name))
        .with(Field::email(&sent.email))
        .with(Field::text("organization", "Name of the organization", "organization").holding(&sent.organization))
        .with(Field::new_password())
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    Query(LinkQuery { token }): Query<LinkQuery>,
) -> Result<Response, Refusal> {
    good_link(&dashboard, LinkKind::SetUp, &token).await?;
    Ok(page(&dashboard, &FirstOwner { token, ..FirstOwner::default() }).show())
}

pub(crate) async fn submit(
    State(dashboard): State<Dashboard>,
    visit: Visit,
    Sent(sent): Sent<FirstOwner>,
) -> Result<Response, Refusal> {
    let FirstOwner { email, name, password, organization, .. } = &sent;
    let form = SignUpForm {
        email: email.clone(),
        name: name.clone(),
        password: password.clone(),
        organization: organization.clone(),
    };
    good_link(&dashboard, LinkKind::SetUp, &sent.token).await?;
    match dashboard.access.set_up(&sent.token, &form, &visit.caller).await {
        Ok(signed_in) => Ok(begin(&dashboard, &signed_in, "/")),
        Err(error) => Ok(page(&dashboard, &sent).refuse(&error.into())),
    }
}
