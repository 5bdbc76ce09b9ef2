//! `/sign-up`: somebody whom nobody invited, where the installation takes such people.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use creel_access::{AccessError, SignUpForm, SignUpPolicy, SignedUp};
use creel_types::links::SIGN_IN_PATH;
use serde::Deserialize;

use crate::{
    Dashboard,
    form::{Field, FormPage, Sent},
    page::{Message, go},
    pages::public::beginning,
    refusal::Refusal,
    session::{Visit, begin},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct NewPerson {
    email: String,
    name: String,
    organization: String,
    password: String,
}

fn page(dashboard: &Dashboard, sent: &NewPerson) -> FormPage {
    let page = FormPage::new(dashboard.base(), "Create an account", "/sign-up", "Create account")
        .with(Field::text("name", "Your name", "name").holding(&sent.name))
        .with(Field::email(&sent.email))
        .with(Field::text("organization", "Name of your organization", "organization").holding(&sent.organization))
        .with(Field::new_password())
        .with_link(SIGN_IN_PATH, "I have an account");
    match beginning(dashboard) {
        begins_with if begins_with.is_empty() => page,
        begins_with => page.saying(begins_with),
    }
}

pub(crate) async fn show(State(dashboard): State<Dashboard>, visit: Visit) -> Result<Response, Refusal> {
    if visit.session.is_some() {
        return Ok(go(&format!("{}/", dashboard.base()), &[]));
    }
    if dashboard.access.settings().sign_up == SignUpPolicy::Closed {
        return Err(AccessError::SignUpClosed.into());
    }
    Ok(page(&dashboard, &NewPerson::default()).show())
}

pub(crate) async fn submit(State(dashboard): State<Dashboard>, visit: Visit, Sent(sent): Sent<NewPerson>) -> Response {
    let NewPerson { email, name, organization, password } = &sent;
    let form = SignUpForm {
        email: email.clone(),
        name: name.clone(),
        password: password.clone(),
        organization: organization.clone(),
    };
    match dashboard.access.sign_up(&form, &visit.caller).await {
        Ok(SignedUp::SignedIn(signed_in)) => begin(&dashboard, &signed_in, "/"),
        Ok(SignedUp::CheckMail) => {
            dashboard.mail.nudge();
            let text = format!("A mail to {} says how to go on. Its link is good for 24 hours.", email.trim());
            Message::new(&dashboard, "Look into your mailbox", &text).into_response()
        }
        Err(AccessError::SignUpClosed) => Refusal::from(AccessError::SignUpClosed).into_response(),
        Err(error) => page(&dashboard, &sent).refuse(&error.into()),
    }
}
