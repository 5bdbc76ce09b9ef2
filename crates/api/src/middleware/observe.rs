//! Every request has an id, which its answer and all log lines about it carry; how long it took is counted by its route.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use creel_store::Store;
use creel_types::metric;
use tracing::Instrument as _;
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Letters of an id that a caller gives.
const REQUEST_ID_LETTERS_MAX: usize = 100;
/// What has no route is counted together: paths are anybody's to make up.
const NO_ROUTE: &str = "none";
/// So are methods that nobody knows.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

pub(crate) async fn observe(State(store): State<Store>, mut request: Request, next: Next) -> Response {
    let id = request_id(&request, &store);
    let method = request.method().clone();
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| NO_ROUTE.to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!("request", request_id = id.to_str().unwrap_or_default(), %method, route);
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (elapsed, status) = (began.elapsed(), response.status().as_u16());
    let method = METHODS.into_iter().find(|known| *known == method.as_str()).unwrap_or("other");
    metrics::counter!(metric::HTTP_REQUESTS, "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!(metric::HTTP_SECONDS, "method" => method, "route" => route).record(elapsed);
    let took_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let _entered = span.enter();
    if status >= 500 {
        tracing::error!(status, took_ms, "answered");
    } else {
        tracing::debug!(status, took_ms, "answered");
    }
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// The caller's own id where it is fit for a log, else a fresh one.
fn request_id(request: &Request, store: &Store) -> HeaderValue {
    let is_fit = |id: &&HeaderValue| {
        let fit = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
        !id.is_empty() && id.len() <= REQUEST_ID_LETTERS_MAX && id.as_bytes().iter().all(fit)
    };
    let fresh = || {
        let id: Uuid = store.random.id(store.clock.now());
        HeaderValue::try_from(id.to_string()).unwrap_or(HeaderValue::from_static("unknown"))
    };
    request.headers().get(REQUEST_ID).filter(is_fit).cloned().unwrap_or_else(fresh)
}
