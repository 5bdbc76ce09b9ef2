//! `/forgot-password`: asks for a link that sets a new one. What is answered does not say whether the address has an account.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use creel_access::AccessError;
use creel_types::links::SIGN_IN_PATH;
use serde::Deserialize;

use crate::{
    Dashboard,
    form::{Field, FormPage, Sent},
    page::Message,
    refusal::Refusal,
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Forgotten {
    email: String,
}

fn page(dashboard: &Dashboard, sent: &Forgotten) -> FormPage {
    FormPage::new(dashboard.base(), "Forgot your password?", "/forgot-password", "Send me a link")
        .saying("We send a link to your mailbox by which you choose a new password.")
        .with(Field::email(&sent.email))
        .with_link(SIGN_IN_PATH, "Back to signing in")
}

pub(crate) async fn show(State(dashboard): State<Dashboard>) -> Result<Response, Refusal> {
    if !dashboard.access.settings().sends_mail {
        return Err(AccessError::NoMail.into());
    }
    Ok(page(&dashboard, &Forgotten::default()).show())
}

pub(crate) async fn submit(State(dashboard): State<Dashboard>, Sent(sent): Sent<Forgotten>) -> Response {
    if let Err(error) = dashboard.access.request_password_reset(&sent.email).await {
        return page(&dashboard, &sent).refuse(&error.into());
    }
    dashboard.mail.nudge();
    let text =
        format!("If {} has an account, a mail with a link is on its way. The link is good for one hour.", sent.email.trim());
    Message::new(&dashboard, "Look into your mailbox", &text).with_link(SIGN_IN_PATH, "Back to signing in").into_response()
}
