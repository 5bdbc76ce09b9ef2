//! Stripe on a socket: the API, and the pages for people. A connection can end without an answer, which is why axum's own server
//! does not do.

use std::{convert::Infallible, io};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;
use url::Url;

use super::{StripeSimulator, http, pages};

/// No form is larger.
const BODY_BYTES_MAX: usize = 1024 * 1024;

impl StripeSimulator {
    /// The API and the pages. A router cannot drop a connection; [`StripeSimulator::serve`] can.
    pub fn router(&self) -> Router {
        Router::new().fallback(serve_one).with_state(self.clone())
    }

    /// Serves on `listener` in a task of its own for as long as the runtime lives; answers with the base address, without a slash
    /// at its end: the API is at `{base}/v1`.
    pub async fn serve(&self, listener: TcpListener) -> io::Result<Url> {
        let base = format!("http://{}", listener.local_addr()?);
        self.state().base_url.clone_from(&base);
        let router = self.router();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve_connection(stream, router.clone()));
            }
        });
        Url::parse(&base).map_err(io::Error::other)
    }
}

async fn serve_connection(stream: TcpStream, router: Router) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            let answered: Result<Response, Infallible> = router.oneshot(request.map(Body::new)).await;
            match answered {
                Ok(response) if response.extensions().get::<http::Dropped>().is_some() => {
                    Err(io::Error::from(io::ErrorKind::ConnectionAborted))
                }
                Ok(response) => Ok(response),
                Err(never) => match never {},
            }
        }
    });
    // An error here is the end of one connection, on purpose or by the client.
    drop(auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await);
}

async fn serve_one(State(simulator): State<StripeSimulator>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, BODY_BYTES_MAX).await.unwrap_or_default();
    let (path, query) = (head.uri.path(), head.uri.query().unwrap_or_default());
    let response = if path.starts_with("/v1/") {
        http::answer(&simulator, &head.method, path, query, &head.headers, &body).await
    } else {
        pages::answer(&simulator, &head.method, path, &body).await
    };
    // Stripe's events come on their own, some time after the answer.
    let later = simulator.clone();
    tokio::spawn(async move { later.settle().await });
    response
}
