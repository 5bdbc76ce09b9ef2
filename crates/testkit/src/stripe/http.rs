//! The API over HTTP: the key, the version, idempotency, faults, and the way from a path to what it does.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderMap, Method, StatusCode, header},
    response::Response,
};
use serde_json::Value;

use super::{
    API_VERSION, StripeSimulator, account,
    answer::Refusal,
    checkout, customers, disputes, events,
    faults::ApiFault,
    form::Form,
    ids, invoice_answers, portal, prices, products, refunds, schedules,
    state::{Asked, State},
    subscriptions, upgrades, webhook_endpoints,
};

/// The connection is to end without an answer: a mark on a response that is never sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dropped;

struct Call<'a> {
    method: &'a Method,
    path: &'a str,
    given: Form,
    key: Option<&'a str>,
}

/// Answers one request to `/v1/…`.
pub(super) async fn answer(
    simulator: &StripeSimulator,
    method: &Method,
    path: &str,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let fault = simulator.state().faults.take(method.as_str(), path);
    if let Some(ApiFault::Slow { ms }) = fault {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
    let early = match fault {
        Some(ApiFault::DroppedBefore) => return dropped(),
        Some(ApiFault::ServerError) => Some(Refusal::new(500, "api_error", None, "An unknown error occurred.")),
        Some(ApiFault::RateLimited) => {
            let message = "Request rate limit exceeded.";
            Some(Refusal::new(429, "invalid_request_error", Some("rate_limit"), message))
        }
        Some(ApiFault::Conflict) => {
            let message = "There is currently another in-progress request using this Idempotent Key.";
            Some(Refusal::new(409, "idempotency_error", Some("idempotency_key_in_use"), message))
        }
        _ => None,
    };
    let given = if method == Method::GET { Form::read(query.as_bytes()) } else { Form::read(body) };
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let call = Call { method, path, given, key };
    let response = {
        let mut state = simulator.state();
        let request = state.draw(ids::REQUEST);
        let (status, answer, is_replay) = match early {
            Some(refusal) => (refusal.status, refusal.body(), false),
            None => decide(&mut state, &call, headers, &request),
        };
        if let Some(observer) = state.observer.clone() {
            state.violations.extend(observer.answer(method.as_str(), path, status, &answer));
        }
        response(status, &answer, &request, is_replay, key)
    };
    if fault == Some(ApiFault::DroppedAfter) { dropped() } else { response }
}

fn dropped() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Dropped);
    response
}

fn response(status: u16, answer: &Value, request: &str, is_replay: bool, key: Option<&str>) -> Response {
    let mut builder = Response::builder()
        .status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header(header::CONTENT_TYPE, "application/json")
        .header("Request-Id", request)
        .header("Stripe-Version", API_VERSION);
    if let Some(key) = key {
        builder = builder.header("Idempotency-Key", key);
    }
    if is_replay {
        builder = builder.header("Idempotent-Replayed", "true");
    }
    if status == 429 {
        builder = builder.header(header::RETRY_AFTER, "1");
    }
    if status >= 500 {
        builder = builder.header("Stripe-Should-Retry", "true");
    }
    let body = serde_json::to_vec_pretty(answer).unwrap_or_default();
    builder.body(Body::from(body)).unwrap_or_else(|_| Response::new(Body::empty()))
}

/// The status and the body, and whether it is an answer of before.
fn decide(state: &mut State, call: &Call<'_>, headers: &HeaderMap, request: &str) -> (u16, Value, bool) {
    let said = checked_head(state, headers).and_then(|()| {
        if let Some(observer) = state.observer.clone() {
            state.violations.extend(observer.request(call.method.as_str(), call.path, &call.given));
        }
        let print = format!("{} {}\n{}", call.method, call.path, call.given.fingerprint());
        let now = state.now();
        let key = call.key.filter(|_| call.method == Method::POST);
        if let Some(key) = key
            && let Some((status, body)) = state.idempotency.find(key, &print, now)?
        {
            return Ok((status, body, true));
        }
        state.asked = Some(Asked { id: request.to_owned(), idempotency_key: key.map(str::to_owned) });
        let done = route(state, call).and_then(|answer| state.expanded(answer, &call.given));
        state.asked = None;
        let (status, body) = match done {
            Ok(body) => (200, body),
            Err(refusal) => (refusal.status, refusal.body()),
        };
        if let Some(key) = key
            && matches!(status, 200 | 402)
        {
            state.idempotency.keep(key, print, now, status, &body);
        }
        Ok((status, body, false))
    });
    said.unwrap_or_else(|refusal| (refusal.status, refusal.body(), false))
}

fn checked_head(state: &State, headers: &HeaderMap) -> Result<(), Refusal> {
    let key = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match key {
        None => {
            let message = "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer \
                           auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').";
            return Err(Refusal::new(401, "invalid_request_error", None, message));
        }
        Some(key) if key != state.secret_key => {
            let shown: String = key.chars().take(8).collect();
            let message = format!("Invalid API Key provided: {shown}***");
            return Err(Refusal::new(401, "invalid_request_error", None, &message));
        }
        Some(_) => {}
    }
    match headers.get("stripe-version").and_then(|value| value.to_str().ok()) {
        Some(API_VERSION) => Ok(()),
        other => Err(Refusal::bad(&format!(
            "Invalid Stripe API version: {}. This simulator speaks {API_VERSION}.",
            other.unwrap_or("none")
        ))),
    }
}

fn route(state: &mut State, call: &Call<'_>) -> Result<Value, Refusal> {
    let path = call.path.strip_prefix("/v1/").unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    let given = &call.given;
    let done = match *call.method {
        Method::GET => read(state, &parts, given),
        Method::POST => write(state, &parts, given),
        _ => None,
    };
    done.unwrap_or_else(|| Err(Refusal::unknown_path(call.method.as_str(), call.path)))
}

fn read(state: &State, parts: &[&str], given: &Form) -> Option<Result<Value, Refusal>> {
    Some(match parts {
        ["account"] => Ok(account::get(state)),
        ["customers"] => customers::list(state, given),
        ["customers", id] => customers::get(state, id),
        ["products"] => products::list(state, given),
        ["products", id] => products::get(state, id),
        ["prices"] => prices::list(state, given),
        ["prices", id] => prices::get(state, id),
        ["checkout", "sessions"] => checkout::list(state, given),
        ["checkout", "sessions", id] => checkout::get(state, id),
        ["billing_portal", "configurations"] => portal::list_configurations(state, given),
        ["billing_portal", "configurations", id] => portal::get_configuration(state, id),
        ["subscriptions"] => subscriptions::list(state, given),
        ["subscriptions", id] => subscriptions::get(state, id),
        ["subscription_schedules"] => schedules::list(state, given),
        ["subscription_schedules", id] => schedules::get(state, id),
        ["invoices"] => invoice_answers::list(state, given),
        ["invoices", id] => invoice_answers::get(state, id),
        ["invoices", id, "lines"] => invoice_answers::list_lines(state, id, given),
        ["invoice_payments"] => invoice_answers::list_payments(state, given),
        ["refunds"] => refunds::list(state, given),
        ["refunds", id] => refunds::get(state, id),
        ["disputes"] => disputes::list(state, given),
        ["disputes", id] => disputes::get(state, id),
        ["events"] => events::list(state, given),
        ["events", id] => events::get(state, id),
        ["webhook_endpoints"] => webhook_endpoints::list(state, given),
        ["webhook_endpoints", id] => webhook_endpoints::get(state, id),
        ["payment_intents", id] => state.get("payment_intent", id, "id").cloned(),
        ["charges", id] => state.get("charge", id, "id").cloned(),
        _ => return None,
    })
}

fn write(state: &mut State, parts: &[&str], given: &Form) -> Option<Result<Value, Refusal>> {
    Some(match parts {
        ["customers"] => customers::create(state, given),
        ["customers", id] => customers::update(state, id, given),
        ["products"] => products::create(state, given),
        ["products", id] => products::update(state, id, given),
        ["prices"] => prices::create(state, given),
        ["prices", id] => prices::update(state, id, given),
        ["checkout", "sessions"] => checkout::create(state, given),
        ["checkout", "sessions", id, "expire"] => checkout::expire(state, id, given),
        ["billing_portal", "sessions"] => portal::create_session(state, given),
        ["billing_portal", "configurations"] => portal::create_configuration(state, given),
        ["billing_portal", "configurations", id] => portal::update_configuration(state, id, given),
        ["subscriptions", id] => upgrades::update(state, id, given),
        ["subscription_schedules", id, "release"] => schedules::release(state, id, given),
        ["webhook_endpoints"] => webhook_endpoints::create(state, given),
        ["webhook_endpoints", id] => webhook_endpoints::update(state, id, given),
        _ => return None,
    })
}
