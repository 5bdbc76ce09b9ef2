//! Pages for people: paying, the portal, an invoice, and the control room. Plain forms without scripts.

mod checkout;
mod control;
mod frame;
mod invoice;
mod portal;

use axum::{http::Method, response::Response};

use super::{Card, Form, StripeSimulator};

/// Answers one request that is not the API's.
pub(super) async fn answer(simulator: &StripeSimulator, method: &Method, path: &str, body: &[u8]) -> Response {
    let given = Form::read(body);
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        ["checkout", id] => checkout::answer(simulator, method, id, &given),
        ["portal", parts @ ..] => portal::answer(simulator, method, parts, &given),
        ["invoice", id, ..] => invoice::answer(simulator, method, id, &given),
        ["control", parts @ ..] => control::answer(simulator, method, parts, &given).await,
        [] => control::answer(simulator, method, &[], &given).await,
        _ => frame::not_found(simulator.state().now()),
    }
}

/// The card that was chosen.
fn card_of(given: &Form) -> Card {
    match given.text("card") {
        Some("declines") => Card::Declines,
        Some("requires_action") => Card::RequiresAction,
        Some("none") => Card::None,
        _ => Card::Good,
    }
}
