//! The one HTTP client: from a URL to an answer. Redirects are followed here, hop by hop, so that each passes the guard.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use creel_types::{Clock, metric};
use reqwest::{
    Client, Response, StatusCode,
    header::{CONTENT_ENCODING, LOCATION},
};
use url::Url;

use crate::{
    body::{self, Unpacked},
    cookies::CookieJar,
    error::FetchError,
    failure,
    guard::{Guard, Route},
    headers,
    resolver::{GuardedResolver, Lookup, SystemLookup},
    settings::{FetchSettings, GetOptions, OverLimit},
};

/// Connections without work that are kept for each host.
pub const IDLE_CONNECTIONS_MAX: usize = 16;
pub const IDLE_MS_MAX: u64 = 30_000;
/// Headers of an answer; some shops send over the usual hundred.
pub const HEADERS_MAX: usize = 256;
/// Bytes of a redirect's own body that are read so that its connection can be used again.
const DRAINED_BYTES_MAX: usize = 64 * 1024;
/// Bodies above this are unpacked beside the tasks of the runtime, which wait for no computation.
const UNPACK_ASIDE_BYTES: usize = 256 * 1024;

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// After redirects.
    pub final_url: Url,
    pub status: u16,
    /// The Content-Type header as sent, with its charset.
    pub content_type: Option<String>,
    /// From now, whether the host gave seconds or a date; at most [`creel_frontier::politeness::RETRY_AFTER_MS_MAX`].
    pub retry_after_ms: Option<i64>,
    /// All X-Robots-Tag headers, joined by commas.
    pub x_robots_tag: Option<String>,
    /// With its content codings undone.
    pub body: Bytes,
    /// The addresses passed on the way, the first one asked for first; empty when nothing was redirected.
    pub redirects: Vec<Url>,
    /// Where the answer redirects to, when the caller's `may_follow` refused it.
    pub refused_redirect: Option<Url>,
    /// From asking to the last byte, over all hops.
    pub elapsed_ms: i64,
    /// From asking the last hop to its headers: what the pace of a host follows.
    pub first_byte_ms: i64,
    /// The body was cut at its limit, or its compressed data broke off.
    pub truncated: bool,
}

impl Fetched {
    /// The charset parameter of the Content-Type header.
    #[must_use]
    pub fn charset(&self) -> Option<&str> {
        let parameters = self.content_type.as_deref()?.split(';').skip(1);
        let named =
            |parameter: &&str| parameter.trim_start().get(..8).is_some_and(|name| name.eq_ignore_ascii_case("charset="));
        Some(parameters.into_iter().find(|parameter| named(parameter))?.trim_start()[8..].trim().trim_matches('"'))
    }

    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

/// The client. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Fetcher(Arc<Inner>);

struct Inner {
    settings: FetchSettings,
    guard: Arc<Guard>,
    clock: Clock,
    /// For everybody: each resolved address is checked.
    checked: Client,
    /// For hosts that the operator named. Connections are not shared, so that an address reached for one is not used for the other.
    trusted: Client,
}

impl Fetcher {
    /// Builds the client; fails on a malformed allow list or certificate.
    pub fn new(settings: FetchSettings, clock: Clock) -> Result<Fetcher, FetchError> {
        Fetcher::with_lookup(settings, clock, Arc::new(SystemLookup::default()))
    }

    /// As [`Fetcher::new`], with another source of addresses; they are checked all the same.
    pub fn with_lookup(settings: FetchSettings, clock: Clock, lookup: Arc<dyn Lookup>) -> Result<Fetcher, FetchError> {
        let guard = Arc::new(settings.guard()?);
        let checked = build_client(&settings, GuardedResolver::checked(Arc::clone(&lookup), Arc::clone(&guard)))?;
        let trusted = build_client(&settings, GuardedResolver::trusted(lookup))?;
        Ok(Fetcher(Arc::new(Inner { settings, guard, clock, checked, trusted })))
    }

    /// The rule by which addresses are refused, for whatever contacts addresses by other means.
    #[must_use]
    pub fn guard(&self) -> &Guard {
        &self.0.guard
    }

    /// Fetches the address and follows its redirects.
    pub async fn get(&self, url: &Url, options: &GetOptions) -> Result<Fetched, FetchError> {
        let timeout_ms = options.total_timeout_ms.unwrap_or(self.0.settings.total_timeout_ms);
        let began = Instant::now();
        let fetched = match tokio::time::timeout(Duration::from_millis(timeout_ms), self.0.follow(url, options)).await {
            Ok(result) => result,
            Err(_) => Err(FetchError::Timeout { url: url.to_string(), timeout_ms }),
        };
        metrics::counter!(metric::FETCHES, "result" => class_of(&fetched)).increment(1);
        metrics::histogram!(metric::FETCH_SECONDS).record(began.elapsed());
        fetched
    }
}

/// What came of a request, for counting.
fn class_of(fetched: &Result<Fetched, FetchError>) -> &'static str {
    match fetched.as_ref().map(|fetched| fetched.status / 100) {
        Ok(2) => "2xx",
        Ok(3) => "3xx",
        Ok(4) => "4xx",
        Ok(5) => "5xx",
        Ok(_) | Err(_) => "error",
    }
}

impl Inner {
    async fn follow(&self, url: &Url, options: &GetOptions) -> Result<Fetched, FetchError> {
        let started = Instant::now();
        let redirects_max = options.redirects_max.unwrap_or(self.settings.redirects_max);
        let mut current = without_fragment(url.clone());
        let mut jar = CookieJar::default();
        let mut redirects: Vec<Url> = Vec::new();
        let mut seen = HashSet::from([(current.clone(), jar.changes())]);
        loop {
            let asked = Instant::now();
            let response = self.ask(&current, options, &jar).await?;
            let first_byte_ms = ms_since(asked);
            jar.take(&current, response.headers());
            let target = redirect_target(&current, &response)?;
            let refused_redirect = target.clone().filter(|to| options.may_follow.as_ref().is_some_and(|may| !may(to)));
            let Some(target) = target.filter(|_| refused_redirect.is_none()) else {
                let mut fetched = self.finish(current, response, options).await?;
                (fetched.redirects, fetched.refused_redirect) = (redirects, refused_redirect);
                (fetched.first_byte_ms, fetched.elapsed_ms) = (first_byte_ms, ms_since(started));
                return Ok(fetched);
            };
            if redirects.len() >= redirects_max {
                return Err(FetchError::TooManyRedirects { url: url.to_string(), redirects_max });
            }
            // The same address with a cookie that it lacked before is no loop.
            if !seen.insert((target.clone(), jar.changes())) {
                return Err(FetchError::RedirectLoop { url: target.to_string() });
            }
            drain(response).await;
            redirects.push(std::mem::replace(&mut current, target));
        }
    }

    /// One hop: the guard, then the request.
    async fn ask(&self, url: &Url, options: &GetOptions, jar: &CookieJar) -> Result<Response, FetchError> {
        let client = match self.guard.check_url(url)? {
            Route::Checked => &self.checked,
            Route::Trusted => &self.trusted,
        };
        let request = client.get(url.clone()).headers(headers::request_headers(url, options, jar));
        request.send().await.map_err(|error| failure::classify(&error, url, self.settings.connect_timeout_ms))
    }

    async fn finish(&self, url: Url, response: Response, options: &GetOptions) -> Result<Fetched, FetchError> {
        let status = response.status().as_u16();
        let content_type = headers::joined(response.headers(), "content-type");
        let x_robots_tag = headers::joined(response.headers(), "x-robots-tag");
        let retry_after_ms = headers::retry_after_ms(response.headers(), self.clock.now());
        let unpacked = self.read_body(&url, response, options).await?;
        Ok(Fetched {
            final_url: url,
            status,
            content_type,
            retry_after_ms,
            x_robots_tag,
            truncated: unpacked.over_limit || unpacked.broken,
            body: unpacked.body,
            redirects: Vec::new(),
            refused_redirect: None,
            elapsed_ms: 0,
            first_byte_ms: 0,
        })
    }

    async fn read_body(&self, url: &Url, response: Response, options: &GetOptions) -> Result<Unpacked, FetchError> {
        let encoding = headers::joined(response.headers(), CONTENT_ENCODING.as_str()).unwrap_or_default();
        let bytes_max = options.body_bytes_max.unwrap_or(self.settings.body_bytes_max);
        let wire_max = options.wire_bytes_max.unwrap_or(self.settings.wire_bytes_max);
        let too_large = |bytes_max| FetchError::TooLarge { url: url.to_string(), bytes_max };
        let (wire, wire_cut) = self.read_wire(url, response, wire_max).await?;
        if wire_cut && options.over_limit == OverLimit::Refuse {
            return Err(too_large(wire_max));
        }
        let aside = wire.len() > UNPACK_ASIDE_BYTES;
        let unpack = move || body::unpack(wire, &encoding, bytes_max);
        let unpacked = if aside { tokio::task::spawn_blocking(unpack).await } else { Ok(unpack()) };
        let mut unpacked = unpacked
            .map_err(|error| error.to_string())
            .and_then(|unpacked| unpacked.map_err(|error| error.to_string()))
            .map_err(|reason| FetchError::Protocol { url: url.to_string(), reason })?;
        if unpacked.over_limit && options.over_limit == OverLimit::Refuse {
            return Err(too_large(bytes_max));
        }
        unpacked.over_limit |= wire_cut;
        Ok(unpacked)
    }

    /// The body's bytes as they come, and whether they were cut at the limit.
    async fn read_wire(&self, url: &Url, mut response: Response, wire_max: usize) -> Result<(Bytes, bool), FetchError> {
        let mut wire = BytesMut::new();
        loop {
            let chunk = response.chunk().await.map_err(|error| {
                match failure::classify(&error, url, self.settings.connect_timeout_ms) {
                    timeout @ FetchError::Timeout { .. } => timeout,
                    other => FetchError::Protocol { url: url.to_string(), reason: other.to_string() },
                }
            })?;
            let Some(chunk) = chunk else { return Ok((wire.freeze(), false)) };
            let room = wire_max - wire.len();
            wire.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                return Ok((wire.freeze(), true));
            }
        }
    }
}

pub(crate) fn build_client(settings: &FetchSettings, resolver: GuardedResolver) -> Result<Client, FetchError> {
    let setup = |error: reqwest::Error| FetchError::Setup { reason: format!("{error}: {}", failure::deepest(&error)) };
    // One provider for the process; whoever came first has installed the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut roots = Vec::new();
    for bundle in &settings.extra_root_certificates {
        roots.extend(reqwest::Certificate::from_pem_bundle(bundle).map_err(setup)?);
    }
    let resolver = Arc::new(resolver);
    match client_builder(settings, Arc::clone(&resolver)).tls_certs_merge(roots.clone()).build() {
        Ok(client) => Ok(client),
        // A machine without root certificates can still read http, and https with the certificates of the settings.
        Err(error) => {
            let client = client_builder(settings, resolver).tls_certs_only(roots).build().map_err(setup)?;
            tracing::warn!(reason = failure::deepest(&error), "the system's root certificates cannot be used");
            Ok(client)
        }
    }
}

fn client_builder(settings: &FetchSettings, resolver: Arc<GuardedResolver>) -> reqwest::ClientBuilder {
    Client::builder()
        .user_agent(settings.user_agent_header())
        // A proxy of the environment would be asked for the address instead of the guard.
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .dns_resolver(resolver)
        .connect_timeout(Duration::from_millis(settings.connect_timeout_ms))
        .pool_idle_timeout(Duration::from_millis(IDLE_MS_MAX))
        .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
        // Content codings are undone in `body`, also if another crate turns these features on.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .http1_max_headers(HEADERS_MAX)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_ignore_invalid_headers_in_responses(true)
}

/// Where a redirecting answer leads; `None` for other answers, and for a redirect that names no place.
fn redirect_target(from: &Url, response: &Response) -> Result<Option<Url>, FetchError> {
    use StatusCode as Code;
    let redirects =
        [Code::MOVED_PERMANENTLY, Code::FOUND, Code::SEE_OTHER, Code::TEMPORARY_REDIRECT, Code::PERMANENT_REDIRECT];
    let Some(location) = response.headers().get(LOCATION).filter(|_| redirects.contains(&response.status())) else {
        return Ok(None);
    };
    // Shops write UTF-8 into this header, which is ASCII by the standard.
    let location = String::from_utf8_lossy(location.as_bytes());
    match from.join(location.trim()) {
        Ok(target) => Ok(Some(without_fragment(target))),
        Err(error) => {
            Err(FetchError::BadUrl { url: location.into_owned(), reason: format!("{from} redirects to it; {error}") })
        }
    }
}

/// Reads the rest of a small body, so that its connection can serve the next hop.
async fn drain(mut response: Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = response.chunk().await {
        read += chunk.len();
        if read > DRAINED_BYTES_MAX {
            return;
        }
    }
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}

fn ms_since(instant: Instant) -> i64 {
    i64::try_from(instant.elapsed().as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
