//! JSON over HTTP. One resource a folder, one endpoint a file; nothing here knows SQL or how a page is read.

mod body;
mod caller;
pub mod error;
mod health;
mod page;
mod v1;

use axum::{Router, extract::DefaultBodyLimit, response::IntoResponse, routing::get};
use creel_crawl::Crawler;
use creel_store::Store;
use tower_http::catch_panic::CatchPanicLayer;

pub use error::{ApiError, ErrorCode};

/// What every endpoint is given.
#[derive(Clone)]
pub struct ApiState {
    pub crawler: Crawler,
}

impl ApiState {
    #[must_use]
    pub fn store(&self) -> &Store {
        self.crawler.store()
    }
}

/// The whole API.
pub fn router(state: ApiState) -> Router {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .nest("/v1", v1::router())
        .fallback(|| async { ApiError::new(ErrorCode::NotFound, "there is nothing at this path") })
        .method_not_allowed_fallback(|| async {
            ApiError::new(ErrorCode::MethodNotAllowed, "this path does not take this method")
        })
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::custom(|panic: Box<dyn std::any::Any + Send>| {
            let what = panic.downcast_ref::<&str>().copied().unwrap_or("no message");
            tracing::error!(what, "an endpoint panicked");
            ApiError::internal().into_response()
        }))
        .with_state(state)
}
