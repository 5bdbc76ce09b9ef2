//! Addresses that lead nowhere, opened in a browser. Programs get the API's answer; a person gets a page that helps.

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, Method, StatusCode,
        header::{ACCEPT, CONTENT_TYPE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    Dashboard,
    page::{Asked, finished},
    refusal::Refusal,
};

/// Below it everything is the API's, whoever asks.
const API_PATH: &str = "/v1/";

pub(crate) async fn explain(State(dashboard): State<Dashboard>, request: Request, next: Next) -> Response {
    let is_visit = [Method::GET, Method::HEAD].contains(request.method());
    let is_person = is_visit && wants_page(request.headers()) && !request.uri().path().starts_with(API_PATH);
    let asked = Asked::of(&request);
    let response = next.run(request).await;
    if !is_person || !leads_nowhere(&response) {
        return response;
    }
    finished(asked.answer(&dashboard, &Refusal::of_status(response.status())).into_response())
}

fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// What the API says where nothing is.
fn leads_nowhere(response: &Response) -> bool {
    let is_json = |kind: &str| kind.starts_with("application/json");
    [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED].contains(&response.status())
        && response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).is_some_and(is_json)
}
