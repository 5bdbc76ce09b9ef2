//! `/sign-out`: the session is no more, whoever has its cookie.

use axum::{extract::State, response::Response};
use creel_types::links::SIGN_IN_PATH;

use crate::{
    Dashboard,
    form::{Sent, Signed},
    page::go,
    refusal::Refusal,
    session::{Visit, check_form},
};

pub(crate) async fn submit(
    State(dashboard): State<Dashboard>,
    visit: Visit,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    if let Some(session) = &visit.session {
        check_form(session, &sent.form_token)?;
        dashboard.access.sign_out(&session.holder, &visit.caller).await?;
    }
    Ok(go(&format!("{}{SIGN_IN_PATH}?after=sign-out", dashboard.base()), &[dashboard.cookie().end()]))
}
