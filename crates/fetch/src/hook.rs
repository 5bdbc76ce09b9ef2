//! Requests to webhooks: addresses that users give, so each passes the guard, the literal one here and each resolved one when it is
//! connected to. Follows no redirect, and reads little of an answer: the status is what counts. Keeps no secrets and signs nothing.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use creel_types::Clock;
use reqwest::{Client, Response, header};
use url::{Host, Url};

use crate::{
    client::build_client,
    error::FetchError,
    failure,
    guard::{Guard, Route},
    headers,
    resolver::{self, GuardedResolver, Lookup, SystemLookup},
    settings::FetchSettings,
};

/// From asking to the headers of the answer.
pub const HOOK_TIMEOUT_MS: u64 = 15_000;
const CONNECT_TIMEOUT_MS: u64 = 10_000;
/// How long the body may go on behind the headers; what has come by then is what there is.
const BODY_WAIT_MS: u64 = 2_000;
/// Bytes of a body that are read at most.
pub const HOOK_READ_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a body that are kept.
pub const HOOK_KEPT_BYTES_MAX: usize = 4 * 1024;
/// How long it is looked up where a new address leads. It is looked up again whenever something is sent.
const LOOK_UP_MS_MAX: u64 = 3_000;

/// The client. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct HookClient(Arc<Inner>);

struct Inner {
    guard: Arc<Guard>,
    lookup: Arc<dyn Lookup>,
    clock: Clock,
    allow_http: bool,
    checked: Client,
    trusted: Client,
}

impl std::fmt::Debug for HookClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HookClient").field("allow_http", &self.0.allow_http).finish_non_exhaustive()
    }
}

/// Why an address cannot be a webhook's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HookRefused {
    #[error("it must start with https://")]
    NotHttps,
    #[error("it must not hold a name or password")]
    Credentials,
    #[error("it must not hold a fragment (#)")]
    Fragment,
    /// Which address that is is not said: it is nothing that strangers should learn here.
    #[error("its host is not on the public internet, and the operator does not allow it")]
    Private,
}

/// An answer, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookAnswer {
    pub status: u16,
    /// Its beginning.
    pub body: Bytes,
    pub retry_after_ms: Option<i64>,
    pub duration_ms: i64,
}

impl HookClient {
    /// Builds the client; fails on a malformed allow list or certificate. Plain http is for those who know their network.
    pub fn new(settings: &FetchSettings, allow_http: bool, clock: Clock) -> Result<HookClient, FetchError> {
        HookClient::with_lookup(settings, allow_http, clock, Arc::new(SystemLookup::default()))
    }

    /// As [`HookClient::new`], with another source of addresses; they are checked all the same.
    pub fn with_lookup(
        settings: &FetchSettings,
        allow_http: bool,
        clock: Clock,
        lookup: Arc<dyn Lookup>,
    ) -> Result<HookClient, FetchError> {
        let guard = Arc::new(Guard::new(&settings.allow_private_networks)?);
        let settings = FetchSettings { connect_timeout_ms: CONNECT_TIMEOUT_MS, ..settings.clone() };
        let checked = build_client(&settings, GuardedResolver::checked(Arc::clone(&lookup), Arc::clone(&guard)))?;
        let trusted = build_client(&settings, GuardedResolver::trusted(Arc::clone(&lookup)))?;
        Ok(HookClient(Arc::new(Inner { guard, lookup, clock, allow_http, checked, trusted })))
    }

    /// Whether something may be sent there, as far as it can be known now. A name that nobody knows yet is no reason to refuse.
    pub async fn check(&self, url: &Url) -> Result<(), HookRefused> {
        let Inner { guard, lookup, .. } = &*self.0;
        self.check_form(url)?;
        if guard.check_url(url).map_err(|_| HookRefused::Private)? == Route::Trusted {
            return Ok(());
        }
        let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
        let looking_up = lookup.look_up(name.to_owned());
        let Ok(Ok(answers)) = tokio::time::timeout(Duration::from_millis(LOOK_UP_MS_MAX), looking_up).await else {
            return Ok(());
        };
        if resolver::is_all_private(name, answers, guard) { Err(HookRefused::Private) } else { Ok(()) }
    }

    fn check_form(&self, url: &Url) -> Result<(), HookRefused> {
        if url.scheme() != "https" && !(self.0.allow_http && url.scheme() == "http") {
            return Err(HookRefused::NotHttps);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(HookRefused::Credentials);
        }
        if url.fragment().is_some() { Err(HookRefused::Fragment) } else { Ok(()) }
    }

    /// Sends a body of JSON with these headers.
    pub async fn post(&self, url: &Url, with: &[(&'static str, String)], body: Bytes) -> Result<HookAnswer, FetchError> {
        let Inner { guard, clock, checked, trusted, .. } = &*self.0;
        let refused = |error: HookRefused| FetchError::BadUrl { url: url.to_string(), reason: error.to_string() };
        self.check_form(url).map_err(refused)?;
        let client = if guard.check_url(url)? == Route::Trusted { trusted } else { checked };
        let mut request = client.post(url.clone()).header(header::CONTENT_TYPE, "application/json").body(body);
        for (name, value) in with {
            request = request.header(*name, value);
        }
        let asked = Instant::now();
        let timeout = Duration::from_millis(HOOK_TIMEOUT_MS);
        let sent = tokio::time::timeout(timeout, request.send()).await;
        let late = |_| FetchError::Timeout { url: url.to_string(), timeout_ms: HOOK_TIMEOUT_MS };
        let response = sent.map_err(late)?.map_err(|error| failure::classify(&error, url, CONNECT_TIMEOUT_MS))?;
        let status = response.status().as_u16();
        let retry_after_ms = headers::retry_after_ms(response.headers(), clock.now());
        let body = read_beginning(response).await;
        let duration_ms = i64::try_from(asked.elapsed().as_millis()).unwrap_or(i64::MAX);
        Ok(HookAnswer { status, body, retry_after_ms, duration_ms })
    }
}

/// The beginning of a body. Its rest is read only as far as that frees the connection for the next request.
async fn read_beginning(mut response: Response) -> Bytes {
    let mut kept = Vec::new();
    let reading = async {
        let mut read = 0;
        while let Ok(Some(chunk)) = response.chunk().await {
            let room = HOOK_KEPT_BYTES_MAX - kept.len();
            kept.extend_from_slice(&chunk[..chunk.len().min(room)]);
            read += chunk.len();
            if read >= HOOK_READ_BYTES_MAX {
                return;
            }
        }
    };
    let _ = tokio::time::timeout(Duration::from_millis(BODY_WAIT_MS), reading).await;
    Bytes::from(kept)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use axum::{Router, extract::Request, http::StatusCode, response::Redirect, routing::post};

    use super::*;
    use crate::resolver::{LookingUp, ResolveError};

    /// Knows one private name, one public one, and nothing else.
    struct Names;

    impl Lookup for Names {
        fn look_up(&self, host: String) -> LookingUp {
            let answer: Result<Vec<IpAddr>, ResolveError> = match host.as_str() {
                "inside.example" => Ok(vec!["10.0.0.8".parse().unwrap()]),
                "outside.example" => Ok(vec!["93.184.216.34".parse().unwrap()]),
                _ => Err(ResolveError::Failed { host, reason: "the name does not exist".to_owned(), transient: false }),
            };
            Box::pin(async move { answer })
        }
    }

    fn client(allowed: &[&str], allow_http: bool) -> HookClient {
        let allow_private_networks = allowed.iter().map(|entry| (*entry).to_owned()).collect();
        let settings = FetchSettings { allow_private_networks, ..FetchSettings::default() };
        HookClient::with_lookup(&settings, allow_http, Clock::system(), Arc::new(Names)).unwrap()
    }

    #[tokio::test]
    async fn what_may_be_a_webhooks_address() {
        for (url, strict, lax) in [
            ("https://outside.example/hook", Ok(()), Ok(())),
            ("https://unknown.example/", Ok(()), Ok(())),
            ("http://outside.example/", Err(HookRefused::NotHttps), Ok(())),
            ("ftp://outside.example/", Err(HookRefused::NotHttps), Err(HookRefused::NotHttps)),
            ("https://u:p@outside.example/", Err(HookRefused::Credentials), Err(HookRefused::Credentials)),
            ("https://u@outside.example/", Err(HookRefused::Credentials), Err(HookRefused::Credentials)),
            ("https://outside.example/#x", Err(HookRefused::Fragment), Err(HookRefused::Fragment)),
            ("https://inside.example/", Err(HookRefused::Private), Ok(())),
            ("https://127.0.0.1/", Err(HookRefused::Private), Ok(())),
            ("https://2130706433/", Err(HookRefused::Private), Ok(())),
            ("https://10.1.2.3/", Err(HookRefused::Private), Ok(())),
            ("https://[::1]/", Err(HookRefused::Private), Ok(())),
            ("https://169.254.169.254/latest", Err(HookRefused::Private), Ok(())),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(client(&[], false).check(&url).await, strict, "{url}");
            assert_eq!(client(&["*"], true).check(&url).await, lax, "{url}");
        }
    }

    #[tokio::test]
    async fn an_address_that_became_private_is_not_contacted() {
        let url = Url::parse("https://inside.example/").unwrap();
        let refused = client(&[], false).post(&url, &[], Bytes::new()).await.unwrap_err();
        assert_eq!(refused.code(), "private_address");
    }

    #[tokio::test]
    async fn answers_are_read_a_little_and_redirects_not_followed() {
        let router = Router::new()
            .route("/echo", post(|request: Request| async move { format!("{:?}", request.headers().get("webhook-id")) }))
            .route("/large", post(|| async { "x".repeat(10 * 1024 * 1024) }))
            .route("/moved", post(|| async { Redirect::temporary("/echo") }))
            .route("/busy", post(|| async { (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "7")]) }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = client(&["127.0.0.1"], true);
        let post = async |path: &str| {
            let url = Url::parse(&format!("{base}{path}")).unwrap();
            client.post(&url, &[("webhook-id", "e".to_owned())], Bytes::from_static(b"{}")).await.unwrap()
        };
        assert_eq!(post("/echo").await.body.as_ref(), b"Some(\"e\")");
        assert_eq!(post("/large").await.body.len(), HOOK_KEPT_BYTES_MAX);
        assert_eq!(post("/moved").await.status, 307);
        let busy = post("/busy").await;
        assert_eq!((busy.status, busy.retry_after_ms), (429, Some(7_000)));
    }
}
