//! `/reset-password`: sets a new password by a link, and signs in with it.

use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_store::access::links::LinkKind;
use creel_types::links::RESET_PASSWORD_PATH;
use serde::Deserialize;

use super::good_link;
use crate::{
    Dashboard,
    form::{Field, FormPage, LinkQuery, Sent},
    refusal::Refusal,
    session::{Visit, begin},
};

#[derive(Deserialize)]
pub(crate) struct NewPassword {
    #[serde(default)]
    token: String,
    #[serde(default)]
    password: String,
}

fn page(dashboard: &Dashboard, token: &str) -> FormPage {
    FormPage::new(dashboard.base(), "Choose a new password", RESET_PASSWORD_PATH, "Save and sign in")
        .saying("Wherever else you are signed in, you are signed out.")
        .hiding("token", token)
        .with(Field::new_password().labelled("New password"))
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    Query(LinkQuery { token }): Query<LinkQuery>,
) -> Result<Response, Refusal> {
    good_link(&dashboard, LinkKind::ResetPassword, &token).await?;
    Ok(page(&dashboard, &token).show())
}

pub(crate) async fn submit(
    State(dashboard): State<Dashboard>,
    visit: Visit,
    Sent(sent): Sent<NewPassword>,
) -> Result<Response, Refusal> {
    good_link(&dashboard, LinkKind::ResetPassword, &sent.token).await?;
    match dashboard.access.reset_password(&sent.token, &sent.password, &visit.caller).await {
        Ok(signed_in) => Ok(begin(&dashboard, &signed_in, "/")),
        Err(error) => Ok(page(&dashboard, &sent.token).refuse(&error.into())),
    }
}
