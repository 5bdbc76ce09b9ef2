//! The JSON API in the same process. What a page changes goes through it, so that one rule refuses and names the field, whoever
//! asks; it knows who asks from the page's own session, and pages spend no tokens of the rate limit. What a page shows it reads
//! from the store, not here.

use std::{fmt, net::SocketAddr};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode,
        header::{CONTENT_TYPE, IF_MATCH, RETRY_AFTER},
    },
    response::Response,
};
use creel_access::OwnPage;
use futures::StreamExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::{member::Member, refusal::Refusal};

/// Bytes of an answer that a page reads: lists of the API have at most 500 rows.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The API's router.
#[derive(Clone)]
pub struct Api(Router);

/// What tells this state of a thing from others, as the API takes it.
pub(crate) fn etag(edition: impl fmt::Display) -> String {
    format!("\"{edition}\"")
}

impl Api {
    #[must_use]
    pub fn new(router: Router) -> Api {
        Api(router)
    }

    pub(crate) async fn post(&self, member: &Member, path: &str, body: &Value) -> Result<Value, Refusal> {
        self.ask(member, Method::POST, path, Some(body), None).await
    }

    /// Begins what is answered with a stream, and lets it go on by itself: whoever looks follows it in the store.
    pub(crate) async fn begin(&self, member: &Member, path: &str, body: &Value) -> Result<(), Refusal> {
        let response = self.send(member, Method::POST, path, Some(body), None).await?;
        if !response.status().is_success() {
            return read(response).await.map(|_| ());
        }
        tokio::spawn(async move {
            let mut stream = response.into_body().into_data_stream();
            while let Some(Ok(_)) = stream.next().await {}
        });
        Ok(())
    }

    /// Makes a thing once, however often the same form is sent: `once` was made with the form.
    pub(crate) async fn post_once(&self, member: &Member, path: &str, once: &str, body: &Value) -> Result<Value, Refusal> {
        let once = HeaderValue::from_str(once).ok().filter(|once| !once.is_empty());
        self.ask(member, Method::POST, path, Some(body), once.map(|once| (IDEMPOTENCY_KEY, once))).await
    }

    /// Changes a thing; with the [`etag`] of what somebody saw, only while it is still that.
    pub(crate) async fn patch(
        &self,
        member: &Member,
        path: &str,
        etag: Option<&str>,
        body: &Value,
    ) -> Result<Value, Refusal> {
        let etag = etag.and_then(|etag| HeaderValue::from_str(etag).ok()).map(|etag| (IF_MATCH, etag));
        self.ask(member, Method::PATCH, path, Some(body), etag).await
    }

    pub(crate) async fn delete(&self, member: &Member, path: &str) -> Result<Value, Refusal> {
        self.ask(member, Method::DELETE, path, None, None).await
    }

    async fn ask(
        &self,
        member: &Member,
        method: Method,
        path: &str,
        body: Option<&Value>,
        header: Option<(HeaderName, HeaderValue)>,
    ) -> Result<Value, Refusal> {
        read(self.send(member, method, path, body, header).await?).await
    }

    async fn send(
        &self,
        member: &Member,
        method: Method,
        path: &str,
        body: Option<&Value>,
        header: Option<(HeaderName, HeaderValue)>,
    ) -> Result<Response, Refusal> {
        let mut request = Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let body = body.map_or_else(Body::empty, |value| Body::from(value.to_string()));
        let mut request = request.body(body).map_err(|_| Refusal::not_found())?;
        request.extensions_mut().insert(OwnPage(member.session.clone()));
        if let Some(address) = member.caller.address {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address, 0)));
        }
        match self.0.clone().oneshot(request).await {
            Ok(response) => Ok(response),
            Err(never) => match never {},
        }
    }
}

async fn read(response: Response) -> Result<Value, Refusal> {
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), ANSWER_BYTES_MAX).await.map_err(|_| Refusal::internal())?;
    let value = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap_or(Value::Null) };
    if status.is_success() {
        return Ok(value);
    }
    Err(refusal(status, &headers, &value))
}

/// The same refusal as a page says it.
fn refusal(status: StatusCode, headers: &HeaderMap, value: &Value) -> Refusal {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let message = text("message").unwrap_or("This did not work.");
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    Refusal::new(status, crate::refusal::sentence(message)).at(text("field").map(str::to_owned)).after(seconds)
}
