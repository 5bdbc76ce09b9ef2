//! Requests to addresses that the operator wrote into the configuration, or that a service of theirs names: they may lie in private
//! networks, and an answer is small and comes soon. Refuses redirects, and is not for anything that a user or a page gives.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{
    Client, Method, RequestBuilder,
    header::{self, HeaderMap},
};
use url::{Url, form_urlencoded};

use crate::{
    client::build_client,
    error::FetchError,
    failure,
    resolver::{GuardedResolver, SystemLookup},
    settings::FetchSettings,
};

mod stream;

pub use stream::OperatorStream;

/// From asking to the last byte, unless the request says otherwise.
pub const OPERATOR_TIMEOUT_MS: u64 = 10_000;
/// Bytes of an answer, unless the request says otherwise.
pub const OPERATOR_BYTES_MAX: usize = 1024 * 1024;

/// The client. Cheap to clone.
#[derive(Clone, Debug)]
pub struct OperatorClient {
    client: Client,
    connect_timeout_ms: u64,
}

/// One request: a GET until it is given a body. It has no `Debug`, since it carries keys.
pub struct OperatorRequest<'a> {
    url: &'a Url,
    /// What is posted, after its content type.
    body: Option<(&'static str, String)>,
    bearer: Option<&'a str>,
    basic: Option<(&'a str, &'a str)>,
    headers: Vec<(&'a str, &'a str)>,
    accept: &'a str,
    timeout_ms: u64,
    bytes_max: usize,
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct OperatorAnswer {
    pub status: u16,
    pub body: Bytes,
    headers: HeaderMap,
}

impl<'a> OperatorRequest<'a> {
    #[must_use]
    pub fn new(url: &'a Url) -> OperatorRequest<'a> {
        OperatorRequest {
            url,
            body: None,
            bearer: None,
            basic: None,
            headers: Vec::new(),
            accept: "application/json",
            timeout_ms: OPERATOR_TIMEOUT_MS,
            bytes_max: OPERATOR_BYTES_MAX,
        }
    }

    /// Makes it a POST of a body that is already form-encoded.
    #[must_use]
    pub fn form(self, encoded: String) -> OperatorRequest<'a> {
        OperatorRequest { body: Some(("application/x-www-form-urlencoded", encoded)), ..self }
    }

    /// Makes it a POST of a text in JSON.
    #[must_use]
    pub fn json(self, text: String) -> OperatorRequest<'a> {
        OperatorRequest { body: Some(("application/json", text)), ..self }
    }

    #[must_use]
    pub fn bearer(self, token: &'a str) -> OperatorRequest<'a> {
        OperatorRequest { bearer: Some(token), ..self }
    }

    #[must_use]
    pub fn basic(self, name: &'a str, password: &'a str) -> OperatorRequest<'a> {
        OperatorRequest { basic: Some((name, password)), ..self }
    }

    #[must_use]
    pub fn header(mut self, name: &'a str, value: &'a str) -> OperatorRequest<'a> {
        self.headers.push((name, value));
        self
    }

    /// From asking to the last byte.
    #[must_use]
    pub fn timeout_ms(self, timeout_ms: u64) -> OperatorRequest<'a> {
        OperatorRequest { timeout_ms, ..self }
    }

    /// The kind of answer that is wanted, where that is not JSON.
    #[must_use]
    pub fn accept(self, accept: &'a str) -> OperatorRequest<'a> {
        OperatorRequest { accept, ..self }
    }

    /// Bytes of the answer.
    #[must_use]
    pub fn bytes_max(self, bytes_max: usize) -> OperatorRequest<'a> {
        OperatorRequest { bytes_max, ..self }
    }

    fn build(&self, client: &Client) -> RequestBuilder {
        let method = if self.body.is_some() { Method::POST } else { Method::GET };
        let mut request = client.request(method, self.url.clone()).header(header::ACCEPT, self.accept);
        if let Some((content_type, body)) = &self.body {
            request = request.header(header::CONTENT_TYPE, *content_type).body(body.clone());
        }
        if let Some(token) = self.bearer {
            request = request.bearer_auth(token);
        }
        if let Some((name, password)) = self.basic {
            request = request.basic_auth(name, Some(password));
        }
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    }
}

impl OperatorAnswer {
    /// A header of the answer, where it has it and it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl OperatorClient {
    /// Builds the client; fails on a malformed certificate.
    pub fn new(settings: &FetchSettings) -> Result<OperatorClient, FetchError> {
        let client = build_client(settings, GuardedResolver::trusted(Arc::new(SystemLookup::default())))?;
        Ok(OperatorClient { client, connect_timeout_ms: settings.connect_timeout_ms })
    }

    pub async fn get(&self, url: &Url, bearer: Option<&str>) -> Result<OperatorAnswer, FetchError> {
        let request = OperatorRequest::new(url);
        self.send(&if let Some(token) = bearer { request.bearer(token) } else { request }).await
    }

    /// Sends a form, with a name and password where they are asked for.
    pub async fn post_form(
        &self,
        url: &Url,
        form: &[(&str, &str)],
        basic: Option<(&str, &str)>,
    ) -> Result<OperatorAnswer, FetchError> {
        let request =
            OperatorRequest::new(url).form(form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish());
        self.send(&if let Some((name, password)) = basic { request.basic(name, password) } else { request }).await
    }

    pub async fn send(&self, request: &OperatorRequest<'_>) -> Result<OperatorAnswer, FetchError> {
        let OperatorRequest { url, timeout_ms, .. } = *request;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::Scheme { url: url.to_string() });
        }
        match tokio::time::timeout(Duration::from_millis(timeout_ms), self.read(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(FetchError::Timeout { url: url.to_string(), timeout_ms }),
        }
    }

    async fn read(&self, request: &OperatorRequest<'_>) -> Result<OperatorAnswer, FetchError> {
        let OperatorRequest { url, bytes_max, .. } = *request;
        let classify = |error: reqwest::Error| failure::classify(&error, url, self.connect_timeout_ms);
        let mut response = request.build(&self.client).send().await.map_err(classify)?;
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(classify)? {
            if body.len() + chunk.len() > bytes_max {
                return Err(FetchError::TooLarge { url: url.to_string(), bytes_max });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(OperatorAnswer { status: response.status().as_u16(), body: body.freeze(), headers: response.headers().clone() })
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        Router,
        extract::Request,
        http::{StatusCode, header::AUTHORIZATION},
        response::Redirect,
        routing::{get, post},
    };

    use super::*;

    async fn serve() -> String {
        let router = Router::new()
            .route("/small", get(|request: Request| async move { format!("{:?}", request.headers().get(AUTHORIZATION)) }))
            .route("/large", get(|| async { "x".repeat(OPERATOR_BYTES_MAX + 1) }))
            .route("/moved", get(|| async { Redirect::temporary("/small") }))
            .route("/form", post(|body: String| async move { (StatusCode::CREATED, body) }))
            .route("/echo", post(|request: Request| async move { [("x-answer", request.headers()["x-asked"].clone())] }))
            .route("/never", get(std::future::pending::<()>));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        base
    }

    #[tokio::test]
    async fn asks_a_private_address_within_its_limits() {
        let base = serve().await;
        let client = OperatorClient::new(&FetchSettings::default()).unwrap();
        let url = |path: &str| Url::parse(&format!("{base}{path}")).unwrap();
        let small = client.get(&url("/small"), Some("t")).await.unwrap();
        assert_eq!((small.status, small.body.as_ref()), (200, b"Some(\"Bearer t\")".as_slice()));
        assert!(matches!(client.get(&url("/large"), None).await, Err(FetchError::TooLarge { .. })));
        assert_eq!(client.get(&url("/moved"), None).await.unwrap().status, 307, "not followed");
        let form = client.post_form(&url("/form"), &[("a", "b c"), ("d", "&")], Some(("id", "secret"))).await.unwrap();
        assert_eq!((form.status, form.body.as_ref()), (201, b"a=b+c&d=%26".as_slice()));
        let url_echo = url("/echo");
        let echo = OperatorRequest::new(&url_echo).form(String::new()).header("X-Asked", "so").bytes_max(1);
        let echo = client.send(&echo).await.unwrap();
        assert_eq!((echo.header("X-Answer"), echo.header("x-other")), (Some("so"), None));
        let (small, never) = (url("/small"), url("/never"));
        let small = OperatorRequest::new(&small).bytes_max(1);
        assert!(matches!(client.send(&small).await, Err(FetchError::TooLarge { bytes_max: 1, .. })));
        let never = OperatorRequest::new(&never).timeout_ms(20);
        assert!(matches!(client.send(&never).await, Err(FetchError::Timeout { timeout_ms: 20, .. })));
        assert!(client.get(&Url::parse("ftp://127.0.0.1/").unwrap(), None).await.is_err());
    }
}
