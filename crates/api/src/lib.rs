//! JSON over HTTP. One resource a folder, one endpoint a file; nothing here knows SQL or how a page is read.

mod body;
mod caller;
pub mod document;
pub mod error;
mod fields;
mod health;
mod idempotency;
mod if_match;
mod mcp;
mod middleware;
mod page;
pub mod serve;
mod session;
mod stripe_events;
mod v1;
mod wait;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    response::IntoResponse,
};
use creel_access::{Access, cookie::SessionCookie};
use creel_assistant::Assistant;
use creel_billing::Billing;
use creel_crawl::Crawler;
use creel_fetch::HookClient;
use creel_notify::Nudge;
use creel_store::Store;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

pub use error::{ApiError, ErrorCode};
pub use health::Exposition;
use middleware::known_query::KnownQueries;
pub use middleware::rate_limit::RateLimiter;

/// What every endpoint is given.
#[derive(Clone)]
pub struct ApiState {
    pub crawler: Crawler,
    pub access: Access,
    pub billing: Billing,
    pub assistant: Assistant,
    /// Wakes whoever delivers mail.
    pub mail: Nudge,
    pub limiter: RateLimiter,
    pub exposition: Exposition,
    /// Cancelled when the process begins to end: then it is not ready any more.
    pub stopping: CancellationToken,
    /// Knows where webhooks may be.
    pub hooks: HookClient,
}

impl ApiState {
    #[must_use]
    pub fn store(&self) -> &Store {
        self.crawler.store()
    }

    #[must_use]
    pub fn cookie(&self) -> SessionCookie {
        SessionCookie::of(&self.access.settings().public_url)
    }
}

/// The whole API with its document and the pages that show it.
pub fn router(state: ApiState) -> Router {
    let document = document::document();
    let known = KnownQueries::of(&document);
    let v1 = v1::router()
        .layer(from_fn_with_state(known, middleware::known_query::refuse_unknown_query))
        .layer(from_fn_with_state(state.clone(), middleware::rate_limit::rate_limit))
        .layer(from_fn_with_state(state.clone(), middleware::authenticate::authenticate));
    let mcp = mcp::router()
        .layer(from_fn_with_state(state.clone(), middleware::rate_limit::rate_limit))
        .layer(from_fn_with_state(state.clone(), middleware::authenticate::authenticate));
    let (endpoints, _) = endpoints(v1).split_for_parts();
    endpoints
        .merge(document::pages(document))
        .merge(stripe_events::router())
        .merge(mcp)
        .fallback(|| async { ApiError::new(ErrorCode::NotFound, "there is nothing at this path") })
        .method_not_allowed_fallback(|| async {
            ApiError::new(ErrorCode::MethodNotAllowed, "this path does not take this method")
        })
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(middleware::security_headers::security_headers))
        .layer(CatchPanicLayer::custom(|panic: Box<dyn std::any::Any + Send>| {
            let what = panic.downcast_ref::<&str>().copied().unwrap_or("no message");
            tracing::error!(what, "an endpoint panicked");
            ApiError::internal().into_response()
        }))
        .with_state(state)
}

/// Whatever is served, with an id for each request and its time counted.
pub fn observed(router: Router, store: &Store) -> Router {
    router.layer(from_fn_with_state(store.clone(), middleware::observe::observe))
}

/// All endpoints with what they say about themselves.
fn endpoints(v1: OpenApiRouter<ApiState>) -> OpenApiRouter<ApiState> {
    OpenApiRouter::with_openapi(document::head()).merge(health::router()).merge(v1)
}
