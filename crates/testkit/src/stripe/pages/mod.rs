//! Pages for people: paying, the portal, an invoice, and the control room.

use axum::{
    body::Body,
    http::{Method, StatusCode},
    response::Response,
};

use super::StripeSimulator;

/// Answers one request that is not the API's.
pub(super) async fn answer(
    _simulator: &StripeSimulator,
    _method: &Method,
    _path: &str,
    _query: &str,
    _body: &[u8],
) -> Response {
    let mut response = Response::new(Body::from("Not found"));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
