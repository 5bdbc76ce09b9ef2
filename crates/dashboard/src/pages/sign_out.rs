//! `/sign-out`: the session is no more, whoever has its cookie.

use axum::{extract::State, response::Response};
use creel_types::links::SIGN_IN_PATH;
use serde::Deserialize;

use crate::{
    Dashboard,
    form::Sent,
    page::go,
    refusal::Refusal,
    session::{Visit, check_form},
};

#[derive(Deserialize)]
pub(crate) struct SignOut {
    #[serde(default)]
    form_token: String,
}

pub(crate) async fn submit(
    State(dashboard): State<Dashboard>,
    visit: Visit,
    Sent(sent): Sent<SignOut>,
) -> Result<Response, Refusal> {
    if let Some(session) = &visit.session {
        check_form(session, &sent.form_token)?;
        dashboard.access.sign_out(&session.holder, &visit.caller).await?;
    }
    Ok(go(&format!("{}{SIGN_IN_PATH}?after=sign-out", dashboard.base()), &[dashboard.cookie().end()]))
}
