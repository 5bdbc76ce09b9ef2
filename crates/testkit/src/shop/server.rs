//! The shop over HTTP on a socket: start, where it listens, stop. Refuses to know what is answered ([`super::answer`]).

use std::{io, net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use url::Url;

use super::{Shop, answer::Answer};

/// How long the slow page takes; long enough to move an adaptive crawler, short enough for a test.
pub const SLOW_MS: u64 = 1_500;

impl Shop {
    /// The shop as an axum router. `base` is the address that sitemaps, canonical links and markup name.
    pub fn router(&self, base: &Url) -> Router {
        let serving = Serving { shop: self.clone(), origin: base.origin().ascii_serialization() };
        Router::new().fallback(serve_one).with_state(serving)
    }

    /// Serves this shop at `listen` (port 0 takes a free one) until the returned handle is stopped or dropped.
    pub async fn start(&self, listen: SocketAddr) -> io::Result<RunningShop> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let base_url = base_of(address)?;
        let router = self.router(&base_url);
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            // An error of the channel means that the handle was dropped, which stops the shop as well.
            let until = async move { drop(stopped.await) };
            axum::serve(listener, router).with_graceful_shutdown(until).await
        });
        Ok(RunningShop { shop: self.clone(), address, base_url, stop: Some(stop), task: Some(task) })
    }
}

/// Serves the demo shop at `listen`; see [`Shop::start`].
pub async fn start(listen: SocketAddr) -> io::Result<RunningShop> {
    Shop::demo().start(listen).await
}

/// Serves the demo shop on `listener` until the task is dropped: `creel demo --shop-only`.
pub async fn serve_forever(listener: TcpListener) -> io::Result<()> {
    let base_url = base_of(listener.local_addr()?)?;
    let router = Shop::demo().router(&base_url);
    axum::serve(listener, router).await
}

/// A shop that is being served. Dropping it stops the listener; [`RunningShop::stop`] also waits for it.
#[derive(Debug)]
pub struct RunningShop {
    shop: Shop,
    address: SocketAddr,
    base_url: Url,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<io::Result<()>>>,
}

impl RunningShop {
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The home page.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// The shop behind the socket: its truth and its counters.
    #[must_use]
    pub fn shop(&self) -> &Shop {
        &self.shop
    }

    /// Stops listening and waits until open answers are sent.
    pub async fn stop(mut self) -> io::Result<()> {
        self.stop.take();
        match self.task.take() {
            Some(task) => task.await.map_err(io::Error::other)?,
            None => Ok(()),
        }
    }
}

/// The address that pages name. A listener on every interface names loopback, because `0.0.0.0` is no address to visit.
fn base_of(address: SocketAddr) -> io::Result<Url> {
    let text = match (address.ip().is_unspecified(), address) {
        (true, _) => format!("http://127.0.0.1:{}/", address.port()),
        (false, SocketAddr::V4(v4)) => format!("http://{v4}/"),
        (false, SocketAddr::V6(v6)) => format!("http://[{}]:{}/", v6.ip(), v6.port()),
    };
    Url::parse(&text).map_err(io::Error::other)
}

#[derive(Clone)]
struct Serving {
    shop: Shop,
    origin: String,
}

async fn serve_one(State(serving): State<Serving>, request: Request) -> Response {
    let (path, query) = (request.uri().path(), request.uri().query());
    let answer = serving.shop.answer(&serving.origin, path, query);
    if answer.slow {
        tokio::time::sleep(Duration::from_millis(SLOW_MS)).await;
    }
    respond(answer, request.method() == Method::HEAD)
}

fn respond(answer: Answer, head: bool) -> Response {
    let mut response = Response::new(if head { Body::empty() } else { Body::from(answer.body) });
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    headers.insert(header::SERVER, HeaderValue::from_static("creel-demo-shop"));
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}
