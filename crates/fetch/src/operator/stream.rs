//! An operator's answer that is read while it comes. Dropping it ends the request.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use super::{OperatorClient, OperatorRequest};
use crate::{error::FetchError, failure};

/// An answer, whatever its status, whose body is yet to come.
#[derive(Debug)]
pub struct OperatorStream {
    pub status: u16,
    headers: HeaderMap,
    response: reqwest::Response,
    url: Url,
    connect_timeout_ms: u64,
    /// What may pass between two pieces.
    idle_ms: u64,
    bytes: usize,
    bytes_max: usize,
    ends_at: Instant,
    whole_ms: u64,
}

impl OperatorClient {
    /// Sends a request and answers when the headers have come. The request's time is for that and for each wait between two pieces;
    /// `whole_ms` is for all of it.
    pub async fn open(&self, request: &OperatorRequest<'_>, whole_ms: u64) -> Result<OperatorStream, FetchError> {
        let OperatorRequest { url, timeout_ms, bytes_max, .. } = *request;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::Scheme { url: url.to_string() });
        }
        let ends_at = Instant::now() + Duration::from_millis(whole_ms);
        let sent = request.build(&self.client).send();
        let response = match timeout(Duration::from_millis(timeout_ms), sent).await {
            Ok(answered) => answered.map_err(|error| failure::classify(&error, url, self.connect_timeout_ms))?,
            Err(_) => return Err(FetchError::Timeout { url: url.to_string(), timeout_ms }),
        };
        Ok(OperatorStream {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            response,
            url: url.clone(),
            connect_timeout_ms: self.connect_timeout_ms,
            idle_ms: timeout_ms,
            bytes: 0,
            bytes_max,
            ends_at,
            whole_ms,
        })
    }
}

impl OperatorStream {
    /// A header of the answer, where it has it and it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The next piece of the body; nothing at its end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, FetchError> {
        let idle = Instant::now() + Duration::from_millis(self.idle_ms);
        let until = idle.min(self.ends_at);
        let Ok(chunk) = timeout_at(until, self.response.chunk()).await else {
            let timeout_ms = if until == idle { self.idle_ms } else { self.whole_ms };
            return Err(FetchError::Timeout { url: self.url.to_string(), timeout_ms });
        };
        let chunk = chunk.map_err(|error| failure::classify(&error, &self.url, self.connect_timeout_ms))?;
        self.bytes += chunk.as_ref().map_or(0, Bytes::len);
        if self.bytes > self.bytes_max {
            return Err(FetchError::TooLarge { url: self.url.to_string(), bytes_max: self.bytes_max });
        }
        Ok(chunk)
    }

    /// All that is left of the body.
    pub async fn rest(&mut self) -> Result<Bytes, FetchError> {
        let mut body = bytes::BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, routing::get};
    use futures::{StreamExt, stream};

    use super::*;
    use crate::FetchSettings;

    async fn serve() -> String {
        let piece = |text: &'static str| Ok::<_, std::io::Error>(Bytes::from_static(text.as_bytes()));
        let router = Router::new()
            .route("/two", get(move || async move { Body::from_stream(stream::iter([piece("one"), piece("two")])) }))
            .route(
                "/hangs",
                get(move || async move { Body::from_stream(stream::iter([piece("one")]).chain(stream::pending())) }),
            )
            .route("/never", get(std::future::pending::<()>));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        base
    }

    #[tokio::test]
    async fn an_answer_comes_in_pieces_within_its_limits() {
        let base = serve().await;
        let client = OperatorClient::new(&FetchSettings::default()).unwrap();
        let url = |path: &str| Url::parse(&format!("{base}{path}")).unwrap();
        let two = url("/two");
        let mut answer = client.open(&OperatorRequest::new(&two), 5_000).await.unwrap();
        assert_eq!((answer.status, answer.rest().await.unwrap().as_ref()), (200, b"onetwo".as_slice()));
        let mut answer = client.open(&OperatorRequest::new(&two).bytes_max(5), 5_000).await.unwrap();
        assert!(matches!(answer.rest().await, Err(FetchError::TooLarge { bytes_max: 5, .. })));
        // What came before the silence was given out.
        let hangs = url("/hangs");
        for (idle_ms, whole_ms, said_ms) in [(30, 5_000, 30), (5_000, 40, 40)] {
            let mut answer = client.open(&OperatorRequest::new(&hangs).timeout_ms(idle_ms), whole_ms).await.unwrap();
            assert_eq!(answer.chunk().await.unwrap().unwrap().as_ref(), b"one");
            let silence = answer.chunk().await.unwrap_err();
            assert!(matches!(silence, FetchError::Timeout { timeout_ms, .. } if timeout_ms == said_ms), "{silence}");
        }
        let never = url("/never");
        let silence = client.open(&OperatorRequest::new(&never).timeout_ms(20), 5_000).await.unwrap_err();
        assert!(matches!(silence, FetchError::Timeout { timeout_ms: 20, .. }));
    }
}
