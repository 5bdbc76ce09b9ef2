//! `/verify-email`: proves that an address is one's own, by a button that programs which look through mail do not press.

use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_store::access::links::LinkKind;
use creel_types::links::{SIGN_IN_PATH, VERIFY_EMAIL_PATH};

use super::good_link;
use crate::{
    Dashboard,
    form::{FormPage, LinkQuery, Sent},
    page::go,
    refusal::Refusal,
    session::Visit,
};

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    Query(LinkQuery { token }): Query<LinkQuery>,
) -> Result<Response, Refusal> {
    good_link(&dashboard, LinkKind::VerifyEmail, &token).await?;
    let page = FormPage::new(dashboard.base(), "Confirm your address", VERIFY_EMAIL_PATH, "Confirm my e-mail address");
    Ok(page.saying("One press, and your account is ready.").hiding("token", token).show())
}

pub(crate) async fn submit(
    State(dashboard): State<Dashboard>,
    visit: Visit,
    Sent(LinkQuery { token }): Sent<LinkQuery>,
) -> Result<Response, Refusal> {
    dashboard.access.verify_email(&token, &visit.caller).await?;
    Ok(go(&format!("{}{SIGN_IN_PATH}?after=verification", dashboard.base()), &[]))
}
