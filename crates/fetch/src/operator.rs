//! Requests to addresses that the operator wrote into the configuration, or that a service of theirs names: they may lie in private
//! networks, and an answer is small and comes soon. Refuses redirects, and is not for anything that a user or a page gives.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{Client, RequestBuilder, header};
use url::{Url, form_urlencoded};

use crate::{
    client::build_client,
    error::FetchError,
    failure,
    resolver::{GuardedResolver, SystemLookup},
    settings::FetchSettings,
};

/// From asking to the last byte.
pub const OPERATOR_TIMEOUT_MS: u64 = 10_000;
/// Bytes of an answer.
pub const OPERATOR_BYTES_MAX: usize = 1024 * 1024;

/// The client. Cheap to clone.
#[derive(Clone, Debug)]
pub struct OperatorClient {
    client: Client,
    connect_timeout_ms: u64,
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct OperatorAnswer {
    pub status: u16,
    pub body: Bytes,
}

impl OperatorClient {
    /// Builds the client; fails on a malformed certificate.
    pub fn new(settings: &FetchSettings) -> Result<OperatorClient, FetchError> {
        let client = build_client(settings, GuardedResolver::trusted(Arc::new(SystemLookup::default())))?;
        Ok(OperatorClient { client, connect_timeout_ms: settings.connect_timeout_ms })
    }

    pub async fn get(&self, url: &Url, bearer: Option<&str>) -> Result<OperatorAnswer, FetchError> {
        let request = self.client.get(url.clone()).header(header::ACCEPT, "application/json");
        self.ask(url, if let Some(token) = bearer { request.bearer_auth(token) } else { request }).await
    }

    /// Sends a form, with a name and password where they are asked for.
    pub async fn post_form(
        &self,
        url: &Url,
        form: &[(&str, &str)],
        basic: Option<(&str, &str)>,
    ) -> Result<OperatorAnswer, FetchError> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self
            .client
            .post(url.clone())
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        let request = if let Some((name, password)) = basic { request.basic_auth(name, Some(password)) } else { request };
        self.ask(url, request).await
    }

    async fn ask(&self, url: &Url, request: RequestBuilder) -> Result<OperatorAnswer, FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::Scheme { url: url.to_string() });
        }
        let timeout = Duration::from_millis(OPERATOR_TIMEOUT_MS);
        match tokio::time::timeout(timeout, self.read(url, request)).await {
            Ok(answer) => answer,
            Err(_) => Err(FetchError::Timeout { url: url.to_string(), timeout_ms: OPERATOR_TIMEOUT_MS }),
        }
    }

    async fn read(&self, url: &Url, request: RequestBuilder) -> Result<OperatorAnswer, FetchError> {
        let classify = |error: reqwest::Error| failure::classify(&error, url, self.connect_timeout_ms);
        let mut response = request.send().await.map_err(classify)?;
        let status = response.status().as_u16();
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(classify)? {
            if body.len() + chunk.len() > OPERATOR_BYTES_MAX {
                return Err(FetchError::TooLarge { url: url.to_string(), bytes_max: OPERATOR_BYTES_MAX });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(OperatorAnswer { status, body: body.freeze() })
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
            .route("/form", post(|body: String| async move { (StatusCode::CREATED, body) }));
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
        assert!(client.get(&Url::parse("ftp://127.0.0.1/").unwrap(), None).await.is_err());
    }
}
